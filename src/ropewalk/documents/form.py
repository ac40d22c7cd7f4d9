"""A template as a form for a person: the fields to fill, and the same as JSON Schema for programs that draw forms."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import Struct

from ropewalk.definition import Section, Template, walk_sections
from ropewalk.documents.blocks import NUMBER
from ropewalk.documents.placeholders import placeholders

Kind = Literal["line", "text", "list", "table", "choice", "checklist", "boolean"]

KINDS: Final[dict[str, Kind]] = {
    "bullet-list": "list",
    "numbered-list": "list",
    "table": "table",
    "checklist": "checklist",
    "choice": "choice",
}


class Field(Struct, frozen=True, omit_defaults=True):
    """One thing to fill. `name` is the key to give its value under when rendering."""

    name: str
    label: str
    kind: Kind = "text"
    help: str = ""
    section: str = ""
    choices: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    default: str = ""
    repeatable: bool = False
    elicit: bool = False


def document_form(template: Template, *, whole: bool = False) -> list[Field]:
    """The fields: placeholders in the title and the file's name, then the sections that elicit with all that is in them;
    `whole` takes every section. A section with a condition begins with the question whether it holds.
    """
    heads = [name for name in placeholders(template.title + template.filename) if not NUMBER.search(name)]
    fields = [Field(name, _label(name), "line") for name in heads]
    for name, offered in template.allowed.items():
        fields.append(Field(name, _label(name), "choice", choices=offered))
    for path in walk_sections(template.sections):
        if whole or any(section.elicit for section in path):
            fields += _fields(path)
    known: dict[str, Field] = {}
    for field in fields:
        known.setdefault(field.name, field)
    return list(known.values())


def _fields(path: tuple[Section, ...]) -> list[Field]:
    section = path[-1]
    at = " / ".join(part.title or part.id for part in path)
    fields = []
    if section.condition:
        fields.append(Field(f"conditions.{section.id}", section.condition, "boolean", section=at))
    for name, offered in section.choices.items():
        if name:
            fields.append(
                Field(name, _label(name), "choice", section=at, choices=offered, elicit=section.elicit)
            )
    if not section.sections or section.template or section.type in KINDS:
        fields.append(
            Field(
                section.id,
                section.title or _label(section.id),
                KINDS.get(section.type, "text"),
                section.instruction,
                at,
                section.choices.get("", section.items if section.type == "checklist" else ()),
                section.columns,
                section.examples,
                section.template or section.content,
                any(part.repeatable for part in path),
                any(part.elicit for part in path),
            )
        )
    return fields


def form_schema(fields: list[Field]) -> dict[str, Any]:
    """The form as a JSON Schema object; dotted names become nested objects."""
    root: dict[str, Any] = {"type": "object", "properties": {}}
    for field in fields:
        holder, *rest = root, *field.name.split(".")
        for part in rest[:-1]:
            holder = holder["properties"].setdefault(part, {"type": "object", "properties": {}})
        holder["properties"][rest[-1]] = {
            "title": field.label,
            **({"description": field.help} if field.help else {}),
            **_typed(field),
        }
    return root


def _typed(field: Field) -> dict[str, Any]:
    if field.kind == "boolean":
        return {"type": "boolean"}
    if field.kind == "choice":
        return {"type": "string", **({"enum": list(field.choices)} if field.choices else {})}
    if field.kind == "checklist":
        return {
            "type": "array",
            "items": {"type": "string", **({"enum": list(field.choices)} if field.choices else {})},
        }
    if field.kind == "list":
        return {"type": "array", "items": {"type": "string"}}
    if field.kind == "table":
        columns = {name: {"type": "string"} for name in field.columns}
        return {"type": "array", "items": {"type": "object", "properties": columns}}
    return {"type": "string"}


def _label(name: str) -> str:
    label = name.replace("_", " ").replace("-", " ").strip()
    return label[:1].upper() + label[1:]
