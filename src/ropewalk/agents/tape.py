"""What an attempt changed in its folder, as data: each file whole, so that it can be made again byte for byte."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from ropewalk.agents.inside import replaceable, write_inside
from ropewalk.files import read_bytes
from ropewalk.trees import walk

_OWN = ".git"


class TapedFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file afterwards: its text, its bytes in base64 when it is no text, where a link points; or that it is gone."""

    kind: Literal["file", "link", "gone"] = "file"
    text: str = ""
    base64: str = ""
    executable: bool = False

    def content(self) -> bytes:
        """The bytes of the file, or where the link points."""
        return base64.b64decode(self.base64) if self.base64 else self.text.encode()


def look(folder: Path) -> dict[str, str]:
    """A mark of each file in the folder; git's own are left out."""
    marks = {}
    for place, folders, files in walk(folder):
        folders[:] = sorted(name for name in folders if name != _OWN)
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted([*files, *links]):
            path = Path(place) / name
            if name != _OWN:
                marks[path.relative_to(folder).as_posix()] = _mark(path)
    return marks


def changes(folder: Path, before: Mapping[str, str]) -> dict[str, TapedFile]:
    """What is otherwise now than it was at `look`."""
    after = look(folder)
    made = {name: _taken(folder / name) for name, mark in after.items() if before.get(name) != mark}
    return {**made, **{name: TapedFile(kind="gone") for name in before if name not in after}}


def apply(folder: Path, files: Mapping[str, TapedFile]) -> None:
    """Make the changes; removals come first, as a folder may stand where a file was and the other way round.

    Raises ValueError for a name that leads out of the folder or is git's own, OSError for what cannot be done.
    """
    for name, change in files.items():
        if change.kind == "gone":
            replaceable(folder, name).unlink(missing_ok=True)
    for name, change in files.items():
        if change.kind == "gone":
            continue
        path = replaceable(folder, name)
        _make_way(path)
        if change.kind == "link":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(change.text)
            continue
        write_inside(folder, name, change.content())
        path.chmod(0o755 if change.executable else 0o644)


def _make_way(path: Path) -> None:
    """Remove what is at the path; a folder only with the empty ones in it."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for place, _, _ in reversed(list(walk(path))):
        os.rmdir(place)


def _mark(path: Path) -> str:
    if path.is_symlink():
        return f"link {path.readlink()}"
    if not path.is_file():
        return "other"
    seen = path.stat()
    return f"{hashlib.sha256(read_bytes(path)).hexdigest()} {bool(seen.st_mode & stat.S_IXUSR)}"


def _taken(path: Path) -> TapedFile:
    if path.is_symlink():
        return TapedFile(kind="link", text=str(path.readlink()))
    if not path.is_file():
        return TapedFile(kind="gone")
    data = read_bytes(path)
    executable = bool(path.stat().st_mode & stat.S_IXUSR)
    try:
        return TapedFile(text=data.decode(), executable=executable)
    except UnicodeDecodeError:
        return TapedFile(base64=base64.b64encode(data).decode(), executable=executable)
