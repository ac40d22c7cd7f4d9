"""The form of a question to a person as one JSON Schema: every door shows and enforces the same, and no form is left that nothing fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ropewalk.definition.fault import nearest
from ropewalk.definition.findings import Path

_OF_VALUES: Final = ("enum", "anyOf", "oneOf", "allOf", "$ref", "type")
_OF_OBJECTS: Final = (
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
)
_KEYWORDS: Final = frozenset({
    *_OF_VALUES, *_OF_OBJECTS, "properties", "required", "minProperties", "maxProperties", "unevaluatedProperties",
    "items", "prefixItems", "contains", "minContains", "maxContains", "minItems", "maxItems", "uniqueItems", "unevaluatedItems",
    "not", "if", "then", "else", "const", "definitions", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern", "format", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
})  # fmt: skip


def form_schema(form: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of a form. One that is no schema itself is a map of fields, each of which is wanted, and keywords next to them."""
    if not form or isinstance(form.get("properties"), dict):
        return {"type": "object", **form} if form else {}
    if any(isinstance(form.get(word), str | list) for word in _OF_VALUES):
        return dict(form)
    fields = {name: about for name, about in form.items() if _is_field(name, about)}
    keywords = {name: value for name, value in form.items() if name not in fields}
    if not fields:
        return keywords
    return {"type": "object", "properties": fields, "required": list(fields), **keywords}


def form_faults(form: Mapping[str, Any]) -> Iterator[tuple[Path, str, str, str]]:
    """What would keep every answer from fitting, or be ignored in silence, as (path, message, hint, nearest name)."""
    schema = form_schema(form)
    for name in schema:
        if name not in _KEYWORDS and not name.startswith(("$", "x-")):
            hint = "a field is a mapping, such as {type: string}"
            if isinstance(schema[name], dict):
                hint = "put it into `properties`"
            yield (name,), f"`{name}` is no field here, and no keyword of a JSON Schema", hint, ""
    fields, required = schema.get("properties"), schema.get("required")
    if (
        isinstance(fields, dict)
        and isinstance(required, list)
        and not any(map(schema.get, ("allOf", "$ref")))
    ):
        for index, name in enumerate(required):
            if isinstance(name, str) and name not in fields:
                near = nearest(name, list(fields))
                message = f"`{name}` is required, and no field has this name"
                yield ("required", index), message, "" if near else "add the field", near


def _is_field(name: str, about: Any) -> bool:
    return isinstance(about, dict | bool) and name not in _OF_OBJECTS and not name.startswith("$")
