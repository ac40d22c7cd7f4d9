"""Events as lines: when, what kind, about what, and a few words. Used by everything that prints a history or follows one."""

from __future__ import annotations

from datetime import datetime

from ropewalk.app import Event, event_subject, event_words
from ropewalk.cli.screen import Screen, one_line

COLOURS = {
    "run.completed": "green",
    "step.succeeded": "green",
    "run.failed": "red",
    "run.aborted": "red",
    "run.stalled": "red",
    "step.failed": "red",
    "step.aborted": "red",
    "attempt.failed": "red",
    "run.paused": "magenta",
    "ask.opened": "magenta",
    "step.waiting": "magenta",
    "round.opened": "magenta",
    "step.started": "cyan",
    "step.skipped": "dim",
}


def event_line(screen: Screen, at: float, event: Event, run: str = "") -> str:
    """One line; `run` when the events of several runs are mixed."""
    kind = str(event.__struct_config__.tag)
    when = screen.paint("dim", clock(at))
    named = screen.paint(COLOURS.get(kind, ""), f"{kind:<15}")
    parts = [
        when,
        run,
        named,
        screen.paint("bold", one_line(event_subject(event))),
        one_line(event_words(event)),
    ]
    return "  ".join(part for part in parts if part).rstrip()


def clock(at: float) -> str:
    """The time of day here."""
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M:%S")


def moment(at: float | None) -> str:
    """Day and time here; "" for never."""
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S") if at is not None else ""
