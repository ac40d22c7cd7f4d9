"""Whether a value fits a JSON Schema, told as sentences with their places; nothing is fetched from anywhere.

Patterns are matched in time linear in the text, and the whole check takes so many steps and seconds and no more: schema and
value may both be somebody's who means no good.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from time import monotonic
from typing import Any, Final

from ropewalk.definition import pattern_found
from ropewalk.errors import TakesTooLong

MOST_STEPS: Final = 1_000_000
MOST_SECONDS: Final = 5.0
_LOOK_EVERY: Final = 256


def schema_faults(value: Any, schema: Mapping[str, Any], name: str) -> list[str]:
    """What does not fit a JSON Schema, with its place in the value; [] when all does."""
    from jsonschema import SchemaError, exceptions
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    kind = _checker(_Meter())
    written = repr(schema)
    if "'unevaluatedProperties'" in written and "'patternProperties'" in written:
        return [f"the schema of {name} cannot be used: it has unevaluatedProperties with patternProperties"]
    try:
        kind.check_schema(schema)
        checker = kind(schema, registry=Registry())  # nothing is fetched from anywhere
        errors = sorted(checker.iter_errors(value), key=exceptions.relevance)
    except SchemaError as fault:
        return [f"the schema of {name} is not valid: {fault.message}"]
    except Unresolvable as fault:
        return [f"the schema of {name} refers to something that is not in it: {fault}"]
    except ValueError as fault:
        return [f"the schema of {name} cannot be used: {fault}"]
    except (TakesTooLong, RecursionError) as fault:
        why = (
            "it is nested too deep, or refers to itself" if isinstance(fault, RecursionError) else str(fault)
        )
        return [f"the schema of {name} cannot be used: {why}"]
    return [f"{name}{_place(fault.absolute_path)}: {fault.message[:2_000]}" for fault in errors]


def _place(path: Any) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


class _Meter:
    """Of one check."""

    def __init__(self) -> None:
        self.steps = 0
        self.until = monotonic() + MOST_SECONDS

    def step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS or (self.steps % _LOOK_EVERY == 0 and monotonic() > self.until):
            raise TakesTooLong(f"to check a value takes more than {MOST_STEPS:,} steps or {MOST_SECONDS:g} s")


def _checker(meter: _Meter) -> Any:
    """The validator of the standard, each keyword of which counts."""
    from jsonschema.validators import extend

    def counted(keyword: Callable[..., Any]) -> Callable[..., Any]:
        def check(*args: Any) -> Any:
            meter.step()
            return keyword(*args)

        return check

    base, keywords = _keywords()
    made: Any = extend
    return made(base, {name: counted(keyword) for name, keyword in keywords.items()})


@cache
def _keywords() -> tuple[Any, dict[str, Callable[..., Any]]]:
    from jsonschema import Draft202012Validator

    own = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "uniqueItems": _unique_items,
    }
    return Draft202012Validator, {**Draft202012Validator.VALIDATORS, **own}


def _pattern(checker: Any, pattern: str, value: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    if checker.is_type(value, "string") and not pattern_found(value, pattern):
        yield _fault(f"{value[:200]!r} does not match {pattern!r}")


def _pattern_properties(checker: Any, patterns: Any, value: Any, schema: Any) -> Iterator[Any]:
    if not checker.is_type(value, "object"):
        return
    for pattern, inner in patterns.items():
        for name, part in value.items():
            if pattern_found(name, pattern):
                yield from checker.descend(part, inner, path=name, schema_path=pattern)


def _additional_properties(checker: Any, inner: Any, value: Any, schema: Any) -> Iterator[Any]:
    if not checker.is_type(value, "object"):
        return
    named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    extra = [key for key in value if key not in named and not any(pattern_found(key, p) for p in patterns)]
    if checker.is_type(inner, "object"):
        for name in extra:
            yield from checker.descend(value[name], inner, path=name)
    elif not inner and extra:
        listed = ", ".join(map(repr, sorted(extra)[:5]))
        verb = "was" if len(extra) == 1 else "were"
        yield _fault(f"Additional properties are not allowed ({listed} {verb} unexpected)")


def _unique_items(checker: Any, wanted: Any, value: Any, schema: Any) -> Iterator[Any]:
    if wanted and checker.is_type(value, "array") and len({_key(entry) for entry in value}) < len(value):
        yield _fault("the items are not all different")


def _key(value: Any) -> str:
    """Equal for values that JSON Schema takes for equal: 1 and 1.0 are, 1 and true are not."""
    return json.dumps(_whole(value), sort_keys=True)


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _whole(part) for name, part in value.items()}
    return [_whole(part) for part in value] if isinstance(value, list | tuple) else value


def _fault(message: str) -> Any:
    from jsonschema import ValidationError

    return ValidationError(message)
