"""What steps, agents and files say, made fit for a terminal or a page: nothing in it moves a cursor, turns the direction of
the text or hides in no width. And a stream whose reader may go, or whose disk may be full, without ending what writes to it.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
from typing import Any, Final

_UNSEEN: Final = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but for tab and new line
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\u2028\u2029\ud800-\udfff\U000e0000-\U000e007f"
)
_SEQUENCE = re.compile(rf"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[@-_]|[{_UNSEEN}]")
_VISIBLE = re.compile(f"[{_UNSEEN}]")


def printable(text: str) -> str:
    """Without control sequences and characters that cannot be seen, but for tabs and new lines."""
    return text if text.isascii() and text.isprintable() else _SEQUENCE.sub("", text)


def visible(text: str) -> str:
    """With signs in place of what cannot be seen: `␛` for an escape, `\\u202e` for what has no sign."""
    return text if text.isascii() and text.isprintable() else _VISIBLE.sub(_sign, text)


def _sign(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def escaped_json(text: str) -> str:
    """JSON text in which every character that cannot be seen, or that is not in ASCII, is written as its number."""
    units = text.encode("utf-16-be", "surrogatepass")
    pairs = (int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2))
    return "".join(chr(unit) if unit < 0x7F else f"\\u{unit:04x}" for unit in pairs)


class Steady:
    """A stream that never raises what has become of its reader, its disk or its encoding: what cannot be written is left
    out, `fault` says why. It goes by the names of the stream below for all else."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.fault: OSError | ValueError | None = None
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.reconfigure(errors="backslashreplace")

    def write(self, text: str) -> int:
        self._do(lambda: self._stream.write(text))
        return len(text)

    def raw(self, data: bytes) -> None:
        """Bytes as they are."""
        self._do(self._stream.flush)
        self._do(lambda: self._stream.buffer.write(data))
        self._do(self._flush_bytes)

    def _flush_bytes(self) -> None:
        self._stream.buffer.flush()

    def flush(self) -> None:
        self._do(self._stream.flush)

    def isatty(self) -> bool:
        """Whether it is a terminal; a closed stream is not."""
        try:
            return bool(self._stream.isatty())
        except ValueError:
            return False

    def _do(self, act: Any) -> None:
        if self.fault is not None:
            return
        try:
            act()
        except BlockingIOError:
            # Somebody else made the terminal non-blocking. As it is shared, so is the cure.
            self._again(act)
        except (OSError, ValueError) as error:
            self._lose(error)

    def _again(self, act: Any) -> None:
        try:
            os.set_blocking(self._stream.fileno(), True)
            act()
        except (OSError, ValueError) as error:
            self._lose(error)

    def _lose(self, error: OSError | ValueError) -> None:
        """Nothing can be written any more; what is still in the buffer is discarded, else Python reports an error at exit."""
        self.fault = error
        with contextlib.suppress(OSError, ValueError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def steady_stream(stream: Any) -> Any:
    """The stream as one that never raises (`Steady`); one that is closed (None) swallows everything."""
    if isinstance(stream, Steady):
        return stream
    return Steady(stream if stream is not None else open(os.devnull, "w", encoding="utf-8"))


STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""What people and systems send to end a program in good order."""


def stop_signals() -> tuple[signal.Signals, ...]:
    """Those that are to be heard: under `nohup` the end of the terminal is ignored from the start, and stays so."""
    ignored = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return tuple(number for number in STOP_SIGNALS if not (ignored and number == signal.SIGHUP))


def hold_standard_streams() -> None:
    """Make standard output and error steady. Descriptors that are closed are opened to nowhere first, else the next file
    that is opened, such as the store, would get what is printed."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY)
    if sys.stdin is None:
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as the other two it stays open
    sys.stdout = steady_stream(sys.stdout)
    sys.stderr = steady_stream(sys.stderr)
