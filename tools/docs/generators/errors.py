"""The list of errors, read from `ropewalk.errors`: code, message and hint of each, in the order of the file."""

from __future__ import annotations

import inspect

from ropewalk import errors
from tools.docs.blocks import generates


@generates("errors")
def table() -> str:
    rows = ["| code | message | how to fix it |", "|---|---|---|"]
    rows += [f"| `{_code(kind)}` | {_cell(kind.__doc__)} | {_cell(kind.hint)} |" for kind in _kinds()]
    return "\n".join(rows)


def _kinds() -> list[type[errors.RopewalkError]]:
    found = [
        kind
        for kind in vars(errors).values()
        if inspect.isclass(kind)
        and issubclass(kind, errors.RopewalkError)
        and kind is not errors.RopewalkError
    ]
    return sorted(found, key=lambda kind: inspect.getsourcelines(kind)[1])


def _code(kind: type[errors.RopewalkError]) -> str:
    return kind("").code


def _cell(text: str | None) -> str:
    """One paragraph on one line; fields that a message fills in are shown in italics."""
    line = " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())
    return line.replace("|", "\\|").replace("{", "*").replace("}", "*")
