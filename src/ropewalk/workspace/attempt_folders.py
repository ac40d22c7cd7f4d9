"""Folders in which attempts work. Each has a small `.git` of its own that only borrows the repository's objects.

So nothing that a step does with git (commit, stash, configure, fetch, gc, delete `.git`) reaches the user's repository or
another attempt, and setting up many at once takes no lock.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

import msgspec

from ropewalk.errors import FolderHeld, WorkspaceError
from ropewalk.files import read_bytes, replace_file
from ropewalk.trees import remove_tree, walk
from ropewalk.workspace.git import Git, alternate
from ropewalk.workspace.owned import Owning, mark_of, process_owning
from ropewalk.workspace.port import FolderNote
from ropewalk.workspace.repository import Repository, setting_lines

_SECONDS = 1800.0
_TRIES = 5


class AttemptFolders:
    """The folders of one repository's runs under `home`: `<run>/<name>` and, next to it, the index that it began with."""

    def __init__(self, home: Path, repository: Repository, owning: Owning | None = None) -> None:
        self._home = home
        self.owning = owning or process_owning()
        self._repository = repository
        self._refs: asyncio.Task[bytes] | None = None

    def folder(self, run: str, name: str) -> Path:
        """Where a folder of this name is or would be."""
        return self._home / run / name

    def scratch(self, run: str) -> Path:
        """A new empty folder for one operation; the caller removes it."""
        folder = self._home / run / f".scratch-{os.urandom(6).hex()}"
        return make(folder)

    def left(self, run: str, name: str) -> Path | None:
        """A folder of this name that was set up whole and is still there; ours now. One that another driver may still have
        is not there for us.
        """
        folder = self.folder(run, name)
        if not is_whole(folder):
            return None
        try:
            self.owning.claim(folder)
        except FolderHeld:
            return None
        return folder

    def taken_over(self, run: str, names: Sequence[str]) -> Path | None:
        """The first of these folders that was left whole, reading objects where they are now: the repository may have moved."""
        folder = next((left for name in names if (left := self.left(run, name)) is not None), None)
        store = folder / ".git/objects/info" if folder is not None else None
        if store is not None and store.is_dir() and not store.is_symlink():
            replace_file(store / "alternates", alternate(self._repository.objects))
        return folder

    async def own(
        self, run: str, name: str, commit: str, target: str, base: str, passing: bool = False
    ) -> Path:
        """A folder of these names with the files of a commit, made anew. `target`, `base`: a branch to show there.

        One of this name that was set up whole is put aside: the one who worked there may have left what is kept nowhere. Not
        so a `passing` one, of which nothing is ever kept. FolderHeld when another driver may be at work in it.
        """
        folder = self.folder(run, name)
        await asyncio.to_thread(self._take, folder, passing)
        try:
            await self._fill(folder, index_of(folder), commit, target, base)
        except BaseException:
            await asyncio.to_thread(discard, folder)
            raise
        return folder

    def _take(self, folder: Path, passing: bool) -> None:
        make(folder.parent)
        self.owning.claim(folder)
        if is_whole(folder) and not passing:
            _put_aside(folder)
        else:
            empty(folder)

    async def _fill(self, folder: Path, index: Path, commit: str, target: str, base: str) -> None:
        refs = await self._packed_refs()
        make(folder)
        branch = f"{base} refs/heads/{target}\n".encode() if target and base else b""
        await asyncio.to_thread(_lay_out, folder, self._repository, commit, branch, refs)
        git = Git(self._repository.gitdir, str(folder), str(index))
        await git.run("read-tree", "-m", "-u", commit, seconds=_SECONDS)
        await asyncio.to_thread(shutil.copy2, index, folder / ".git" / "index")

    async def _packed_refs(self) -> bytes:
        """Branches, tags and remote branches as they stood when the first folder was made, ropewalk's own left out."""
        if self._refs is None or (self._refs.done() and (self._refs.cancelled() or self._refs.exception())):
            self._refs = asyncio.create_task(self._list_refs())  # one that failed is asked for again
        return await asyncio.shield(self._refs)

    async def _list_refs(self) -> bytes:
        names = ("refs/heads", "refs/tags", "refs/remotes")
        out = await self._repository.git.run("for-each-ref", "--format=%(objectname) %(refname)", *names)
        return b"".join(
            line for line in out.splitlines(keepends=True) if b" refs/heads/ropewalk/" not in line
        )


def index_of(folder: Path) -> Path:
    """The index as it was when the folder was set up; it lies next to the folder."""
    return folder.with_name(f"{folder.name}.index")


