"""The reference of ropewalk's own format, read from its key types: one table for each kind of map that a file may hold."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType

import msgspec

from ropewalk.definition import policy, workflow
from ropewalk.formats.native.keys import document, flow, gate, step, words
from tools.docs.blocks import generates

SOURCES = (document, step, flow, gate, words, workflow, policy)
WORDS = {
    "Any": "anything",
    "Amount": "number",
    "Argument": "text or number",
    "Command": "script, or list of arguments",
    "Count": "whole number",
    "Duration": "duration",
    "Expression": "expression",
    "Identifier": "name",
    "Names": "text or list of texts",
    "Open": "map",
    "Positive": "whole number from 1",
    "Text": "text",
    "Value": "text, number or boolean",
    "None": "nothing",
    "bool": "boolean",
    "float": "number",
    "int": "whole number",
    "object": "anything",
    "str": "text",
}


@generates("format")
def format_reference() -> str:
    """The whole file first, then each kind of map where it is first mentioned."""
    known = _kinds()
    waiting, told, sections = ["DocumentKeys"], {"DocumentKeys"}, []
    while waiting:
        name = waiting.pop(0)
        sections.append(_section(known[name], *meanings(known[name])))
        mentioned = re.findall(r"\]\(#([\w-]+)\)", sections[-1])
        found = [
            kind for anchor in mentioned for kind in known if _title(kind).lower().replace(" ", "-") == anchor
        ]
        new = [kind for kind in dict.fromkeys(found) if kind not in told]
        told.update(new)
        waiting += new
    return "\n\n".join(sections)


def _section(kind: type[msgspec.Struct], types: dict[str, ast.expr], meanings: dict[str, str]) -> str:
    lines = [f"## {_title(kind.__name__)}", "", inspect.cleandoc(kind.__doc__ or ""), ""]
    lines += ["| key | value | default | means |", "|---|---|---|---|"]
    for field in msgspec.structs.fields(kind):
        cells = (
            f"`{field.encode_name}`",
            _said(types[field.name]),
            _default(field),
            meanings.get(field.name, ""),
        )
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "**required**"
    value = field.default if field.default is not msgspec.NODEFAULT else None
    if value in (None, msgspec.UNSET, ""):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def meanings(kind: type[msgspec.Struct]) -> tuple[dict[str, ast.expr], dict[str, str]]:
    """The annotations of a type's own fields as syntax, and the text that stands below each field."""
    tree = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(tree, ast.ClassDef)
    types: dict[str, ast.expr] = {}
    meanings: dict[str, str] = {}
    field = ""
    for line in tree.body:
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
            field = line.target.id
            types[field] = line.annotation
        elif field and isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant):
            meanings[field] = " ".join(str(line.value.value).split())
    return types, meanings


def _said(type_: ast.expr) -> str:
    """A type in the words of people who write files."""
    return " or ".join(dict.fromkeys(_parts(type_)))


def _parts(type_: ast.expr) -> Iterator[str]:
    match type_:
        case ast.BinOp(left=left, right=right):
            yield from _parts(left)
            yield from _parts(right)
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, *_])):
            yield from _parts(inner)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=chosen):
            values = chosen.elts if isinstance(chosen, ast.Tuple) else [chosen]
            yield from (f"`{value.value!s}`" for value in values if isinstance(value, ast.Constant))
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[_, inner])):
            yield f"map of ({_said(inner)})" if len(list(_parts(inner))) > 1 else f"map of {_said(inner)}"
        case ast.Subscript(value=ast.Name(id="list"), slice=inner):
            yield f"list of ({_said(inner)})" if len(list(_parts(inner))) > 1 else f"list of {_said(inner)}"
        case ast.Constant(value=None):
            yield "nothing"
        case ast.Name(id="UnsetType"):
            return
        case ast.Name(id=name) if name in WORDS:
            yield WORDS[name]
        case ast.Name(id=name) if name in _kinds():
            yield f"[{_title(name).lower()}](#{_title(name).lower().replace(' ', '-')})"
        case ast.Name(id=name) if name in _aliases():
            yield from _parts(_aliases()[name])
        case _:
            raise ValueError(f"{__file__} has no words for the type {ast.unparse(type_)}")


def _title(kind: str) -> str:
    words = re.findall(r"[A-Z][a-z]+", kind.removesuffix("Keys"))
    return " ".join([words[0], *(word.lower() for word in words[1:])])


@cache
def _kinds() -> dict[str, type[msgspec.Struct]]:
    """Every map that a file may hold, by the name of its type."""
    found = [vars(module).items() for module in SOURCES]
    return {name: kind for items in found for name, kind in items if name.endswith("Keys")}


@cache
def _aliases() -> dict[str, ast.expr]:
    return {name: value for module in SOURCES for name, value in _assigned(module)}


def _assigned(module: ModuleType) -> Iterator[tuple[str, ast.expr]]:
    for line in ast.parse(inspect.getsource(module)).body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            yield line.targets[0].id, line.value
