"""What of a run's files a gate does not believe: they are laid over with those of the revision that the run began from.

It costs in proportion to what the run changed; the files of the base are listed only when something of it could judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import fsdecode, fsencode

from msgspec import Struct
from msgspec.structs import replace

from ropewalk.workspace.commits import PathChange, changes_between, read_objects
from ropewalk.workspace.git import Git
from ropewalk.workspace.judging.calls import CalledFiles
from ropewalk.workspace.judging.globs import chosen
from ropewalk.workspace.judging.joining import joined
from ropewalk.workspace.judging.steering import AGENTS, CHECKS, Family, family_of, is_test
from ropewalk.workspace.judging.tree import TreeListing, listed
from ropewalk.workspace.judging.words import Named, named
from ropewalk.workspace.port import JudgeRules

Edit = tuple[str, bytes | str] | None

PROTECTED = "protected"
TEST = "a test that was there"
NAMED = "named by the command"
CALLED = "called by what the command runs"
AMBIGUOUS = (NAMED, CALLED)
"""Reasons that do not tell for sure whether a file judges or is judged."""


class Overlay(Struct):
    """Edits of the run's tree, and why: path to reason. `operands` are what the command is given, of those named by it."""

    edits: dict[bytes, Edit] = {}
    restored: dict[str, str] = {}
    joined: dict[str, str] = {}
    left_out: dict[str, str] = {}
    of_the_run: dict[str, str] = {}
    new_tests: list[str] = []
    operands: list[str] = []


async def overlay(git: Git, base: str, commit: str, rules: JudgeRules) -> Overlay:
    """Compare a commit with the base and say what of it is laid over for one judge."""
    laid = Overlay()
    if not base or base == commit or not (rules.steered or rules.protect):
        return laid
    changes = {fsdecode(change.path): change for change in await changes_between(git, base, commit)}
    if not changes:
        return laid
    tree = await listed(git, base)
    words = _told_apart(named(rules.command), rules, tree)
    reasons = {path: _reason(path, change, rules, words, tree) for path, change in changes.items()}
    if rules.command and not rules.as_it_is:
        open_ = {
            path for path, reason in reasons.items() if not reason and _may_judge(path, changes[path], rules)
        }
        reasons.update(dict.fromkeys(await CalledFiles(git, tree, words).among(open_), CALLED))
    for path, reason in reasons.items():
        if reason:
            _lay(laid, path, changes[path], reason, words)
    for path, change in changes.items():
        if not reasons[path] and change.kind == "A" and rules.steered in ("command", "all"):
            _tell_new(laid, path, words)
    await _join(git, laid, changes)
    _make_room(laid, changes)
    return laid


def _told_apart(words: Named, rules: JudgeRules, tree: TreeListing) -> Named:
    """Where something that the command is given is protected, it is that which judges, and the rest is judged."""
    if rules.protect and tree.has(lambda path: words.mentions(path) and chosen(path, rules.protect)):
        return replace(words, operands=frozenset())
    return words


def _may_judge(path: str, change: PathChange, rules: JudgeRules) -> bool:
    return change.kind != "A" and not chosen(path, (*rules.may_change, *rules.work))


def _reason(path: str, change: PathChange, rules: JudgeRules, words: Named, tree: TreeListing) -> str:
    """Why the base's file counts, "" when the run's does."""
    new = change.kind == "A"
    if chosen(path, rules.protect):
        return "" if new and not tree.has(lambda other: chosen(other, rules.protect)) else PROTECTED
    if chosen(path, rules.may_change) or path in rules.work:
        return ""
    family = _steers(path, rules)
    if family is not None:
        return family.name if not new or _in_reach(path, family, tree) else ""
    if new or rules.steered not in ("command", "all"):
        return ""
    if is_test(path):
        return TEST
    return NAMED if not rules.as_it_is and words.names(path) and not chosen(path, rules.work) else ""


def _steers(path: str, rules: JudgeRules) -> Family | None:
    families = {"command": CHECKS, "agent": AGENTS, "all": (*CHECKS, *AGENTS)}.get(rules.steered, ())
    return family_of(path, families)


def _in_reach(path: str, family: Family, tree: TreeListing) -> bool:
    """Whether a new file would steer what was there at the base."""
    folder = path.rpartition("/")[0]
    if family.reach in ("always", "never"):
        return family.reach == "always"
    if any(family_of(other, (family,)) for other in tree.siblings(folder)):
        return True
    hidden = f"/{path}".find("/.")  # What lies in a hidden folder steers the folder that this one is in.
    above = path[:hidden] if 0 <= hidden <= len(folder) else f"{folder}/" if folder else ""
    return family.reach == "tests below" and tree.has(
        lambda other: other.startswith(above) and other.endswith(family.languages) and is_test(other)
    )


def _lay(laid: Overlay, path: str, change: PathChange, reason: str, words: Named) -> None:
    if change.kind == "A":
        laid.edits[change.path] = None
        laid.left_out[path] = reason
        return
    laid.edits[change.path] = (change.old_mode, change.old_oid)
    laid.restored[path] = reason
    if reason == NAMED and not words.runs(path):
        laid.operands.append(path)


def _tell_new(laid: Overlay, path: str, words: Named) -> None:
    if is_test(path):
        laid.new_tests.append(path)
    elif words.names(path):
        laid.of_the_run[path] = NAMED
    elif (family := family_of(path, CHECKS)) is not None:
        laid.of_the_run[path] = family.name


async def _join(git: Git, laid: Overlay, changes: Mapping[str, PathChange]) -> None:
    """Where steering stands next to other things in a file, only the steering is laid over."""
    steering = {
        path: reason
        for path, reason in (*laid.restored.items(), *laid.left_out.items())
        if reason not in (PROTECTED, TEST, *AMBIGUOUS) and changes[path].kind in "AM"
    }
    both = [changes[path] for path in steering]
    contents = await _contents(git, [oid for change in both for oid in (change.old_oid, change.oid)])
    for path, change in zip(steering, both, strict=True):
        base, ours = contents.get(change.old_oid, b""), contents.get(change.oid)
        made = joined(path.rpartition("/")[2], base, ours) if ours is not None else None
        if made is None:
            continue
        laid.restored.pop(path, None)
        laid.left_out.pop(path, None)
        if made == ours:
            del laid.edits[change.path]
        else:
            laid.edits[change.path] = (change.mode, made)
            laid.joined[path] = steering[path]


async def _contents(git: Git, oids: Iterable[str]) -> dict[str, bytes]:
    wanted = [oid for oid in dict.fromkeys(oids) if oid.strip("0")]
    read = await read_objects(git, map(fsencode, wanted))
    return {
        oid: entry[2]
        for oid, entry in zip(wanted, read, strict=True)
        if entry is not None and entry[1] == "blob"
    }


def _make_room(laid: Overlay, changes: Mapping[str, PathChange]) -> None:
    """What the run put in the place of a folder or a file that comes back goes."""
    back = [path for path, edit in laid.edits.items() if edit is not None]
    above = {path[: i + 1].rstrip(b"/") for path in back for i, sign in enumerate(path) if sign == ord("/")}
    for path, change in changes.items():
        inside = (
            any(change.path.startswith(restored + b"/") for restored in back) if change.kind == "A" else False
        )
        if change.kind == "A" and (change.path in above or inside):
            laid.edits[change.path] = None
            laid.left_out.setdefault(path, "it stands where a file of the base has to be")
