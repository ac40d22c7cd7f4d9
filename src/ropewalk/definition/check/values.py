"""Values that are written down: defaults and choices fit their types, and output schemas are schemas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ropewalk.definition.check.subject import Subject
from ropewalk.definition.condition.native import pattern_fault
from ropewalk.definition.facts import fits
from ropewalk.definition.fault import nearest
from ropewalk.definition.findings import Path
from ropewalk.definition.forms import form_faults, form_schema

TYPES: Final = ("string", "integer", "number", "boolean", "array", "object", "null")
ONE: Final = ("items", "contains", "additionalProperties", "not", "if", "then", "else", "propertyNames")
MANY: Final = ("anyOf", "allOf", "oneOf", "prefixItems")
NAMED: Final = ("properties", "patternProperties", "$defs", "definitions")
NUMBERS: Final = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems",
    "minContains", "maxContains", "minProperties", "maxProperties",
)  # fmt: skip
DEEPEST: Final = 32


def check_values(subject: Subject) -> None:
    """Inputs, facts, and the `output` and `form` of every step."""
    for kind, values in (("inputs", subject.workflow.inputs), ("facts", subject.workflow.facts)):
        for name, value in values.items():
            for index, choice in enumerate(value.choices):
                if not fits(value.type, choice):
                    _unfit(subject, (kind, name, "choices", index), f"the choice of `{name}`", value.type)
            if value.default is None:
                continue
            if not fits(value.type, value.default):
                _unfit(subject, (kind, name, "default"), f"the default of `{name}`", value.type)
            elif value.choices and value.default not in value.choices:
                message = f"the default of `{name}` is none of its choices"
                subject.findings.fault((kind, name, "default"), message, "add it to `choices`")
    for path, step in subject.steps():
        for place, message, near in schema_faults(step.output):
            subject.findings.fault((*path, "output", *place), message, nearest=near)
        for key, approval in (("ask", step.ask), ("approve", step.approve)):
            if approval is not None:
                _form(subject, (*path, key, "form"), approval.form)


def _form(subject: Subject, path: Path, form: dict[str, Any]) -> None:
    for place, message, near in schema_faults(form_schema(form)):
        written = place[1:] if place[:1] == ("properties",) and "properties" not in form else place
        subject.findings.fault((*path, *written), message, nearest=near)
    for place, message, hint, near in form_faults(form):
        subject.findings.fault((*path, *place), message, hint, nearest=near)


def _unfit(subject: Subject, path: Path, whose: str, kind: str) -> None:
    article = "an" if kind[0] in "aeiou" else "a"
    subject.findings.fault(path, f"{whose} is not {article} {kind}", "fix it, or its `type`")


def schema_faults(schema: Any, depth: int = 0) -> Iterator[tuple[Path, str, str]]:
    """What is wrong with a JSON Schema, as (path, message, nearest name); the code that validates with it checks the rest."""
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        yield (), "a schema is a mapping", ""
        return
    if depth > DEEPEST:
        yield (), f"the schema is nested deeper than {DEEPEST} levels", ""
        return
    yield from _own_faults(schema)
    for key in ONE:
        if key in schema:
            yield from _within((key,), schema[key], depth)
    for key in MANY:
        if key in schema:
            if not isinstance(schema[key], list):
                yield (key,), f"`{key}` takes a list of schemas", ""
                continue
            for index, inner in enumerate(schema[key]):
                yield from _within((key, index), inner, depth)
    for key in NAMED:
        if key in schema:
            if not isinstance(schema[key], dict):
                yield (key,), f"`{key}` takes a mapping of schemas", ""
                continue
            for name, inner in schema[key].items():
                yield from _within((key, name), inner, depth)


def _within(path: Path, schema: Any, depth: int) -> Iterator[tuple[Path, str, str]]:
    for place, message, near in schema_faults(schema, depth + 1):
        yield (*path, *place), message, near


def _own_faults(schema: dict[str, Any]) -> Iterator[tuple[Path, str, str]]:
    kinds = schema.get("type", [])
    for kind in kinds if isinstance(kinds, list) else [kinds]:
        if kind not in TYPES:
            near = nearest(str(kind), TYPES)
            yield ("type",), f"`{kind}` is no JSON type", near or ("array" if kind == "list" else "")
    if not isinstance(schema.get("enum", []), list):
        yield ("enum",), "`enum` takes a list of values", ""
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        yield ("required",), "`required` takes a list of names", ""
    for name in NUMBERS:
        if isinstance(schema.get(name, 0), bool) or not isinstance(schema.get(name, 0), int | float):
            yield (name,), f"`{name}` takes a number", ""
    pattern = schema.get("pattern")
    if pattern is not None and (why := _unusable(pattern)):
        yield ("pattern",), f"`pattern` is no regular expression that can be used: {why}", ""
    named = schema.get("patternProperties")
    for name in named if isinstance(named, dict) else ():
        if why := _unusable(name):
            yield ("patternProperties", name), f"this is no regular expression that can be used: {why}", ""
    if named and "unevaluatedProperties" in schema:
        message = "`unevaluatedProperties` next to `patternProperties` is not known here"
        yield ("unevaluatedProperties",), message, "additionalProperties"
    target = schema.get("$ref", "#")
    if not isinstance(target, str) or not target.startswith("#"):
        yield ("$ref",), "`$ref` may only point into the same schema", ""


def _unusable(pattern: Any) -> str:
    """Why it cannot be matched in time linear in the text, which leaves out looking around and references back."""
    return pattern_fault(pattern) if isinstance(pattern, str) else "a pattern is a text"
