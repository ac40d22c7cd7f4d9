"""Files that somebody else named or left, read so that nobody has to wait for them: a pipe, a device or a socket in the place of
a file is refused at once, and of a file no more is read than a limit. Ordinary files of a slow disk are read in a thread.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import Final

LARGEST_BYTES: Final = 64 * 1024 * 1024
_PIPES: Final = ("/dev/", "/proc/self/fd/")
"""What a shell passes as a file, such as `<(…)`, is a pipe that its user meant."""


def read_bytes(path: str | os.PathLike[str], limit: int = LARGEST_BYTES, *, pipes: bool = False) -> bytes:
    """All of an ordinary file, links followed. OSError: it is not there, is no file, or holds more than `limit` bytes.

    `pipes`: the user typed the name here and now, and may have meant a pipe of the shell.
    """
    name = os.fspath(path)
    wait = pipes and name.startswith(_PIPES)
    descriptor = os.open(name, os.O_RDONLY | os.O_CLOEXEC | (0 if wait else os.O_NONBLOCK))
    with os.fdopen(descriptor, "rb") as file:
        kind = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), name)
        if not stat.S_ISREG(kind) and not wait:
            raise OSError(errno.EINVAL, "it is a pipe, a device or a socket, not a file", name)
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, f"it holds more than {limit:,} bytes", name)
    return data


def read_text(path: str | os.PathLike[str], limit: int = LARGEST_BYTES, *, errors: str = "strict") -> str:
    """The same as UTF-8 text, line ends as they are read everywhere. Also UnicodeDecodeError, when it is to be strict."""
    text = read_bytes(path, limit).decode("utf-8", errors)
    return text.replace("\r\n", "\n").replace("\r", "\n")
