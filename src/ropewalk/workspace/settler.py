"""What becomes of each path that a merge disputes: an answer settles it, or a policy, or it stands in the report.

A file whose lines merged is looked at again when its policy goes by meaning: lines may merge into nonsense.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from ropewalk.workspace.commits import LINK, SUBMODULE, read_objects
from ropewalk.workspace.git import Git
from ropewalk.workspace.lineages import PartGroup
from ropewalk.workspace.merge_tree import Dispute, TreeEntry, TreeMerge, own_name
from ropewalk.workspace.names import show_path, slug
from ropewalk.workspace.policies import choice
from ropewalk.workspace.policies.text import shared_lines, text
from ropewalk.workspace.policies.verdict import Clash, MergedContent, Picks, Unfit, Verdict
from ropewalk.workspace.port import Choice
from ropewalk.workspace.report import Side, conflict

Choices = Mapping[str, Choice]
Edits = dict[bytes, tuple[str, bytes | str] | None]
Rules = Sequence[Mapping[str, str]]

SIDES = {"base": b".ropewalk-base", "ours": b".ropewalk-ours", "theirs": b".ropewalk-theirs"}
"""What is added to a disputed file's name for each version that is laid out next to it; to settle it they are removed."""


class Settled(Struct):
    """Edits to make in the merged tree, and what is to be told."""

    edits: Edits
    conflicts: list[dict[str, Any]]
    applied: list[str]
    disputed: list[str]
    answered: list[str]


