"""Whether a value fits a JSON Schema, told as sentences with their places; nothing is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def schema_faults(value: Any, schema: Mapping[str, Any], name: str) -> list[str]:
    """What does not fit a JSON Schema, with its place in the value; [] when all does."""
    from jsonschema import Draft202012Validator, SchemaError, exceptions
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    try:
        Draft202012Validator.check_schema(schema)
        checker = Draft202012Validator(schema, registry=Registry())  # nothing is fetched from anywhere
        found = sorted(checker.iter_errors(value), key=exceptions.relevance)
    except SchemaError as fault:
        return [f"the schema of {name} is not valid: {fault.message}"]
    except Unresolvable as fault:
        return [f"the schema of {name} refers to something that is not in it: {fault}"]
    return [f"{name}{_place(fault.absolute_path)}: {fault.message}" for fault in found]


def _place(path: Any) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
