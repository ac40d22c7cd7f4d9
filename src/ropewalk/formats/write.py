"""A Workflow as the text of a native file; it loads again to the same digest, whichever format the workflow came from."""

from __future__ import annotations

from io import StringIO
from typing import Any, Final

from ropewalk.definition import Workflow
from ropewalk.formats.native.written.document import document_keys

WIDEST: Final = 10_000
"""No text is folded: a condition keeps its columns."""


def workflow_yaml(workflow: Workflow) -> str:
    """YAML that `load` takes; texts of several lines are written as blocks."""
    from ruamel.yaml import YAML

    yaml = YAML(pure=True)
    yaml.width = WIDEST
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(_styled(document_keys(workflow)), stream)
    return stream.getvalue()


def _styled(value: Any) -> Any:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    if isinstance(value, dict):
        return {key: _styled(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_styled(entry) for entry in value]
    if isinstance(value, str) and not value.isprintable():
        return LiteralScalarString(value) if _as_block(value) else DoubleQuotedScalarString(value)
    return value


def _as_block(text: str) -> bool:
    """Whether the text reads the same as a block: lines that begin and end visibly."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and all(line.isprintable() and line == line.rstrip() for line in lines)
        and lines[0] == lines[0].lstrip()
        and bool(lines[0] and lines[-1])
    )
