"""One thing wrong in a file, with what is needed to fix it: the place, a message, the nearest valid name, a hint.

Faults are collected, never raised one by one; `refusal` makes the one error that carries all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

from ropewalk.errors import InvalidDefinition

CLOSE: Final = 0.65
"""How alike two names must be (difflib's ratio) for one to be offered for the other."""


LONGEST: Final = 500
"""Characters of one message; a name that it quotes may be of any length."""


def shortened(text: str) -> str:
    """The text, cut where it goes on too long for a line."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


class Fault(Struct, frozen=True, omit_defaults=True):
    """Line and column count from 1; 0 where the file has no such place. A warning does not keep a file from loading."""

    file: str
    line: int
    column: int
    what: str
    nearest: str = ""
    hint: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = self.file or "<text>"
        if self.line:
            place += f":{self.line}:{self.column}"
        message = f"warning: {self.what}" if self.severity == "warning" else self.what
        hints = (f"did you mean {self.nearest}?" if self.nearest else "", self.hint)
        return "; ".join(part for part in (f"{place}: {message}", *hints) if part)


def faults_in_order(faults: Iterable[Fault]) -> list[Fault]:
    """The faults by place in the file, each once; those of one place stay as they were found."""
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line, fault.column))


def errors_in(faults: Iterable[Fault]) -> list[Fault]:
    """Those that keep a file from loading."""
    return [fault for fault in faults if fault.severity == "error"]


def definition_error(file: str, faults: Iterable[Fault]) -> InvalidDefinition:
    """The one error for a file: carries warnings too, counts only what keeps it from loading."""
    ordered = faults_in_order(faults)
    return InvalidDefinition(count=len(errors_in(ordered)), file=file or "the text", faults=ordered)


def nearest(name: str, names: Iterable[str]) -> str:
    """The name most like a wrong one, or the empty string when none is close."""
    from difflib import get_close_matches

    known = [candidate for candidate in names if candidate]
    plain = {candidate.lower().replace("-", "_"): candidate for candidate in reversed(known)}
    close = get_close_matches(name.lower().replace("-", "_"), plain, n=1, cutoff=CLOSE)
    return plain[close[0]] if close else ""
