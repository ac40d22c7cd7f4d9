"""The one printer of errors: where, what, how to fix it; as one JSON object when that was asked for.

A RopewalkError is told in its own words. Anything else is a bug of ropewalk: its traceback goes to a file that can be sent in.
"""

from __future__ import annotations

import errno
import os
import re
import sys
from typing import Any

from ropewalk.app import escaped_json, printable, steady_stream
from ropewalk.cli import exits
from ropewalk.errors import FileRefused, HostHasNoRoom, InvalidDefinition, NotLanded, RopewalkError
from ropewalk.transient import passing_trouble

REFUSALS = frozenset(
    (
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.EEXIST,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.ENAMETOOLONG,
        errno.ELOOP,
    )
)
"""What a file system says of names, kinds and rights of files: for its owner to fix, and no bug."""

REPORT = "ropewalk failed; this is a bug of ropewalk, not of your workflow. Please report it with this file: {file}"


def complain(error: Exception, words: list[str]) -> int:
    """Print an error and give the exit code."""
    if not isinstance(error, RopewalkError) and passing_trouble(error):
        error = HostHasNoRoom(reason=passing_trouble(error))
    if isinstance(error, OSError) and error.errno in REFUSALS and error.filename is not None:
        error = FileRefused(file=error.filename, reason=(error.strerror or "").lower())
    if not isinstance(error, RopewalkError):
        report = _report(error, words)
    elif isinstance(error, InvalidDefinition):
        report = {**as_report(error), "faults": [_fault(fault) for fault in error.faults]}
        report["message"] = shown(report["message"])
    else:
        report = as_report(error)
    if "--json" in words:
        import json  # unlike msgspec it takes what of a word of the command line is not UTF-8

        out = steady_stream(sys.stdout)
        out.write(escaped_json(json.dumps({"error": report}, ensure_ascii=False)) + "\n")
        out.flush()
    else:
        steady_stream(sys.stdout).flush()
        err = steady_stream(sys.stderr)
        err.write(printable(_text(error, report)))
        err.flush()
    if isinstance(error, NotLanded):
        return exits.FAILED
    return exits.BAD_INPUT if isinstance(error, RopewalkError) else exits.BUG


def as_report(error: RopewalkError) -> dict[str, Any]:
    """Code, message and hint of an error."""
    return {"code": error.code, "message": error.message, "hint": error.how}


def _fault(fault: Any) -> dict[str, Any]:
    import msgspec

    fields: dict[str, Any] = msgspec.to_builtins(fault)
    return {**fields, "file": shown(fields["file"])}


def shown(text: str) -> str:
    """Paths below the current folder as people write them."""
    try:
        folder = re.escape(os.path.join(os.getcwd(), ""))
    except OSError:  # it was removed
        return text
    return re.sub(rf"(?<![\w./~-]){folder}(?:\./)*", "", text)


def _text(error: Exception, report: dict[str, Any]) -> str:
    if isinstance(error, InvalidDefinition):
        return "".join(f"{shown(str(fault))}\n" for fault in error.faults) + f"{report['message']}\n"
    message = report["message"]
    lines = [f"ropewalk: {message[:-1] if message.endswith('?.') else message}"]
    if report["hint"]:
        lines.append(f"      {report['hint']}")
    return "\n".join(lines) + "\n"


def _without_values(words: list[str]) -> list[str]:
    """Inputs by name alone, and stores without who may use them: what they are may be nobody's business."""
    return [
        re.sub(
            r"://\S*@",
            "://…@",
            word.partition("=")[0] + "=…" if "=" in word else "{…}" if word[:1] == "{" else word,
        )
        for word in words
    ]


def _report(error: Exception, words: list[str]) -> dict[str, Any]:
    import platform
    import tempfile
    import traceback

    from ropewalk.cli.finding import version

    with tempfile.NamedTemporaryFile(
        "w", prefix="ropewalk-bug-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as file:
        file.write(f"ropewalk {version()}, Python {platform.python_version()}, {platform.platform()}\n")
        file.write(f"ropewalk {' '.join(_without_values(words))}\n\n")
        file.write("".join(traceback.format_exception(error)))
    message = f"{type(error).__name__}: {error}"
    return {"code": "bug", "message": message, "hint": REPORT.format(file=file.name)}
