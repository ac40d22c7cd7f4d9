"""The form of an ask: which fields an answer has to carry, enforced for every door, since all answer by the same verb."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from ropewalk.agents import schema_faults
from ropewalk.core.events import AskOpened
from ropewalk.definition import form_schema
from ropewalk.errors import Refused

_EXAMPLES: Final[Mapping[str, Any]] = {
    "string": "…", "integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {},
}  # fmt: skip


def form_fields(form: Mapping[str, Any]) -> dict[str, str]:
    """Each field with what it takes, in words; the value as a whole is the field ""."""
    schema = form_schema(form)
    if not isinstance(schema.get("properties"), dict):
        return {"": _takes(schema)} if schema else {}
    required = schema.get("required", [])
    fields = {}
    for name, about in schema["properties"].items():
        takes = _takes(about) if isinstance(about, dict) else "anything"
        fields[str(name)] = takes if name in required else f"{takes}, may be left out"
    return fields


def _takes(schema: Mapping[str, Any]) -> str:
    if isinstance(schema.get("enum"), list):
        return " or ".join(value if isinstance(value, str) else json.dumps(value) for value in schema["enum"])
    kind = schema.get("type", "anything")
    return " or ".join(map(str, kind)) if isinstance(kind, list) else str(kind)


def form_example(form: Mapping[str, Any]) -> str:
    """A value that has the form, as JSON."""
    schema = form_schema(form)
    properties = schema.get("properties")
    value = (
        {k: _example(v) for k, v in properties.items()} if isinstance(properties, dict) else _example(schema)
    )
    return json.dumps(value, ensure_ascii=False)


def _example(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return "…"
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return schema["enum"][0]
    kind = schema.get("type")
    return _EXAMPLES.get(kind if isinstance(kind, str) else "string", "…")


def takes_text(schema: Mapping[str, Any]) -> bool:
    """Whether only a text fits, so that `1.2` and `true` are texts too."""
    values = schema.get("enum")
    if isinstance(values, list) and values:
        return all(isinstance(value, str) for value in values)
    return schema.get("type") == "string"


def refuse_unfit(opened: AskOpened, verdict: str, value: Any) -> None:
    """Raises Refused where an answer that agrees lacks what the form of the ask wants, with the fields."""
    amended = verdict == "amend" and opened.about == "approval"  # then it is a better version of the outputs
    if not opened.form or opened.about == "fact" or verdict == "reject" or amended:
        return
    fields = "; ".join(
        f"{name}: {takes}" if name else takes for name, takes in form_fields(opened.form).items()
    )
    if value is None:
        reason = f"{opened.ask} takes a value ({fields}): --value '{form_example(opened.form)}'"
        raise Refused(verb="answer", reason=reason)
    faults = schema_faults(value, form_schema(opened.form), "the answer")
    if faults:
        raise Refused(verb="answer", reason=f"{'; '.join(faults[:3])} (it takes {fields})")
