"""A private folder per run, shared by its steps that write, for runs without git; readers and judges get copies.

What an attempt changed is what differs between the folder before and after it; nothing is versioned, so commits are "".
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import Literal

from msgspec import Struct

from ropewalk.core import Artifact
from ropewalk.errors import LinkInTheWay, WorkspaceError
from ropewalk.files import copy_file, open_file, read_bytes, replace_file
from ropewalk.trees import walk
from ropewalk.workspace.attempt_folders import give_back, remove_folder
from ropewalk.workspace.cleanup import SHELVES, drop_folders
from ropewalk.workspace.names import attempt_name, confined, inner_path, show_path, slug, written_in_vain
from ropewalk.workspace.owned import Owning, process_owning
from ropewalk.workspace.port import (
    AttemptId,
    Base,
    Choice,
    Folder,
    FolderNote,
    JudgeFolder,
    JudgeRules,
    Kept,
    Merged,
    Mode,
    Part,
)


class Seen(Struct, frozen=True, gc=False):
    """A file as it was: when and how big (`mark`), and the sha256 of its bytes (of a link: of where it points)."""

    mark: tuple[int, int, int, int]
    digest: str
    size: int


class FolderWorkspace:
    """`<state>/runs/<run>/files` for the steps of one run; a step with workspace `none` gets an empty folder of its own."""

    name = "folder"

    def __init__(self, state: Path, run: str = "", within: str = "", owning: Owning | None = None) -> None:
        """`within` is the run whose files these are; a called run works on those of its caller."""
        self._state = state
        self._owning = owning or process_owning()
        self._run = run
        self._within = within
        self._seen: dict[bytes, Seen] = {}
        self._before: dict[AttemptId, Mapping[bytes, Seen]] = {}

    def _home(self, run: str = "") -> Path:
        if not (run or self._run):
            raise WorkspaceError(place=str(self._state), reason="no run has been prepared or opened here yet")
        return self._state / "runs" / slug(run or self._run)

    async def prepare(
        self, run: str, root: Path, with_changes: bool = False, target: str = "", at: float = 0.0
    ) -> Base:
        self._run = run
        _make(self._home(self._within) / "files")
        return Base(root=str(root), at=at)

    async def open(
        self, spot: AttemptId, base: Base, needs: Sequence[Part], mode: Mode, note: FolderNote = FolderNote()
    ) -> Folder | Merged:
        self._run = spot.run
        if mode == "none":
            folder = self._home() / "none" / attempt_name(spot)
            await asyncio.to_thread(self._take, folder)
            return Folder(path=str(folder))
        files = _make(self._home(self._within) / "files")
        if mode == "read":
            folder = await self._copy_of(files, "readers", spot)
            self._before[spot] = await asyncio.to_thread(scan, folder, {})
            return Folder(path=str(folder), writable=False)
        self._seen = await asyncio.to_thread(scan, files, self._seen)
        self._before[spot] = self._seen
        return Folder(path=str(files))

    async def cut_off(self, spot: AttemptId) -> list[str]:
        """None: nothing of these folders goes into a commit."""
        return []

    async def looked_through(self, folder: str) -> None:
        """Nothing is noted of these folders."""

    async def _copy_of(self, files: Path, shelf: str, spot: AttemptId) -> Path:
        folder = self._home() / shelf / attempt_name(spot)
        await asyncio.to_thread(self._take, folder)
        await asyncio.to_thread(copy_files, files, folder)
        return folder

    async def judge(
        self, spot: AttemptId, base: Base, place: Folder, commit: str, rules: JudgeRules
    ) -> JudgeFolder:
        """A copy of the files as they are; there is no revision that anything could be laid over from."""
        self._run = spot.run
        return JudgeFolder(Folder(path=str(await self._copy_of(Path(place.path), "judges", spot))))

    def _take(self, folder: Path) -> None:
        """Empty, and ours; FolderHeld when another driver may be at work in it."""
        _make(folder.parent)
        self._owning.claim(folder)
        remove_folder(folder)
        _make(folder)

    async def keep(
        self,
        spot: AttemptId,
        place: Folder,
        *,
        succeeded: bool,
        message: str = "",
        also: Sequence[str] = (),
    ) -> Kept:
        folder = Path(place.path)
        before = self._before.get(spot, {})
        if not place.writable:
            scanned = await asyncio.to_thread(scan, folder, before)
            return Kept(warnings=written_in_vain([artifact.path for artifact in changes(before, scanned)]))
        after = await asyncio.to_thread(scan, folder, self._seen if spot in self._before else {})
        if spot in self._before:
            self._seen = after
        return Kept(artifacts=changes(before, after))

    async def close(self, spot: AttemptId, place: Folder) -> None:
        self._before.pop(spot, None)
        if Path(place.path).parent in [self._home(spot.run) / shelf for shelf in SHELVES]:
            await asyncio.to_thread(give_back, Path(place.path), self._owning)

    async def read(self, commit: str, path: str) -> bytes | None:
        """Through a symbolic link there is no file."""
        try:
            file = confined(self._home(self._within) / "files", path)
        except LinkInTheWay:
            return None
        return await asyncio.to_thread(read_bytes, file) if file.is_file() else None

    async def link(self, commit: str, path: str) -> bytes | None:
        place = self._home(self._within) / "files" / os.fsdecode(inner_path(path))
        return os.fsencode(os.readlink(place)) if place.is_symlink() else None

    async def amend(self, spot: AttemptId, commit: str, path: str, content: bytes, by: str) -> Kept:
        self._run = spot.run
        file = confined(self._home(self._within) / "files", path)
        if file.is_dir():
            raise WorkspaceError(place=path, reason="it is a folder, not a file")
        new = not file.exists()
        await asyncio.to_thread(_replace, file, content)
        artifact = Artifact(
            path=path,
            digest=hashlib.sha256(content).hexdigest(),
            size=len(content),
            change="created" if new else "updated",
        )
        return Kept(artifacts=(artifact,))

    async def merge(self, run: str, base: Base, parts: Sequence[Part], policies: Mapping[str, str]) -> Merged:
        return Merged(commit="", tree="")

    async def dispute(
        self, spot: AttemptId, base: Base, parts: Sequence[Part], policies: Mapping[str, str]
    ) -> Folder:
        raise _unversioned("disputed")

    async def resolve(
        self,
        spot: AttemptId,
        base: Base,
        parts: Sequence[Part],
        policies: Mapping[str, str],
        choices: Mapping[str, Choice],
        by: str,
    ) -> Merged:
        raise _unversioned("disputed")

    async def hold(self, spot: AttemptId, commit: str) -> None:
        return None

    async def adopt(self, run: str, base: Base, commits: Sequence[str]) -> None:
        return None

    async def made(self, old: str, new: str) -> tuple[Artifact, ...]:
        return ()

    async def publish(self, run: str, commit: str) -> str:
        return ""

    async def squash(self, run: str, base: Base, merged: Merged, message: str) -> Merged:
        raise _unversioned("landed")

    async def squashed(self, run: str, base: Base, target: str) -> tuple[Base, Merged] | None:
        raise _unversioned("landed")

    async def land(self, run: str, base: Base, commit: str, target: str, follow: bool = False) -> str | None:
        raise _unversioned("landed")

    async def refresh(self, base: Base, target: str) -> Base:
        raise _unversioned("landed")

    async def diff(self, old: str, new: str, path: str = "") -> bytes:
        raise _unversioned("compared")

    async def end(self, run: str) -> tuple[str, ...]:
        """The files stay: they are all that there is of the run's result."""
        for shelf in SHELVES:
            await asyncio.to_thread(drop_folders, self._home(run) / shelf, self._owning)
        return ()