class ConflictResolver:
    """Settles one merge: of `ours`, what was merged so far, with a group."""

    def __init__(
        self, git: Git, base: str, base_name: str, ours: str, group: PartGroup, merged: Sequence[PartGroup]
    ) -> None:
        self._git = git
        self._base = base
        self._base_name = base_name
        self._ours = ours
        self._group = group
        self._merged = merged

    async def settle(self, merge: TreeMerge, rules: Rules, choices: Choices, markers: bool) -> Settled:
        """With `markers`, paths in dispute are left as git wrote them, markers and all; else ours stands there."""
        result = Settled({}, [], [], [], [])
        contents = await self._contents(merge.disputes)
        for dispute in merge.disputes:
            path = next((p for p in map(show_path, dispute.names) if p in choices), None)
            if path is not None:
                answer = _answer_to(choices[path], _id(_listed(dispute.base), _listed(dispute.theirs)))
                await self._answered(dispute, path, answer, contents, rules, result)
            elif not await self._by_policy(dispute, rules, contents, result):
                await self._report(dispute, rules, contents, markers, result)
        await self._look_again(merge, rules, choices, markers, result)
        return result

    async def _contents(self, disputes: Sequence[Dispute]) -> dict[str, bytes]:
        """The content of every version in dispute by object id; submodules have none."""
        wanted = dict.fromkeys(
            entry.oid
            for dispute in disputes
            for side in (dispute.base, dispute.ours, dispute.theirs)
            for entry in side.values()
            if entry.mode != SUBMODULE
        )
        objects = await read_objects(self._git, [oid.encode() for oid in wanted])
        return {oid: entry[2] for oid, entry in zip(wanted, objects, strict=True) if entry}

    async def _answered(
        self,
        dispute: Dispute,
        path: str,
        answer: Choice,
        contents: Mapping[str, bytes],
        rules: Rules,
        result: Settled,
    ) -> None:
        if isinstance(answer, Mapping):
            await self._by_hunks(dispute, path, answer, contents, rules, result)
            return
        result.answered.append(path)
        if isinstance(answer, str):
            choice.check({path: answer})
            edits = await self._joined(answer, dispute, contents, result)
            if edits is not None:
                result.edits |= edits
            else:
                await self._report(dispute, [{"**": answer}], contents, False, result)
            return
        chosen = next(p for p in dispute.names if show_path(p) == path)
        result.edits |= dict.fromkeys(dispute.paths)
        if answer is not None:
            entry = dispute.ours.get(chosen) or dispute.theirs.get(chosen)
            ordinary = entry is not None and entry.mode not in (LINK, SUBMODULE)
            result.edits[chosen] = (entry.mode if entry and ordinary else "100644", answer)

    async def _by_hunks(
        self,
        dispute: Dispute,
        path: str,
        chosen: Mapping[str, bytes | str | None],
        contents: Mapping[str, bytes],
        rules: Rules,
        result: Settled,
    ) -> None:
        """What is settled hunk by hunk; where any hunk is open the file is reported with those that are."""
        name, _ = choice.choose(show_path(dispute.path), dispute.kind, rules)
        verdict, _ = self._hunks(name, dispute, contents, chosen)
        mine, other = dispute.ours.get(dispute.path), dispute.theirs.get(dispute.path)
        if isinstance(verdict, MergedContent) and mine and other:
            result.answered.append(path)
            result.edits[dispute.path] = (_mode(dispute, mine, other), verdict.content)
        elif not await self._by_policy(dispute, rules, contents, result):
            await self._report(dispute, rules, contents, False, result, chosen)

    async def _by_policy(
        self, dispute: Dispute, rules: Rules, contents: Mapping[str, bytes], result: Settled
    ) -> bool:
        name, _ = choice.choose(show_path(dispute.path), dispute.kind, rules)
        edits = None if name in choice.MARKERS else await self._joined(name, dispute, contents, result)
        if edits is None:
            return False
        result.edits |= edits
        result.applied.append(f"{show_path(dispute.path)}: {name}")
        return True

    async def _joined(
        self, name: str, dispute: Dispute, contents: Mapping[str, bytes], result: Settled
    ) -> Edits | None:
        """The edits that a policy leads to, None when it does not settle this."""
        mine, other = dispute.ours.get(dispute.path), dispute.theirs.get(dispute.path)
        if dispute.joinable and mine and other:
            if name == choice.BOTH:
                return await self._keep_both(dispute.path, mine, other)
            base = _content(dispute.base, dispute.path, contents)
            path = show_path(dispute.path)
            verdict = choice.join(name, path, base, contents[mine.oid], contents[other.oid])
            if isinstance(verdict, MergedContent) and name != "text":
                return {dispute.path: (_mode(dispute, mine, other), verdict.content)}
        if name in choice.WHOLE:
            return _one_side(dispute, dispute.ours if name == "ours" else dispute.theirs)
        return None

    async def _keep_both(self, path: bytes, mine: TreeEntry, other: TreeEntry) -> Edits | None:
        stem, suffix = posixpath.splitext(path)
        twin = stem + f".{slug('-'.join(self._group.steps))}".encode() + suffix
        names = [f"{commit}:".encode() + twin for commit in (self._ours, self._group.commit)]
        if any(await read_objects(self._git, names)):
            return None
        return {path: _entry(mine), twin: _entry(other)}

    async def _report(
        self,
        dispute: Dispute,
        rules: Rules,
        contents: Mapping[str, bytes],
        markers: bool,
        result: Settled,
        chosen: Mapping[str, bytes | str | None] | None = None,
    ) -> None:
        path = show_path(dispute.path)
        name, _ = choice.choose(path, dispute.kind, rules)
        verdict, tried = self._hunks(name, dispute, contents, chosen)
        hunks = verdict.hunks if isinstance(verdict, Clash) else ()
        steps = await self._touched_by(dispute.names)
        result.conflicts.append(
            conflict(
                dispute.kind,
                path,
                [*steps, *self._group.steps],
                hunks,
                paths=tuple(map(show_path, dispute.names)),
                policy=name,
                tried=tried,
                base=_side(self._base, dispute.base.get(dispute.path)),
                ours=_side(self._ours, dispute.ours.get(dispute.path)),
                theirs=_side(self._group.commit, dispute.theirs.get(dispute.path)),
                message=dispute.message,
                id=_id(_listed(dispute.base), _listed(dispute.theirs)),
            )
        )
        result.disputed += [p for p in map(show_path, dispute.names) if p not in result.disputed]
        if not markers:
            result.edits |= _one_side(dispute, dispute.ours)
        elif not (dispute.joinable and dispute.kind in ("content", "add/add")):
            result.edits |= _laid_out(dispute)

    def _hunks(
        self,
        name: str,
        dispute: Dispute,
        contents: Mapping[str, bytes],
        chosen: Mapping[str, bytes | str | None] | None,
    ) -> tuple[Verdict, tuple[str, ...]]:
        """What is left open of a file, or its content where all its hunks are chosen; and what was tried."""
        mine, other = dispute.ours.get(dispute.path), dispute.theirs.get(dispute.path)
        if not (dispute.joinable and mine and other):
            return Unfit("it has no lines"), ("the lines",)
        base = _content(dispute.base, dispute.path, contents)
        tried = ["the lines"]
        if name not in ("text", choice.BOTH, *choice.MARKERS):
            path = show_path(dispute.path)
            verdict = choice.join(name, path, base, contents[mine.oid], contents[other.oid])
            if isinstance(verdict, Clash):
                picked = choice.join(name, path, base, contents[mine.oid], contents[other.oid], Picks(chosen))
                return picked, (*tried, name)
            tried.append(f"{name} ({getattr(verdict, 'reason', 'joined')})")
        a, b = contents[mine.oid], contents[other.oid]
        for against in (base if base is not None else shared_lines(a, b), base):
            if isinstance(text(against, a, b), Clash):
                return text(against, a, b, Picks(chosen)), tuple(tried)
        return Unfit("no lines disagree"), tuple(tried)

    async def _touched_by(self, paths: Sequence[bytes]) -> list[str]:
        """The steps merged so far that changed any of these paths; what the base is called when none has."""
        commits = [self._base, *(group.commit for group in self._merged)]
        names = [f"{commit}:".encode() + path for commit in commits for path in paths]
        oids = [entry and entry[0] for entry in await read_objects(self._git, names, content=False)]
        width = len(paths)
        before, *after = [oids[i : i + width] for i in range(0, len(oids), width)]
        steps = [
            step
            for group, seen in zip(self._merged, after, strict=True)
            if seen != before
            for step in group.steps
        ]
        return steps or [self._base_name]

    async def _look_again(
        self, merge: TreeMerge, rules: Rules, choices: Choices, markers: bool, result: Settled
    ) -> None:
        chosen = {path: choice.choose(show_path(path), "content", rules)[0] for path in merge.joined}
        paths = [path for path, name in chosen.items() if choice.on_meaning(name)]
        if not paths:
            return
        bases = (await self._git.run("merge-base", "--all", self._ours, self._group.commit)).split()
        if len(bases) != 1:
            return  # With several bases git joined them first; its lines stand.
        commits = (bases[0].decode(), self._ours, self._group.commit, merge.tree)
        names = [f"{commit}:".encode() + path for path in paths for commit in commits]
        read = await read_objects(self._git, names)
        for number, path in enumerate(paths):
            versions = read[4 * number : 4 * number + 4]
            if all(versions):
                four = [version[2] for version in versions if version]
                await self._judge_meaning(path, chosen[path], four, choices, markers, result)

    async def _judge_meaning(
        self,
        path: bytes,
        name: str,
        versions: Sequence[bytes],
        choices: Choices,
        markers: bool,
        result: Settled,
    ) -> None:
        base, mine, other, lines = versions
        shown = show_path(path)
        known_by = _id(base, other)
        answer = _answer_to(choices.get(shown, ""), known_by)
        verdict = choice.join(name, shown, base, mine, other)
        if isinstance(answer, Mapping) and isinstance(verdict, Clash):
            verdict = choice.join(name, shown, base, mine, other, Picks(answer))
            if isinstance(verdict, MergedContent):
                result.answered.append(shown)
                result.edits[path] = (await self._mode_of(path), verdict.content)
                return
        elif isinstance(verdict, MergedContent):
            if not choice.means_the_same(name, verdict.content, lines):
                result.edits[path] = (await self._mode_of(path), verdict.content)
                result.applied.append(f"{shown}: {name}")
            return
        if not isinstance(verdict, Clash):
            return  # It is not what its name says it is; its lines stand.
        if shown in choices and not isinstance(answer, Mapping):
            result.answered.append(shown)
            if isinstance(answer, str):
                choice.check({shown: answer})
                chosen = choice.join(answer, shown, base, mine, other)
                answer = chosen.content if isinstance(chosen, MergedContent) else lines
            result.edits[path] = None if answer is None else (await self._mode_of(path), answer)
            return
        result.disputed.append(shown)
        if markers:
            mode = await self._mode_of(path)
            result.edits |= {path + SIDES["ours"]: (mode, mine), path + SIDES["theirs"]: (mode, other)}
        result.conflicts.append(
            conflict(
                "content",
                shown,
                [*await self._touched_by([path]), *self._group.steps],
                verdict.hunks,
                paths=(shown,),
                policy=name,
                tried=("the lines", name),
                message="the lines join, but what they mean does not",
                id=known_by,
            )
        )

    async def _mode_of(self, path: bytes) -> str:
        out = await self._git.run(
            "ls-tree", "-z", "--full-tree", self._ours, "--", path.decode("utf-8", "surrogateescape")
        )
        return out.decode(errors="replace").split(" ", 1)[0] or "100644"


