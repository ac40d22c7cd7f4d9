"""What a value in a condition may be, as far as it is known at load. JSON has one kind of number: so have conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

MAX_SCHEMA_DEPTH = 32
MAX_SCHEMA_PARTS = 10_000
"""Parts of one schema that are looked at, each as often as a `$ref` leads to it; the rest is `any`."""


class Type(Struct, frozen=True):
    """One of the kinds any, null, bool, int, double, string, list, map, object, collection.

    `of` is what a list or map holds; `fields` are those of an object, and a `closed` one has no others.
    `choices` are all the texts that a string may be (empty: any text). `collection` (a list or a map) is
    only ever wanted, never found.
    """

    kind: str
    of: Type | None = None
    fields: Mapping[str, Type] = {}
    closed: bool = False
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        inside = f" of {self.of}" if self.of is not None and self.of.kind != "any" else ""
        return _WORDS.get(self.kind, self.kind) + inside

    @property
    def element(self) -> Type:
        """What a list or a map holds."""
        return self.of if self.of is not None else ANY

    @property
    def number(self) -> bool:
        """An int and a double may always be compared and mixed."""
        return self.kind in {"int", "double"}


_WORDS = {
    "bool": "boolean",
    "int": "integer",
    "double": "number",
    "collection": "list or map",
    "any": "anything",
}

ANY = Type("any")
NULL = Type("null")
BOOL = Type("bool")
INT = Type("int")
DOUBLE = Type("double")
STRING = Type("string")
COLLECTION = Type("collection")

_NAMED = {"null": NULL, "boolean": BOOL, "integer": INT, "number": DOUBLE, "string": STRING}


def list_of(of: Type = ANY) -> Type:
    """A list whose items are all `of`."""
    return Type("list", of)


def map_of(of: Type = ANY) -> Type:
    """A map from any text to `of`."""
    return Type("map", of)


def object_of(fields: Mapping[str, Type], *, closed: bool = True) -> Type:
    """Named fields; a `closed` object has no others."""
    return Type("object", None, dict(fields), closed)


def joined(first: Type, second: Type) -> Type:
    """The narrowest type that both fit."""
    if first == second:
        return first
    if first.number and second.number:
        return DOUBLE
    if first.kind == second.kind == "string":
        both = bool(first.choices and second.choices)
        return Type("string", choices=tuple(dict.fromkeys(first.choices + second.choices)) if both else ())
    if first.kind == second.kind and first.kind in {"list", "map"}:
        return Type(first.kind, joined(first.element, second.element))
    return ANY


def comparable(left: Type, right: Type) -> bool:
    """Whether `left == right` could ever be true; null may be asked of everything."""
    kinds = {left.kind, right.kind}
    if kinds & {"any", "null"} or (left.number and right.number):
        return True
    if kinds <= {"map", "object"}:
        return True
    if left.kind != right.kind:
        return False
    return left.kind != "list" or comparable(left.element, right.element)


def from_schema(schema: Any) -> Type:
    """The type of a JSON Schema (a dict or a boolean). What the schema leaves open, or cannot be told here, is `any`.

    Objects are closed when `additionalProperties` is false. Local `$ref`s are followed; a recursive one ends in `any`.
    """
    return _typed(schema, _Root(schema), 0)


class _Root:
    """The whole schema, the `$ref`s that are being followed, and how many parts may still be looked at."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        self.following: set[str] = set()
        self.left = MAX_SCHEMA_PARTS


def _typed(schema: Any, root: _Root, depth: int) -> Type:
    root.left -= 1
    if not isinstance(schema, Mapping) or depth > MAX_SCHEMA_DEPTH or root.left < 0:
        return ANY
    if "$ref" in schema:
        return _followed(schema["$ref"], root, depth)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return _union(schema[word], root, depth)
    if "const" in schema or "enum" in schema:
        return _listed([schema["const"]] if "const" in schema else schema["enum"])
    kind = schema.get("type")
    if isinstance(kind, str) and kind in _NAMED:
        return _NAMED[kind]
    if isinstance(kind, list | tuple):
        return _union([{**schema, "type": name} for name in kind], root, depth)
    if kind == "array":
        return list_of(_typed(schema.get("items"), root, depth + 1))
    if kind == "object" or (kind is None and "properties" in schema):
        return _fields(schema, root, depth)
    return ANY


def _followed(ref: Any, root: _Root, depth: int) -> Type:
    if not isinstance(ref, str) or ref in root.following:
        return ANY
    root.following.add(ref)
    type_ = _typed(_referred(ref, root.schema), root, depth + 1)
    root.following.remove(ref)
    return type_


def _fields(schema: Mapping[str, Any], root: _Root, depth: int) -> Type:
    properties, more = schema.get("properties"), schema.get("additionalProperties", True)
    if not isinstance(properties, Mapping):
        if more is False and "patternProperties" not in schema:
            return object_of({})
        return map_of(_typed(more, root, depth + 1))
    fields = {str(name): _typed(subschema, root, depth + 1) for name, subschema in properties.items()}
    return object_of(fields, closed=more is False and "patternProperties" not in schema)


def _union(schemas: Any, root: _Root, depth: int) -> Type:
    if not isinstance(schemas, list | tuple) or not schemas:
        return ANY
    types = [_typed(part, root, depth + 1) for part in schemas]
    union = types[0]
    for part in types[1:]:
        union = joined(union, part)
    return union


def _listed(values: Any) -> Type:
    if not isinstance(values, list | tuple) or not values:
        return ANY
    if all(isinstance(value, str) for value in values):
        return Type("string", choices=tuple(values))
    types = [of_value(value) for value in values]
    return types[0] if all(type_ == types[0] for type_ in types) else ANY


def of_value(value: Any) -> Type:
    """The type of a plain JSON value at hand, without its choices; objects and lists stay open."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOL
        case int():
            return INT
        case float():
            return DOUBLE
        case str():
            return STRING
        case list() | tuple():
            return list_of()
        case Mapping():
            return map_of()
        case _:
            return ANY


def _referred(ref: str, schema: Any) -> Any:
    if not ref.startswith("#"):
        return None
    for part in ref[1:].split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        schema = schema.get(name) if isinstance(schema, Mapping) else None
    return schema
