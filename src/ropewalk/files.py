"""Files that somebody else named or left, read so that nobody has to wait for them: a pipe, a device or a socket in the place of
a file is refused at once, and of a file no more is read than a limit. Ordinary files of a slow disk are read in a thread. What is
put in the place of a file goes through no link and is there whole, or not at all.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import stat
from collections.abc import Callable
from typing import Final

LARGEST_BYTES: Final = 64 * 1024 * 1024
_PIPES: Final = ("/dev/", "/proc/self/fd/")
"""What a shell passes as a file, such as `<(…)`, is a pipe that its user meant."""


def open_file(
    path: str | bytes | os.PathLike[str], *, follow: bool = True, pipes: bool = False
) -> io.BufferedReader:
    """An ordinary file to read. OSError: it is not there, is no file, or (without `follow`) is a link.

    `pipes`: one that the shell made is taken too, and waited for.
    """
    name = os.fspath(path)
    wait = pipes and os.fsdecode(name).startswith(_PIPES)
    flags = os.O_RDONLY | os.O_CLOEXEC | (0 if wait else os.O_NONBLOCK) | (0 if follow else os.O_NOFOLLOW)
    file = os.fdopen(os.open(name, flags), "rb")
    kind = os.fstat(file.fileno()).st_mode
    if not stat.S_ISREG(kind) and (stat.S_ISDIR(kind) or not wait):
        file.close()
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        raise OSError(errno.EINVAL, "it is a pipe, a device or a socket, not a file", name)
    return file


def copy_file(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """Copy an ordinary file with its mode and times; no link is followed. OSError as of `open_file`."""
    with open_file(source, follow=False) as file, open(target, "wb") as copy:
        shutil.copyfileobj(file, copy)
    shutil.copystat(source, target, follow_symlinks=False)


def read_bytes(path: str | os.PathLike[str], limit: int = LARGEST_BYTES, *, pipes: bool = False) -> bytes:
    """All of an ordinary file, links followed. OSError: it is not there, is no file, or holds more than `limit` bytes.

    `pipes`: the user typed the name here and now, and may have meant a pipe of the shell.
    """
    with open_file(path, pipes=pipes) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"it holds more than {limit:,} bytes", os.fspath(path))
    return data


def replace_file(path: str | bytes | os.PathLike[str], data: bytes, mode: int = 0o644) -> None:
    """Put a file in the place of whatever file or link is there: whole or not at all, and through no link that somebody else
    laid: the draft's name is not to be guessed, and no file of that name is taken over. OSError."""

    def make(draft: str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), mode)

    _replace(path, make)


def replace_link(path: str | bytes | os.PathLike[str], target: str | bytes) -> None:
    """The same with a link to `target`."""
    _replace(path, lambda draft: os.symlink(os.fsdecode(target), draft))


def _replace(path: str | bytes | os.PathLike[str], make: Callable[[str], None]) -> None:
    draft = os.path.join(os.path.dirname(os.fsdecode(path)), f".{os.urandom(8).hex()}.new")
    try:
        make(draft)
        os.replace(draft, os.fsdecode(path))
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise


def read_text(path: str | os.PathLike[str], limit: int = LARGEST_BYTES, *, errors: str = "strict") -> str:
    """The same as UTF-8 text, line ends as they are read everywhere. Also UnicodeDecodeError, when it is to be strict."""
    text = read_bytes(path, limit).decode("utf-8", errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")