def _answer_to(choice: Choice, known_by: str) -> Choice:
    """What was settled for this dispute as a whole, where that was; else what was settled of its hunks, or of any dispute."""
    return choice[known_by] if isinstance(choice, Mapping) and known_by in choice else choice


def _id(base: bytes, theirs: bytes) -> str:
    """By what a dispute is known again: what is merged, and what it was before. Ours is left out, as earlier answers change it."""
    return hashlib.sha256(b"%d %s%s" % (len(base), base, theirs)).hexdigest()[:16]


def _listed(side: Mapping[bytes, TreeEntry]) -> bytes:
    return b"\0".join(
        b"%s %s" % (f"{entry.mode} {entry.oid}".encode(), path) for path, entry in sorted(side.items())
    )


def _laid_out(dispute: Dispute) -> Edits:
    """Each version under a name of its own, where markers cannot be put into the file."""
    if dispute.kind == "submodule":
        return _one_side(dispute, dispute.ours)
    edits: Edits = dict.fromkeys(dispute.paths)
    for side, versions in (("base", dispute.base), ("ours", dispute.ours), ("theirs", dispute.theirs)):
        edits |= {own_name(path) + SIDES[side]: _entry(entry) for path, entry in versions.items()}
    return edits


def _one_side(dispute: Dispute, side: Mapping[bytes, TreeEntry]) -> Edits:
    edits: Edits = dict.fromkeys(dispute.paths)
    return edits | {own_name(path): _entry(entry) for path, entry in side.items()}


def _content(side: Mapping[bytes, TreeEntry], path: bytes, contents: Mapping[str, bytes]) -> bytes | None:
    entry = side.get(path)
    return contents.get(entry.oid) if entry else None


def _mode(dispute: Dispute, mine: TreeEntry, other: TreeEntry) -> str:
    before = dispute.base.get(dispute.path)
    return other.mode if before and before.mode == mine.mode else mine.mode


def _entry(entry: TreeEntry | None) -> tuple[str, bytes | str] | None:
    return (entry.mode, entry.oid) if entry else None


def _side(commit: str, entry: TreeEntry | None) -> Side:
    return Side(commit, entry.oid, entry.mode) if entry else Side(commit)
