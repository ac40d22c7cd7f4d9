"""Secrets taken out of what an attempt left on disk: file contents, names, and where links point. Links are not followed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE, S_IRWXU, S_ISLNK, S_ISREG

from weft.agents.redaction import Redactor
from weft.agents.spellings import SHORTEST, squeezed_bytes
from weft.files import replace_file

_GAP = rb"(?:\s|\\[nr])*"
_BLOCK = 4 << 20
_LARGEST = 64 << 20
"""What is larger is not put right but taken away: a pattern over it would take minutes."""
_SKIPPED = frozenset({".git"})


class Scrub:
    """`since_ns` is a change time: what the file system has not changed after it is left alone; 0 means everything."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._needles: dict[bytes, str] = {}
        for spelling, name in redactor.names.items():
            self._needles[squeezed_bytes(spelling.encode(errors="surrogateescape"))] = name
        for plain, name in redactor.plain.items():
            for coding in ("utf-16-le", "utf-16-be"):
                self._needles[squeezed_bytes(plain.encode(coding, "ignore"))] = name
        self._needles = {one: name for one, name in self._needles.items() if len(one) >= SHORTEST}
        self._overlap = 4 * max(map(len, self._needles), default=0) + 4096

    def folder(self, folder: Path, since_ns: int = 0) -> list[tuple[str, str]]:
        """Take the secrets out; gives (path, name of the secret) for each file that had one, by path."""
        found: dict[str, str] = {}
        if not self._needles:
            return []
        with _Opened() as opened:
            for path in _changed(folder, since_ns, opened):
                named = self._in_name(path)
                shown = self._redactor.text(path.relative_to(folder).as_posix())
                held = self._within(path)
                if held:
                    found[shown] = held
                if named:
                    found[shown] = named
                    opened.renamed(path, _renamed(path, self._redactor.text(path.name)))
        return sorted(found.items())

    def finds(self, data: bytes) -> bool:
        """Whether a secret is in it."""
        return bool(self._needles) and bool(self._hits([data]))

    def _in_name(self, path: Path) -> str:
        hits = self._redactor.within("".join(path.name.split()))
        return self._redactor.names[hits[0]] if hits else ""

    def _within(self, path: Path) -> str:
        """The name of the secret that it held; it does not any more."""
        seen = path.lstat()
        if S_ISLNK(seen.st_mode):
            hits = self._hits([os.fsencode(path.readlink())])
            if hits:
                path.unlink()
        elif S_ISREG(seen.st_mode):
            try:
                hits = self._hits(_blocks(path, self._overlap))
            except PermissionError:
                path.chmod(0o600)
                hits = self._hits(_blocks(path, self._overlap))
                path.chmod(S_IMODE(seen.st_mode))
            if hits:
                self._put_right(path, hits, seen.st_size)
        else:
            return ""
        return self._needles[hits[0]] if hits else ""

    def _hits(self, blocks: Iterable[bytes]) -> list[bytes]:
        found: set[bytes] = set()
        for block in blocks:
            tight = squeezed_bytes(block)
            found |= {needle for needle in self._needles if needle in tight}
        return sorted(found, key=len, reverse=True)

    def _put_right(self, path: Path, hits: list[bytes], size: int) -> None:
        """A new file in its place: the old one may be read-only, or have other names."""
        if size > _LARGEST:
            path.unlink()
            return
        mode = S_IMODE(path.lstat().st_mode)
        data = path.read_bytes()
        for needle in hits:
            signs = [re.escape(needle[at : at + 1]) for at in range(len(needle))]
            data = re.sub(_GAP.join(signs), f"[redacted {self._needles[needle]}]".encode(), data)
        replace_file(path, data, mode)


def _blocks(path: Path, overlap: int) -> Iterator[bytes]:
    """The file in blocks, each with the end of the one before."""
    before = b""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        while block := file.read(_BLOCK):
            yield before + block
            before = (before + block)[-overlap:]


def _renamed(path: Path, name: str) -> Path:
    return path.rename(path.with_name(name)) if os.path.lexists(path) else path


class _Opened:
    """Folders that an attempt has shut, opened to be looked into; in the end each is as shut as it was."""

    def __init__(self) -> None:
        self._modes: dict[Path, int] = {}

    def __enter__(self) -> _Opened:
        return self

    def listed(self, folder: Path) -> list[os.DirEntry[str]]:
        """What lies in it, also where nobody may look, enter or write."""
        mode = folder.lstat().st_mode
        if mode & S_IRWXU != S_IRWXU:
            self._modes[folder] = S_IMODE(mode)
            folder.chmod(S_IMODE(mode) | S_IRWXU)
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)

    def renamed(self, old: Path, new: Path) -> None:
        self._modes = {
            new / path.relative_to(old) if path.is_relative_to(old) else path: mode
            for path, mode in self._modes.items()
        }

    def __exit__(self, *error: object) -> None:
        for folder, mode in reversed(self._modes.items()):
            with suppress(FileNotFoundError):
                folder.chmod(mode)


def _changed(folder: Path, since_ns: int, opened: _Opened) -> list[Path]:
    """Files, links and folders, what lies in a folder before the folder itself."""
    found, todo = [], [folder]
    while todo:
        for entry in opened.listed(todo.pop()):
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _SKIPPED:
                    found.append(path)
                    todo.append(path)
            elif os.path.lexists(path) and path.lstat().st_ctime_ns >= since_ns:
                found.append(path)
    return found[::-1]
