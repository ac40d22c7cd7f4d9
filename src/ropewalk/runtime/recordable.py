"""What comes from an attempt is made such that it can be put on record, before it is: a kind, an agent or a plug-in may give data
of any shape and size. What cannot be kept fails the attempt by name; it never ends who drives the run.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ropewalk.core import DATA_BYTES, EVENT_BYTES, Failure, Outcome, size_of, why_too_large
from ropewalk.core.commands import Command
from ropewalk.errors import Unrecordable
from ropewalk.nesting import MAX_DEPTH, TooDeep, holds_deep

_DATA = ("outputs", "facts")
_LARGE = ("artifacts", "verdicts", "handoff", "conflicts", "warnings")
_MESSAGE_CHARS = 16_384


def recordable(outcome: Outcome) -> Outcome:
    """The outcome, failed where it gives what cannot be kept, and without that."""
    faults: dict[str, str] = {}
    for name in _DATA:
        fault = _fault_of(getattr(outcome, name))
        if fault:
            faults[name] = fault
            outcome = msgspec.structs.replace(outcome, **{name: {}})
    outcome = _as_text(outcome)
    fault = why_too_large(outcome)
    if fault:
        large = {name: size for name in _LARGE if (size := size_of(getattr(outcome, name))) > DATA_BYTES // 4}
        faults |= {_named(outcome, name): f"{size:,} bytes" for name, size in large.items()}
        empty = {name: None if name == "handoff" else () for name in large}
        outcome = msgspec.structs.replace(outcome, **empty)
        if why_too_large(outcome):
            faults["report"] = fault
            outcome = Outcome(failure=outcome.failure, usage=outcome.usage, commit=outcome.commit)
    return _failed(outcome, faults) if faults else outcome


def unrecordable(run: str, command: Command) -> Unrecordable | None:
    """Why no event can hold what an attempt, or anybody else, tells a run."""
    fault = _fault_of(command, EVENT_BYTES)
    return Unrecordable(run=run, what=type(command).__name__, reason=fault) if fault else None


def _fault_of(value: Any, limit: int = DATA_BYTES) -> str:
    """Why data cannot be kept, or ""."""
    if holds_deep(value, MAX_DEPTH + 1):
        return str(TooDeep())
    try:
        return why_too_large(value, limit)
    except UnicodeEncodeError:
        return "it holds half a character (a surrogate)"
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        return str(error)


def _as_text(outcome: Outcome) -> Outcome:
    """What is said about it, by names of files and errors of programs, is text whatever they are made of."""
    failure = outcome.failure
    if failure is not None:
        message = failure.message
        if len(message) > _MESSAGE_CHARS:
            message = f"{message[:_MESSAGE_CHARS]}… ({len(message):,} characters)"
        report = _escaped(failure.report) if not holds_deep(failure.report, MAX_DEPTH + 1) else {}
        if _fault_of(report, EVENT_BYTES // 2):
            report = {}
        failure = msgspec.structs.replace(failure, message=message, report=report)
        outcome = msgspec.structs.replace(outcome, failure=failure)
    try:
        size_of(outcome)
    except UnicodeEncodeError:
        escaped: Outcome = _escaped(outcome)
        return escaped
    return outcome


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, msgspec.Struct):
        fields = {name: _escaped(getattr(value, name)) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    if isinstance(value, dict):
        return {_escaped(key): _escaped(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_escaped, value))
    return value


def _named(outcome: Outcome, name: str) -> str:
    return f"list of {len(outcome.artifacts):,} files" if name == "artifacts" else name


def _failed(outcome: Outcome, faults: dict[str, str]) -> Outcome:
    reasons = "; ".join(f"the {name} cannot be kept: {fault}" for name, fault in faults.items())
    files = any(name.startswith("list of") for name in faults)
    hint = "name in .gitignore what is no work of it" if files else "give large data as a file"
    message = f"{reasons}; {hint}"
    failure = outcome.failure
    if failure is None:
        failure = Failure(kind="permanent" if files else "invalid_output", message=message)
    else:
        failure = msgspec.structs.replace(failure, message=f"{failure.message}; {message}")
    return msgspec.structs.replace(outcome, failure=failure)
