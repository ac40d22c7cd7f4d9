"""Secrets taken out of what an attempt left on disk: file contents, names, and where links point. Links are not followed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from stat import S_IMODE, S_IRUSR, S_IRWXU, S_ISLNK, S_ISREG

from ropewalk.agents.redaction import Redactor
from ropewalk.agents.spellings import SHORTEST, cut_out, places_bytes, squeezed_bytes
from ropewalk.errors import SecretStays
from ropewalk.files import replace_file
from ropewalk.transient import passing_trouble

_BLOCK = 4 << 20
_LARGEST = 32 << 20
"""What is larger is not put right but taken away: it would take very much memory."""
_SKIPPED = frozenset({".git"})
_LONGEST_NAME = 240
_READABLE = 40


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
        self._needles = {needle: name for needle, name in self._needles.items() if len(needle) >= SHORTEST}
        self._overlap = 4 * max(map(len, self._needles), default=0) + 4096

    def folder(self, folder: Path, since_ns: int = 0) -> list[tuple[str, str]]:
        """Take the secrets out; gives (path, name of the secret) for each file that had one, by path.

        Raises SecretStays for one that could not be taken out, after all others were.
        """
        if not self._needles:
            return []
        with _Opened() as opened:
            pass_ = _Pass(folder, self._redactor, opened)
            for path in _changed(folder, since_ns, opened):
                pass_.look(path, self._within)
        if pass_.stuck is not None:
            raise pass_.stuck
        return sorted(pass_.found.items())

    def finds(self, data: bytes) -> bool:
        """Whether a secret is in it."""
        return bool(self._needles) and bool(self._hits([data]))

    def _within(self, path: Path) -> tuple[str, Callable[[], None]]:
        """The name of the secret that it holds, and what takes it out."""
        seen = path.lstat()
        hits: list[bytes] = []
        take_out: Callable[[], None] = path.unlink
        if S_ISLNK(seen.st_mode):
            hits = self._hits([os.fsencode(path.readlink())])
        elif S_ISREG(seen.st_mode):
            try:
                hits = self._hits(_blocks(path, self._overlap))
            except PermissionError:
                hits = self._hits(self._opened(path, S_IMODE(seen.st_mode)))
            if seen.st_size <= _LARGEST:
                take_out = partial(self._put_right, path, hits, S_IMODE(seen.st_mode))
        return (self._needles[hits[0]] if hits else ""), take_out

    def _opened(self, path: Path, mode: int) -> list[bytes]:
        """What is in a shut file; nothing of one that is somebody else's: the one who keeps the work cannot read it either."""
        try:
            path.chmod(0o600)
        except PermissionError:
            return []
        try:
            return list(_blocks(path, self._overlap))
        finally:
            path.chmod(mode)

    def _hits(self, blocks: Iterable[bytes]) -> list[bytes]:
        hits: set[bytes] = set()
        for block in blocks:
            tight = squeezed_bytes(block)
            hits |= {needle for needle in self._needles if needle in tight}
        return sorted(hits, key=len, reverse=True)

    def _put_right(self, path: Path, hits: list[bytes], mode: int) -> None:
        """A new file in its place: the old one may be read-only, or have other names."""
        if not mode & S_IRUSR:
            path.chmod(mode | S_IRUSR)
        data = path.read_bytes()
        for needle in hits:
            tight = squeezed_bytes(data)
            if needle in tight:  # it may have gone with a longer one
                sign = f"[redacted {self._needles[needle]}]".encode()
                data = cut_out(data, tight, places_bytes(data), needle, sign)
        replace_file(path, data, mode)


def _blocks(path: Path, overlap: int) -> Iterator[bytes]:
    """The file in blocks, each with the end of the one before."""
    before = b""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        while block := file.read(_BLOCK):
            yield before + block
            before = (before + block)[-overlap:]


class _Pass:
    """One look through a folder: what was found, and what could not be put right, after all else was."""

    def __init__(self, folder: Path, redactor: Redactor, opened: _Opened) -> None:
        self.found: dict[str, str] = {}
        self.stuck: SecretStays | None = None
        self._folder = folder
        self._redactor = redactor
        self._opened = opened
        self._torn: dict[Path, str] = {}

    def look(self, path: Path, within: Callable[[Path], tuple[str, Callable[[], None]]]) -> None:
        """Put one path right; what lies in a folder was looked at before it."""
        inside = path.relative_to(self._folder).as_posix()
        shown = self._redactor.text(inside)
        held, take_out = within(path)
        if held:
            self.found[shown] = held
            self._do(shown, held, take_out)
        named = self._torn.get(path, "") or self._named(path, inside)
        if named:
            self.found[shown] = named
            self._do(shown, named, lambda: self._rename(path))

    def _named(self, path: Path, inside: str) -> str:
        """The secret in its name, or one that its name is the end of: `a/b` is in the folder `a` by name `b`."""
        hits = self._redactor.within("".join(path.name.split()))
        if hits:
            return self._redactor.names[hits[0]]
        tight = "".join(inside.split())
        own = len(tight) - len("".join(path.name.split()))
        for hit in self._redactor.within(tight) if "/" in tight else ():
            at = tight.rfind(hit)
            if at + len(hit) > own:
                name = self._redactor.names[hit]
                above = tight[at:own].count("/")
                self._torn |= dict.fromkeys(list(path.parents)[:above], name)
                return name
        return ""

    def _rename(self, path: Path) -> None:
        if not os.path.lexists(path):
            return
        name = self._redactor.text(path.name)
        if name == path.name:
            name = "[redacted]"
        if len(os.fsencode(name)) > _LONGEST_NAME:
            name = name[:_READABLE] + "[redacted]"
        new, tries = path.with_name(name), 1
        while os.path.lexists(new):
            tries += 1
            new = path.with_name(f"{name}-{tries}")
        self._opened.renamed(path, path.rename(new))

    def _do(self, shown: str, name: str, action: Callable[[], None]) -> None:
        try:
            action()
        except OSError as error:
            if passing_trouble(error):
                raise
            reason = (error.strerror or str(error)).lower()
            stuck = SecretStays(name=name, path=shown, reason=reason, folder=self._folder)
            self.stuck = self.stuck or stuck


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
            with suppress(PermissionError):
                folder.chmod(S_IMODE(mode) | S_IRWXU)
        try:
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except PermissionError:
            return []  # It is somebody else's. Anybody who keeps the work cannot look into it either, and says so.

    def renamed(self, old: Path, new: Path) -> None:
        self._modes = {
            new / path.relative_to(old) if path.is_relative_to(old) else path: mode
            for path, mode in self._modes.items()
        }

    def __exit__(self, *error: object) -> None:
        for folder, mode in reversed(self._modes.items()):
            with suppress(FileNotFoundError, PermissionError):
                folder.chmod(mode)


def _changed(folder: Path, since_ns: int, opened: _Opened) -> list[Path]:
    """Files, links and folders, what lies in a folder before the folder itself."""
    files, todo = [], [folder]
    while todo:
        for entry in opened.listed(todo.pop()):
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in _SKIPPED:
                    files.append(path)
                    todo.append(path)
            elif os.path.lexists(path) and path.lstat().st_ctime_ns >= since_ns:
                files.append(path)
    return files[::-1]