def put_note(folder: Path, note: FolderNote) -> None:
    """Tell it next to the folder; nothing stands there where there is nothing to tell."""
    if note == FolderNote():
        _note(folder).unlink(missing_ok=True)
    else:
        replace_file(_note(folder), msgspec.json.encode(note))


def note_of(folder: Path) -> FolderNote:
    """What was noted of a folder. WorkspaceError where the note is not as it was written."""
    note = _note(folder)
    try:
        return msgspec.json.decode(read_bytes(note), type=FolderNote) if note.is_file() else FolderNote()
    except (OSError, msgspec.DecodeError) as error:
        raise WorkspaceError(place=str(note), reason=str(error)) from error


def _note(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.note")


def is_whole(folder: Path) -> bool:
    """Whether a folder was set up whole: its index is written when all its files are."""
    return folder.is_dir() and index_of(folder).is_file()


def make(folder: Path) -> Path:
    """The folder, made with those above it. WorkspaceError when that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(place=str(folder), reason=error.strerror or str(error)) from error
    return folder


def remove_folder(folder: Path) -> None:
    """Take a folder away with all that is in it, also where a step took its own rights away; no fault when it is not there."""
    for _ in range(_TRIES):
        try:
            remove_tree(folder)
        except FileNotFoundError:
            if not folder.is_dir():
                return
        except PermissionError:
            _open_up(folder)
        except OSError:
            continue  # Something still writes there; its files are taken with the next try.
    if folder.is_dir():
        raise WorkspaceError(place=str(folder), reason="the folder cannot be removed")


def give_back(folder: Path, owning: Owning) -> None:
    """Take the folder of an attempt away, unless it went to another driver meanwhile."""
    if owning.may_remove(folder):
        discard(folder)


def discard(folder: Path) -> None:
    """Take away the folder of an attempt and all that lies next to it. Only for whose it is: its mark goes last."""
    empty(folder)
    mark_of(folder).unlink(missing_ok=True)


def empty(folder: Path) -> None:
    """Take away a folder and its index, the index first: without it the folder counts for nothing."""
    index = index_of(folder)
    # A git that was killed leaves its lock.
    for file in (index, index.with_name(f"{index.name}.lock"), _note(folder)):
        file.unlink(missing_ok=True)
    remove_folder(folder)


def _put_aside(folder: Path) -> None:
    """Under the next free name that begins with its own. The index goes first: without it the folder counts for nothing."""
    aside = next(
        place
        for place in (folder.with_name(f"{folder.name}~{number}") for number in itertools.count(1))
        if not (place.exists() or index_of(place).exists())
    )
    put_note(aside, note_of(folder))
    shutil.copy2(index_of(folder), index_of(aside))
    os.rename(folder, aside)
    empty(folder)


def _open_up(folder: Path) -> None:
    os.chmod(folder, stat.S_IRWXU)
    for path, folders, _ in walk(os.fspath(folder)):
        for name in folders:
            place = os.path.join(path, name)
            if not os.path.islink(place):
                os.chmod(place, stat.S_IRWXU)


def _lay_out(folder: Path, repository: Repository, commit: str, branch: bytes, refs: bytes) -> None:
    """A `.git` that begins at a commit, detached, with branches to compare with and no way to the user's repository."""
    git = folder / ".git"
    for name in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info", "hooks"):
        os.makedirs(git / name, exist_ok=True)
    (git / "HEAD").write_text(f"{commit}\n")
    (git / "objects/info/alternates").write_bytes(alternate(repository.objects))
    mine = branch.partition(b" ")[2]
    rest = b"".join(line for line in refs.splitlines(keepends=True) if line.partition(b" ")[2] != mine)
    (git / "packed-refs").write_bytes(rest + branch)
    (git / "config").write_text(setting_lines(_settings(repository)), errors="surrogateescape")
    for name_, source in (("shallow", repository.common), ("info/sparse-checkout", repository.gitdir)):
        if os.path.isfile(os.path.join(source, name_)):
            shutil.copyfile(os.path.join(source, name_), git / name_)
    exclude = Path(repository.common, "info/exclude")
    if exclude.is_file():
        shutil.copyfile(exclude, git / "info/exclude")


def _settings(repository: Repository) -> list[tuple[str, str]]:
    carried = repository.carried()
    newer = repository.hashing != "sha1" or any(key.startswith("extensions.") for key, _ in carried)
    own = [("core.repositoryformatversion", "1" if newer else "0"), ("core.bare", "false")]
    if repository.hashing != "sha1":
        own.append(("extensions.objectformat", repository.hashing))
    return [*own, ("gc.auto", "0"), ("maintenance.auto", "false"), *carried]
