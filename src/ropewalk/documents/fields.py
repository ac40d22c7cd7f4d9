"""Documents that are YAML, such as a quality gate's decision: the template's own fields, filled, and checked again."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any, Final

from ropewalk.definition import Finding, Template, walk_sections
from ropewalk.documents.placeholders import Values, fill, look_up, placeholders

WHOLE: Final = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}\Z")


def render_fields(template: Template, values: Values) -> str:
    """The document as YAML text. A value under a field's own name replaces what the template says there; a placeholder
    that is the whole of a field keeps its value's type.
    """
    wanted: dict[str, Any] = dict(template.fields)
    for path in walk_sections(template.sections):
        if len(path) == 1:
            wanted.setdefault(path[0].id, path[0].template or path[0].content or None)
    return dumped({key: _filled(part, values, values.get(key)) for key, part in wanted.items()})


def _filled(part: Any, values: Values, filled_in: Any) -> Any:
    if filled_in is not None and not isinstance(part, Mapping):
        return filled_in
    if isinstance(part, Mapping):
        own = filled_in if isinstance(filled_in, Mapping) else {}
        done = {key: _filled(inner, values, own.get(key)) for key, inner in part.items()}
        return {**done, **{key: value for key, value in own.items() if key not in done}}
    if isinstance(part, list):
        return [_filled(inner, values, None) for inner in part]
    if not isinstance(part, str):
        return part
    whole = WHOLE.match(part)
    known, value = look_up(whole[1], (values,)) if whole else (False, None)
    return value if known else fill(part, values)


def dumped(data: Any) -> str:
    """Data as YAML in the order it has, with long texts as blocks of lines."""
    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import walk_tree

    writer = YAML()
    writer.default_flow_style = False
    writer.width = 110
    walk_tree(data)
    out = io.StringIO()
    writer.dump(data, out)
    return out.getvalue()


def check_fields(template: Template, data: Any) -> list[Finding]:
    """What a YAML document lacks: fields, values where placeholders are left, a value outside those that are allowed."""
    if not isinstance(data, Mapping):
        return [Finding("", "shape", "the document is not a mapping of fields")]
    findings: list[Finding] = []
    for key in template.fields:
        if key not in data:
            findings.append(Finding(key, "missing", f"the field `{key}` is missing"))
        elif left := _left(data[key]):
            findings.append(Finding(key, "unfilled", f"`{key}` still has the placeholder {{{{{left[0]}}}}}"))
        elif data[key] in (None, "") and template.fields[key] not in (None, ""):
            findings.append(Finding(key, "empty", f"the field `{key}` is empty"))
    for key, offered in template.allowed.items():
        value = data.get(key)
        if value is not None and not _left(value) and str(value) not in offered:
            findings.append(
                Finding(key, "choice", f"`{key}` is {value}; it must be one of {', '.join(offered)}")
            )
    return findings


def _left(value: Any) -> list[str]:
    if isinstance(value, str):
        return placeholders(value)
    if isinstance(value, Mapping):
        return [name for part in value.values() for name in _left(part)]
    return [name for part in value for name in _left(part)] if isinstance(value, list) else []
