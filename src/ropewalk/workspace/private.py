"""A repository of ropewalk's own for a folder that has none: its branch `main` is a history of snapshots of the folder.

The folder itself gets no `.git`; a result that lands is written into it file by file, each only where nobody changed it.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from ropewalk.errors import LinkInTheWay, WorkspaceError
from ropewalk.files import open_file, replace_file, replace_link
from ropewalk.workspace.attempt_folders import make, remove_folder
from ropewalk.workspace.commits import (
    LINK,
    SUBMODULE,
    PathChange,
    changes_between,
    read_objects,
    write_commit,
)
from ropewalk.workspace.flush import flush
from ropewalk.workspace.gathering import Caps, GatherOptions, ignored_of
from ropewalk.workspace.git import Git, spawn
from ropewalk.workspace.harvest import harvest
from ropewalk.workspace.names import show_path, slug
from ropewalk.workspace.repository import Repository, commit_of, discover

BRANCH = "main"
_TRIES = 8
_DEPENDENCIES = ("node_modules/", ".venv/", "venv/")
"""What is installed in a folder and not part of it: not taken in, and named where it lies at its top, as steps may miss it."""

_NOT_TAKEN = (".ropewalk/", *_DEPENDENCIES, "__pycache__/", ".DS_Store")
_SECRET = (
    ".ssh/",
    ".gnupg/",
    ".aws/",
    ".azure/",
    ".kube/",
    ".docker/",
    ".password-store/",
    ".config/gcloud/",
    ".config/gh/",
    ".env",
    ".env.*",
    "!.env.example",
    "!.env.sample",
    "!.env.template",
    ".netrc",
    ".pgpass",
    ".pypirc",
    ".npmrc",
    ".git-credentials",
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.kdbx",
)
"""What a folder that nobody put under git may hold and nobody meant to show: it is not taken in, and named."""

_LARGEST = 32 << 20
"""A file over this many bytes is not taken in either."""


async def repository_for(home: Path, root: Path) -> Repository:
    """The private repository of a folder, made at the first call; it lies under `home`.

    That of the folder in which ropewalk's own is has a name that stays when the two are moved together.
    """
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    mine = await asyncio.to_thread(lambda: root.resolve() == home.parent.parent.resolve())
    gitdir = home / ("folder.git" if mine else f"{slug(root.name)}-{name}.git")
    if not gitdir.is_dir():
        draft = make(home) / f".{gitdir.name}-{os.urandom(6).hex()}"
        result = await spawn(
            ("init", "-q", "--bare", "--template=", f"--initial-branch={BRANCH}", str(draft)), str(home), {}
        )
        if result.code != 0:
            raise WorkspaceError(place=str(gitdir), reason=result.err.decode(errors="replace").strip())
        await asyncio.to_thread(_put, draft, gitdir, _not_taken(home, root))
    repository = await discover(gitdir)
    if repository is None:
        raise WorkspaceError(place=str(gitdir), reason="it is no repository any more; remove it")
    return replace(repository, top=str(root))


def _not_taken(home: Path, root: Path) -> Sequence[str]:
    inside = home.parent.resolve()
    own = [f"/{inside.relative_to(root.resolve())}/"] if inside.is_relative_to(root.resolve()) else []
    return (*_NOT_TAKEN, *own)


def _put(draft: Path, gitdir: Path, excluded: Sequence[str]) -> None:
    make(draft / "info")
    (draft / "info/exclude").write_text("\n".join(excluded) + "\n")
    try:
        os.rename(draft, gitdir)
    except OSError:
        if not gitdir.is_dir():  # Another process was first: its repository is as good.
            raise
    remove_folder(draft)


async def snapshot(
    repository: Repository, scratch: Path, caps: Caps, run: str, at: float
) -> tuple[str, list[str]]:
    """The commit of the folder as it is now, on top of the last one; that one when nothing changed. With it the names of
    what was not taken in: what is installed there, keys and the like, large files, what cannot be read."""
    git = repository.git.at(repository.top)
    pristine = Path(repository.gitdir, "snapshot.index")
    caps = replace(caps, file_bytes=min(caps.file_bytes, _LARGEST))
    wanted = GatherOptions(caps, ours=False, skip=_SECRET)
    for _ in range(_TRIES):
        last = await commit_of(git, BRANCH)
        start = last or (await git.run("hash-object", "-t", "tree", "-w", "--stdin")).decode().strip()
        crop = await harvest(git, start, pristine if last else scratch / "none", scratch, wanted, staged=True)
        installed = await asyncio.to_thread(_installed, Path(repository.top))
        left_out = [*installed, *await _skipped(git.at(git.worktree, scratch / "index")), *crop.lost]
        if last and not crop.changes:
            return last, left_out
        title = "The folder as it is" if last else "The folder as it was first seen"
        commit = await write_commit(git, crop.tree, [last] if last else [], at, title, {"Ropewalk-Run": run})
        await flush(git, commit, [last], blobs=False)
        argv = ("update-ref", f"refs/heads/{BRANCH}", commit, last or repository.none)
        result = await git.call(*argv)
        if result.code == 0:
            await asyncio.to_thread(os.replace, scratch / "index", pristine)
            return commit, left_out
        if await commit_of(git, BRANCH) == last:
            raise git.failed(argv, result)
    raise WorkspaceError(
        place=repository.top, reason="other runs keep taking snapshots of this folder; try again"
    )


def _installed(root: Path) -> list[str]:
    return [name for name in _DEPENDENCIES if (root / name).is_dir()]


async def _skipped(private: Git) -> list[str]:
    """What the patterns for keys and the like keep out, and nothing else does."""
    patterns = [f"--exclude={pattern}" for pattern in _SECRET]
    out = await private.run("ls-files", "-z", "-o", "-i", *patterns)
    paths = [path for path in out.split(b"\0") if path]
    ignored = await ignored_of(private, paths)
    return [show_path(path) for path in paths if path not in ignored]


class Write(NamedTuple):
    """A file to be: `content` None to delete it; `before` is what has to be there now, None for nothing."""

    path: bytes
    before: bytes | None
    content: bytes | None
    mode: str


async def write_back(repository: Repository, old: str, new: str) -> list[str]:
    """Make the folder as `new` where it is as `old`. Gives the paths that somebody changed: then nothing is written."""
    git = repository.git
    changes = [c for c in await changes_between(git, old, new) if SUBMODULE not in (c.mode, c.old_mode)]
    names = [oid.encode() for change in changes for oid in (change.old_oid, change.oid)]
    contents = [entry[2] if entry else None for entry in await read_objects(git, names)]
    writes = [
        Write(change.path, contents[2 * i], contents[2 * i + 1], _mode(change))
        for i, change in enumerate(changes)
    ]
    return await asyncio.to_thread(_write_all, os.fsencode(repository.top), writes)


def _mode(change: PathChange) -> str:
    return change.old_mode if change.kind == "D" else change.mode


def _write_all(root: bytes, writes: Sequence[Write]) -> list[str]:
    standing = [(write, _now(root, write.path)) for write in writes]
    moved = [write.path for write, now in standing if now not in (write.before, write.content)]
    if moved:
        return [show_path(path) for path in moved]
    todo = [write for write, now in standing if now != write.content]
    for write in sorted(todo, key=lambda write: write.content is not None):
        _write(os.path.join(root, write.path), write)
    return []


def _now(root: bytes, path: bytes) -> bytes | None:
    place = os.path.join(root, path)
    for end in (at for at, byte in enumerate(path) if byte == ord("/")):
        if os.path.islink(os.path.join(root, path[:end])):
            raise LinkInTheWay(place=show_path(path))
    if os.path.islink(place):
        return os.readlink(place)
    if not os.path.isfile(place):
        return None
    with open_file(place) as file:
        return file.read()


def _write(place: bytes, write: Write) -> None:
    if write.content is None:
        os.unlink(place)
        return
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if write.mode == LINK:
        replace_link(place, write.content)
    else:
        replace_file(place, write.content, 0o755 if write.mode == "100755" else 0o644)
