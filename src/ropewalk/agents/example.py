"""A small valid value for a JSON Schema: the same for the same schema, plausible, and as short as it may be.

Knows what schemas of outputs use; what it cannot satisfy is left to the check that follows every attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DEPTH = 12
_FORMATS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "127.0.0.1",
    "hostname": "example.com",
}


def example(schema: Any, name: str = "value", root: Mapping[str, Any] | None = None, depth: int = 0) -> Any:
    """A value for the schema; `name` goes into texts. References within `root` (the whole schema) are followed."""
    if not isinstance(schema, Mapping) or depth > _DEPTH:
        return None if depth > _DEPTH else f"rehearsed {name}"
    root = schema if root is None else root
    schema = _joined(schema, root)
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    for key in ("oneOf", "anyOf"):
        if schema.get(key):
            return example({**_without(schema, key), **_joined(schema[key][0], root)}, name, root, depth + 1)
    return _of_type(_type(schema), schema, name, root, depth)


def _of_type(kind: str, schema: Mapping[str, Any], name: str, root: Mapping[str, Any], depth: int) -> Any:
    match kind:
        case "object":
            properties = schema.get("properties", {})
            names = [*properties, *(key for key in schema.get("required", ()) if key not in properties)]
            wanted = names if depth < 2 else [key for key in names if key in schema.get("required", ())]
            return {
                key: example(properties.get(key, {"type": "string"}), key, root, depth + 1) for key in wanted
            }
        case "array":
            return _array(schema, name, root, depth)
        case "boolean":
            return True
        case "integer" | "number":
            return _number(schema, whole=kind == "integer")
        case "null":
            return None
        case _:
            return _text(schema, name)


def _array(schema: Mapping[str, Any], name: str, root: Mapping[str, Any], depth: int) -> list[Any]:
    least, most = schema.get("minItems", 1), schema.get("maxItems")
    count = least if most is None else min(max(least, 1), most)
    first = [example(part, name, root, depth + 1) for part in schema.get("prefixItems", ())]
    rest = range(len(first), max(count, len(first)))
    items = schema.get("items", {"type": "string"})
    if items is False:
        return first
    made = [example(items, f"{name} {at + 1}", root, depth + 1) for at in rest]
    if schema.get("uniqueItems") and isinstance(items, Mapping) and items.get("enum"):
        made = list(items["enum"][: len(made)])
    elif schema.get("uniqueItems") and made and isinstance(made[0], int | float):
        made = [made[0] + at for at in range(len(made))]
    return first + made


def _number(schema: Mapping[str, Any], *, whole: bool) -> int | float:
    """The smallest that is allowed; of thresholds like a score the greatest would please, but nothing is known of it."""
    step = schema.get("multipleOf", 1 if whole else 0)
    low: float | None = schema.get("minimum")
    if "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + (step or 0.5)
    high = schema.get("maximum")
    if "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - (step or 0.5)
    value: float = low if low is not None else min(0, high) if high is not None else 0
    if step and value % step:
        value += step - value % step
    return int(value) if whole else value


def _text(schema: Mapping[str, Any], name: str) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    text = f"rehearsed {name}"
    least: int = schema.get("minLength", 0)
    most: int | None = schema.get("maxLength")
    return text.ljust(least, ".")[:most]


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((name for name in kind if name != "null"), "null")
    if kind is None:
        kind = "object" if "properties" in schema or "required" in schema else "string"
        kind = "array" if "items" in schema else kind
    return str(kind)


def _joined(schema: Any, root: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The schema with its reference and its `allOf` taken in, as deep as is sensible."""
    whole = dict(schema) if isinstance(schema, Mapping) and depth < _DEPTH else {}
    if "$ref" in whole:
        whole = {**_joined(_target(whole.pop("$ref"), root), root, depth + 1), **whole}
    for part in whole.pop("allOf", ()):
        other = _joined(part, root, depth + 1)
        properties = {**whole.get("properties", {}), **other.get("properties", {})}
        required = [*whole.get("required", ()), *other.get("required", ())]
        merged = {"properties": properties, "required": required}
        whole = {**whole, **other, **{key: value for key, value in merged.items() if value}}
    return whole


def _target(reference: str, root: Mapping[str, Any]) -> Mapping[str, Any]:
    target: Any = root
    for part in reference.removeprefix("#").strip("/").split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        target = target.get(key, {}) if isinstance(target, Mapping) and key else target
    return target if isinstance(target, Mapping) and target is not root else {}


def _without(schema: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != key}
