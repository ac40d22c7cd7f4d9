"""Make a commit of what an attempt left, whatever it did to its `.git`, and keep it under the attempt's ref."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path

from ropewalk.errors import WorkspaceError
from ropewalk.files import open_file
from ropewalk.workspace.attempt_folders import index_of
from ropewalk.workspace.commits import SUBMODULE, read_header, write_commit
from ropewalk.workspace.gathering import Caps, GatherOptions, present
from ropewalk.workspace.git import Git
from ropewalk.workspace.harvest import Snapshot, artifacts_of, harvest
from ropewalk.workspace.names import attempt_ref, path_bytes, show_path, written_in_vain
from ropewalk.workspace.port import AttemptId, Folder, Kept
from ropewalk.workspace.settler import SIDES
from ropewalk.workspace.settling import settle

_CACHES = frozenset((b"__pycache__", b".pytest_cache", b".mypy_cache", b".ruff_cache"))
"""What tools that only read leave where nothing is ignored."""

_MARK = re.compile(rb"(?:<{7,}|>{7,}) ")
"""As long as `conflict-marker-size` of the user's attributes makes it."""


class WorkKeeper:
    """Keeps one place. `git` calls on the user's repository with the place as its folder; `scratch` is empty."""

    def __init__(self, git: Git, place: Folder, scratch: Path, caps: Caps) -> None:
        self._git = git
        self._place = place
        self._scratch = scratch
        self._caps = caps
        self._folder = Path(place.path)

    async def keep(self, spot: AttemptId, succeeded: bool, message: str, also: Sequence[str]) -> Kept:
        """The same folder gives the same commit; WorkspaceError when the folder is gone."""
        git, place = self._git, self._place
        if not await asyncio.to_thread(self._folder.is_dir):
            raise WorkspaceError(place=place.path, reason="the folder of the attempt is gone")
        if not succeeded:
            also = await asyncio.to_thread(present, self._folder, also)
        crop = await harvest(
            git, place.base, index_of(self._folder), self._scratch, GatherOptions(self._caps, also)
        )
        unresolved = await asyncio.to_thread(_unresolved, place)
        unresolved += tuple(path for path in await self._submodules(crop) if path not in unresolved)
        commit = place.base
        parents = place.parents or (place.base,)
        if crop.changes or place.parents:
            title = message or f"{spot.step} (round {spot.round}, attempt {spot.attempt})"
            trailers = _trailers(spot, succeeded, place)
            commit = await write_commit(git.lazily(), crop.tree, parents, place.at, title, trailers)
        await settle(git, {attempt_ref(spot): commit}, parents, blobs=False)
        artifacts = await artifacts_of(git.home(), crop.changes, commit)
        return Kept(commit, crop.tree, artifacts, crop.warnings, unresolved, crop.lost)

    async def _submodules(self, crop: Snapshot) -> list[str]:
        """Disputed submodules that nobody has pointed anywhere: there is no file in which that could be seen."""
        if not self._place.disputed:
            return []
        moved = {show_path(change.path) for change in crop.changes}
        names = [path_bytes(path).decode("utf-8", "surrogateescape") for path in self._place.disputed]
        out = await self._git.run("ls-tree", "-z", "--full-tree", crop.tree, "--", *names)
        entries = [line.partition(b"\t") for line in out.split(b"\0")[:-1]]
        paths = [show_path(path) for info, _, path in entries if info.startswith(SUBMODULE.encode())]
        return [path for path in paths if path not in moved]

    async def look(self) -> Kept:
        """A place to read in: nothing of it is kept. What was written there all the same is named, but for tools' caches.

        A file that says what git ignores would hide others and itself, so that it counts even when it is ignored.
        """
        git, place = self._git, self._place
        tree = (await read_header(git, place.base)).tree
        crop = await harvest(
            git, place.base, index_of(self._folder), self._scratch, GatherOptions(self._caps)
        )
        private = git.at(place.path, self._scratch / "index")
        untracked = (await private.run("ls-files", "-z", "-o")).split(b"\0")
        hiding = [path for path in untracked if path.rpartition(b"/")[2] == b".gitignore"]
        paths = dict.fromkeys([*(change.path for change in crop.changes), *hiding])
        written = [show_path(path) for path in paths if not _CACHES.intersection(path.split(b"/"))]
        return Kept(place.base, tree, warnings=written_in_vain(written))


def _trailers(spot: AttemptId, succeeded: bool, place: Folder) -> dict[str, str]:
    trailers = {
        "Ropewalk-Run": spot.run,
        "Ropewalk-Step": spot.step,
        "Ropewalk-Round": str(spot.round),
        "Ropewalk-Attempt": str(spot.attempt),
    }
    if not succeeded:
        trailers["Ropewalk-Status"] = "failed"
    if place.parents:
        trailers["Ropewalk-Resolved"] = ", ".join(place.disputed)
    return trailers


def _unresolved(place: Folder) -> tuple[str, ...]:
    """Disputed files that hold conflict markers, or whose two versions still lie side by side."""
    root = os.fsencode(place.path)
    return tuple(path for path in place.disputed if _is_open(os.path.join(root, path_bytes(path))))


def _is_open(file: bytes) -> bool:
    if any(os.path.lexists(file + side) for side in SIDES.values()):
        return True
    if os.path.islink(file) or not os.path.isfile(file):
        return False
    with open_file(file, follow=False) as lines:
        return any(_MARK.match(line) for line in lines)
