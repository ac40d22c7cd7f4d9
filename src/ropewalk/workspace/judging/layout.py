"""Lays a judge's folder out: always a new one, from commits alone, so that nobody wrote to it before the judge."""

from __future__ import annotations

import os
from os import fsencode
from pathlib import Path

from ropewalk.workspace.commits import LINK, SUBMODULE, edited_tree, read_header, read_objects, write_commit
from ropewalk.workspace.git import Git
from ropewalk.workspace.judging.globs import chosen
from ropewalk.workspace.judging.overlay import AMBIGUOUS, NAMED, PROTECTED, Overlay
from ropewalk.workspace.judging.tree import listed
from ropewalk.workspace.judging.words import named
from ropewalk.workspace.names import merged_ref
from ropewalk.workspace.port import Base, Folder, JudgeFolder, JudgeRules
from ropewalk.workspace.settling import settle

_TITLE = "The run's files, with what judges them as it was when the run began"


async def judged_commit(git: Git, run: str, base: Base, commit: str, laid: Overlay, scratch: Path) -> str:
    """The commit that a judge sees: the run's own, or one on top of it with the edits; pinned while the run is kept."""
    if not laid.edits:
        return commit
    tree = (await read_header(git, commit)).tree
    removals_first = dict(sorted(laid.edits.items(), key=lambda item: item[1] is not None))
    git = git.aside(scratch)
    judged = await edited_tree(git, tree, removals_first, str(scratch))
    made = await write_commit(git, judged, (commit,), base.at, _TITLE, {"Ropewalk-Run": run})
    await settle(git, {merged_ref(run, made): made}, (commit,))
    return made


def described(place: Folder, base: str, laid: Overlay) -> JudgeFolder:
    """What became of the files, for people."""
    return JudgeFolder(
        place,
        base,
        laid.restored,
        laid.joined,
        laid.left_out,
        laid.of_the_run,
        tuple(laid.new_tests),
        tuple(path for path, reason in laid.restored.items() if reason in AMBIGUOUS),
        tuple(laid.operands),
    )


async def lay_over_copy(git: Git, base: str, folder: Path, rules: JudgeRules) -> Overlay:
    """For a folder that no commit keeps: the base's files that the command names and those that are protected."""
    laid = Overlay()
    if not base:
        return laid
    words, tree = named(rules.command), await listed(git, base)
    reasons = {path: PROTECTED for path in tree if chosen(path, rules.protect)}
    if not rules.as_it_is:
        free = (*rules.may_change, *rules.work)
        reasons = {path: NAMED for path in tree if words.runs(path) and not chosen(path, free)} | reasons
    contents = await read_objects(git, [fsencode(tree.oid(path)) for path in reasons])
    for (path, reason), entry in zip(reasons.items(), contents, strict=True):
        mode = tree.entries[path][0]
        if entry is None or mode in (LINK, SUBMODULE):
            continue
        if _written(folder, path, entry[2], mode):
            laid.restored[path] = reason
    return laid


def _written(folder: Path, path: str, content: bytes, mode: str) -> bool:
    """Put a file there, whatever stands in its way; False when it was there as it is."""
    place = folder
    *above, name = path.split("/")
    for part in above:
        place = place / part
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            place.unlink()
        place.mkdir(exist_ok=True)
    file = place / name
    if file.is_file() and not file.is_symlink() and file.read_bytes() == content:
        return False
    if os.path.lexists(file):
        if file.is_dir() and not file.is_symlink():
            return False
        file.unlink()
    file.write_bytes(content)
    file.chmod(0o755 if mode == "100755" else 0o644)
    return True