def copy_files(source: Path, target: Path) -> None:
    """Copy what a scan sees: files with their modes, links as links, folders. What goes meanwhile is not there."""
    for path, folders, files in walk(source):
        inner = target / os.path.relpath(path, source)
        inner.mkdir(exist_ok=True)
        links = [name for name in folders if os.path.islink(os.path.join(path, name))]
        for name in (*files, *links):
            file = os.path.join(path, name)
            try:
                if os.path.islink(file):
                    os.symlink(os.readlink(file), inner / name)
                elif S_ISREG(os.lstat(file).st_mode):
                    copy_file(file, inner / name)
            except FileNotFoundError:
                continue


def scan(folder: Path, known: Mapping[bytes, Seen]) -> dict[bytes, Seen]:
    """Every file and link under a folder by relative path; one that looks as it is known is not read again."""
    files: dict[bytes, Seen] = {}
    stack = [b""]
    while stack:
        inner = stack.pop()
        try:
            entries = list(os.scandir(os.path.join(os.fsencode(folder), inner)))
        except FileNotFoundError:
            continue  # A step of the same run that works next to this one may take a folder away.
        for entry in entries:
            path = inner + b"/" + entry.name if inner else entry.name
            try:
                stat = entry.stat(follow_symlinks=False)
                if S_ISDIR(stat.st_mode):
                    stack.append(path)
                elif S_ISREG(stat.st_mode) or S_ISLNK(stat.st_mode):
                    files[path] = _look(entry, stat, known.get(path))
            except FileNotFoundError:
                continue
    return files


def _look(entry: os.DirEntry[bytes], stat: os.stat_result, known: Seen | None) -> Seen:
    mark = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
    if known is not None and known.mark == mark:
        return known
    if S_ISLNK(stat.st_mode):
        return Seen(mark, hashlib.sha256(os.readlink(entry.path)).hexdigest(), stat.st_size)
    with open_file(entry.path, follow=False) as file:
        return Seen(mark, hashlib.file_digest(file, "sha256").hexdigest(), stat.st_size)


def changes(before: Mapping[bytes, Seen], after: Mapping[bytes, Seen]) -> tuple[Artifact, ...]:
    """What differs between two scans, by path."""
    if before is after:
        return ()
    artifacts = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if new is None and old is not None:
            artifacts.append(Artifact(show_path(path), "", change="deleted"))
        elif new is not None and (old is None or old.digest != new.digest):
            change: Literal["created", "updated"] = "updated" if old else "created"
            artifacts.append(Artifact(show_path(path), new.digest, new.size, change=change))
    return tuple(artifacts)


def _unversioned(done: str) -> WorkspaceError:
    return WorkspaceError(place="folder", reason=f"nothing is versioned here, so nothing can be {done}")


def _make(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(place=str(folder), reason=error.strerror or str(error)) from error
    return folder


def _replace(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_file(file, content)
