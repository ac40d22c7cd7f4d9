"""Where a command's words go: plain lines and tables, coloured and cut to width only in a terminal, JSON when asked for.

What comes from steps and agents is data: control characters in it never reach the terminal.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any, TextIO

from ropewalk.app import escaped_json, printable, steady_stream
from ropewalk.errors import UsageError

COLOURS = {"green": "32", "red": "31", "magenta": "35", "cyan": "36", "dim": "2", "bold": "1"}
"""Those that can be read on a light and on a dark ground."""

STATUS = {
    "completed": "green",
    "succeeded": "green",
    "failed": "red",
    "aborted": "red",
    "running": "cyan",
    "paused": "magenta",
    "waiting": "magenta",
    "pending": "dim",
    "skipped": "dim",
}
_MARK = f"\0{os.urandom(6).hex()}:"
"""Stands before a colour of ours until it is printed: what comes from steps cannot know it, and so brings no colours."""
_GAP = "  "


class Screen:
    """Standard output, and standard error for what is not the result."""

    def __init__(self, *, json: bool = False, out: TextIO | None = None) -> None:
        self.json = json
        self.out = steady_stream(out or sys.stdout)
        self.terminal = self.out.isatty() and not json
        forced = os.environ.get("FORCE_COLOR", "") not in {"", "0"}
        plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        self.colour = (self.terminal or forced) and not plain and not json

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        return _columns()

    def line(self, text: str = "") -> None:
        """A line for people; nothing of it is printed when JSON was asked for."""
        if not self.json:
            self.write(text + "\n")

    def write(self, text: str) -> None:
        """The same without an end of the line. No matter who wrote it, only our own colours are left in it."""
        head, *rest = text.split(_MARK)
        painted = (
            f"\x1b[{code}m{printable(after)}" for code, _, after in (escape.partition(";") for escape in rest)
        )
        self.out.write(printable(head) + "".join(painted))

    def raw(self, data: bytes) -> None:
        """The bytes of a file: as they are, but for people in a terminal, which is not at the mercy of what is in it."""
        if self.terminal:
            self.write(data.decode("utf-8", "replace"))
            self.flush()
            return
        self.out.raw(data)
        fault = self.out.fault
        if fault is not None and not isinstance(fault, BrokenPipeError):
            raise UsageError(what=f"The output cannot be written: {fault}", hint="write it to another place")

    def aside(self, text: str) -> None:
        """Something next to the result: to standard error."""
        err = steady_stream(sys.stderr)
        err.write(printable(text.partition(_MARK)[0] if _MARK in text else text) + "\n")
        err.flush()

    def give(self, value: Any) -> None:
        """One JSON object, when JSON was asked for."""
        if self.json:
            self.each(value)

    def each(self, value: Any) -> None:
        """One JSON object on a line, in any case."""
        import msgspec

        text = msgspec.json.encode(value, enc_hook=str).decode()
        plain = "utf" in str(getattr(self.out, "encoding", None) or "utf-8").lower() and not self.out.isatty()
        self.out.write((text if plain else escaped_json(text)) + "\n")

    def flush(self) -> None:
        self.out.flush()

    def paint(self, style: str, text: str) -> str:
        """The text in a colour, where there are colours."""
        if not self.colour or style not in COLOURS:
            return text
        return f"{_MARK}{COLOURS[style]};{text}{_MARK}0;"

    def status(self, word: str) -> str:
        return self.paint(STATUS.get(word, ""), word)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[Any]], flexible: int = -1) -> None:
        """Columns in line; in a terminal the `flexible` one is cut so that a row fits. Status words are coloured."""
        if self.json or not rows:
            return
        cells = [[one_line(cell) for cell in row] for row in rows]
        empty = [place for place in range(len(headings)) if not any(row[place] for row in cells)]
        if empty:
            flexible = len(headings) - 1 if flexible < 0 else flexible
            flexible -= sum(place < flexible for place in empty)
            headings, *cells = (
                [c for n, c in enumerate(row) if n not in empty] for row in (headings, *cells)
            )
        widths = [max(map(wide, column)) for column in zip(headings, *cells, strict=True)]
        if self.terminal:
            over = sum(widths) + len(_GAP) * (len(widths) - 1) - self.width
            if over > 0:
                widths[flexible] = max(widths[flexible] - over, 8)
        self.line(self.paint("bold", _row(headings, widths).rstrip()))
        for row in cells:
            fitted = [_fit(cell, width) for cell, width in zip(row, widths, strict=True)]
            painted = [self.paint(STATUS.get(cell.strip(), ""), cell) for cell in fitted]
            self.line(_GAP.join(painted).rstrip())


def one_line(value: Any) -> str:
    return " ".join(printable("" if value is None else str(value)).split())


def wide(text: str) -> int:
    """Columns that a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, width: int) -> str:
    """At most so many columns, with a sign that something is left out."""
    if wide(text) <= width:
        return text
    while text and wide(text) > width - 1:
        text = text[:-1]
    return text + "…"


def _fit(text: str, width: int) -> str:
    shown = cut(text, width)
    return shown + " " * (width - wide(shown))


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _GAP.join(_fit(cell, width) for cell, width in zip(cells, widths, strict=True))


def _columns() -> int:
    """What COLUMNS says, else the terminal, else 80; as shutil does it, whose import costs more than a short run."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else 1).columns or 80
    except (OSError, ValueError):
        return 80
