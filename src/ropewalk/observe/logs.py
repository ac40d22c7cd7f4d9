"""Where the log of a program that serves goes: to standard error, one line an event, as JSON where no person reads it."""

from __future__ import annotations

import sys
from typing import Any

from ropewalk.observe.plain import printable, steady_stream


def log_to_standard_error(*, plain: bool | None = None) -> None:
    """Set the log up; `plain` lines for people, JSON without (by default: whether a terminal is there)."""
    import structlog

    readable = sys.stderr.isatty() if plain is None else plain
    shown = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(sort_keys=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _plain,
            shown,
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        # Looked up at each line: a program that replaces standard error gets what is said from then on.
        logger_factory=lambda *args: structlog.PrintLogger(steady_stream(sys.stderr)),
        cache_logger_on_first_use=False,
    )


def _plain(logger: Any, name: str, event: Any) -> Any:
    """What runs say does nothing to the terminal that a log is read in."""
    return {key: printable(value) if isinstance(value, str) else value for key, value in event.items()}
