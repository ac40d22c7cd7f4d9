"""What of this host a confined process would see although it is none of its business, and what of that it needs all the same.

Homes are hidden whole, so that a credential nobody thought of is not there; programs in them are given back.
"""

from __future__ import annotations

import os
import pwd
import re
import stat
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from ropewalk.files import read_bytes, read_text

HOMES: Final = ("/home", "/root")
FRESH: Final = ("/tmp", "/var/tmp", "/run", "/var/run")  # noqa: S108 - fresh ones inside
"""Where sockets of the host lie, and what others left; each is empty inside."""

CERTIFICATES: Final = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
)
TOOLS: Final = (
    *(
        ".gitconfig",
        ".config/git",
        ".cargo",
        ".rustup",
        ".nvm",
        ".volta",
        ".fnm",
        ".pyenv",
        ".rbenv",
        ".asdf",
    ),
    *(".bun", ".deno", ".sdkman", "go/pkg", ".local/lib", ".local/pipx", ".local/share/uv/python"),
    *(
        ".local/share/uv/tools",
        ".local/share/pipx",
        ".local/share/mise",
        ".local/share/fnm",
        ".m2/repository",
    ),
)
"""Of a home, what programs are made of; each can be read."""

MASKED: Final = (
    *("credentials", "credentials.toml", "auth.json", "gradle.properties", "settings.xml"),
    *(".npmrc", ".pypirc", ".netrc", ".git-credentials", ".env"),
)
"""Of what is given back, files that let somebody in."""

_TELLING = re.compile(rb"://[^/\s@]+@|extraheader|token|password|secret", re.IGNORECASE)
_SETTLED_SECONDS = 2.0
_SHARED = (".local", ".local/share", ".local/state", ".config", ".cache")
_PRIVATE_TREES = (("/", 1), ("/etc", 3), ("/var", 3))
"""Folders, and how many floors down they are looked through."""


def homes() -> tuple[str, ...]:
    """Every folder in which people keep what is theirs: all homes, and those of the one who runs ropewalk."""
    own = [os.environ.get("HOME", "")]
    try:
        own.append(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:
        pass
    return tuple(dict.fromkeys(real for path in (*HOMES, *own) if (real := _place(path))))


def fresh() -> tuple[str, ...]:
    """What is empty inside and can be written."""
    return tuple(
        dict.fromkeys(real for path in (*FRESH, os.environ.get("TMPDIR", "")) if (real := _place(path)))
    )


def programs(hidden: Iterable[str]) -> tuple[str, ...]:
    """Folders below hidden ones in which programs of the PATH are installed, and what those programs are links to."""
    return _programs(os.environ.get("PATH", os.defpath), tuple(hidden), str(Path.home()))


@lru_cache(maxsize=16)
def _programs(path: str, hidden: tuple[str, ...], home: str) -> tuple[str, ...]:
    programs: dict[str, None] = {}
    for entry in filter(os.path.isabs, path.split(os.pathsep)):
        if within(entry, hidden) and os.path.isdir(entry):
            programs[_root_of(entry, home, hidden)] = None
        for target in _links(entry):
            if within(target, hidden) and os.path.isfile(target) and os.access(target, os.X_OK):
                root = _root_of(os.path.dirname(target), home, hidden)
                programs[root or target] = None
    return tuple(filter(None, programs))


def _root_of(folder: str, home: str, hidden: tuple[str, ...]) -> str:
    """The whole installation that a folder of programs belongs to; "" for a home, or where a home keeps things of many, or what
    only its owner shall read: of that no more than a folder of programs in it is given back."""
    above, name = os.path.split(folder)
    shared = {*hidden, home, *(os.path.join(home, part) for part in _SHARED)}
    if folder in shared or _is_private(folder, home):
        return ""
    whole = name in ("bin", "sbin", ".bin", "libexec", "Scripts") and above not in shared
    return above if whole and not _is_private(above, home) else folder


def _is_private(folder: str, home: str) -> bool:
    """Whether it is a folder in which a program keeps its settings, and often what lets somebody in (`~/.aws`)."""
    above, name = os.path.split(folder)
    if above == os.path.join(home, ".config"):
        return True
    return above == home and name.startswith(".") and name not in TOOLS


def _links(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            yield from (os.path.realpath(entry.path) for entry in entries if entry.is_symlink())
    except OSError:
        return


def tools(home: str) -> tuple[str, ...]:
    """What of a home is given back."""
    paths = (os.path.join(home, name) for name in TOOLS)
    return tuple(path for path in paths if os.path.isdir(path) or (os.path.isfile(path) and not _tells(path)))


def masked(folders: Iterable[str]) -> Iterator[str]:
    """Of what is given back, what is not to be read all the same."""
    for folder in folders:
        yield from (path for name in MASKED if os.path.isfile(path := os.path.join(folder, name)))
        settings = os.path.join(folder, "config")
        if folder.endswith("/git") and os.path.isfile(settings) and _tells(settings):
            yield settings


def _tells(path: str) -> bool:
    """Whether a file of settings holds something that lets somebody in."""
    try:
        return bool(_TELLING.search(read_bytes(path)[:1_000_000]))
    except OSError:
        return False


def resolver(hidden: Iterable[str]) -> tuple[str, ...]:
    """The file that names are looked up by, where it lies in a hidden place."""
    real = os.path.realpath("/etc/resolv.conf")
    return (real,) if within(real, hidden) and os.path.isfile(real) else ()


def sockets() -> Iterator[str]:
    """Sockets of this host that have a path: a folder that can only be read keeps nobody from connecting.

    One that has just come may be gone before it is masked, and what cannot be masked cannot be started; it is left out.
    """
    youngest = time.time() - _SETTLED_SECONDS
    paths: dict[str, None] = {}
    for name, column in (("/proc/net/unix", 7), ("/proc/self/mountinfo", 4)):
        try:
            lines = read_text(name, errors="surrogateescape").splitlines()
        except OSError:
            continue
        for line in lines:
            words = line.split(" ") if column == 4 else line.split(maxsplit=column)
            if len(words) > column and words[column].startswith("/"):
                paths[words[column]] = None
    for path in paths:
        try:
            status = os.lstat(path)
            if stat.S_ISSOCK(status.st_mode) and status.st_mtime < youngest:
                yield os.path.realpath(path)
        except (OSError, ValueError):
            continue


@lru_cache(maxsize=1)
def for_root_only() -> tuple[str, ...]:
    """Folders and files of the system that only root can read, for root: it is still their owner inside."""
    if os.geteuid() != 0:
        return ()
    return tuple(closed for tree, depth in _PRIVATE_TREES for closed in _closed(tree, depth))


def _closed(folder: str, depth: int) -> Iterator[str]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        try:
            mode = entry.stat(follow_symlinks=False).st_mode
        except OSError:
            continue
        if stat.S_ISDIR(mode):
            if not mode & stat.S_IXOTH:
                yield entry.path
            elif depth > 1:
                yield from _closed(entry.path, depth - 1)
        elif stat.S_ISREG(mode) and not mode & stat.S_IROTH:
            yield entry.path


def within(path: str, folders: Iterable[str]) -> bool:
    """Whether a path is one of these folders or lies in one."""
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)


def _place(path: str) -> str:
    """The folder that a path names, with links followed; "" for none, and for the root of all."""
    real = os.path.realpath(path) if os.path.isabs(path) else ""
    return real if real not in ("", "/") and os.path.isdir(real) else ""
