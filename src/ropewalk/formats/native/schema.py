"""The JSON Schema of the format, made from the types of the keys; the texts below their fields become its descriptions."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from typing import Any, Final

import msgspec

from ropewalk.formats.native.gates import KINDS
from ropewalk.formats.native.keys import document, flow, gate, step
from ropewalk.formats.native.keys.document import DocumentKeys

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
MODULES: Final = (document, step, flow, gate)
WORDS: Final = (
    "run",
    "role",
    "uses",
    "function",
    "decide",
    "call",
    "sleep",
    "until",
    "ask",
    "approve",
    "gate",
    "prompt",
)


@cache
def workflow_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a ropewalk file, every shorthand included."""
    made = msgspec.json.schema(DocumentKeys, ref_template="#/$defs/{name}")
    defs = {_title(name): _described(name, definition) for name, definition in made.pop("$defs").items()}
    top = defs.pop("Document")
    defs["Step"]["anyOf"] = [
        {"required": ["parallel"]},
        {"required": ["id"], "anyOf": [{"required": [word]} for word in WORDS]},
    ]
    defs["Gate"]["oneOf"] = [{"required": [word]} for word in KINDS]
    # With thresholds a command is no check of its own: it makes their report.
    defs["Gate"]["oneOf"][KINDS.index("run")]["not"] = {"required": ["thresholds"]}
    defs["File"]["anyOf"] = [{"required": ["path"]}, {"required": ["any_of"]}]
    top["title"] = "ropewalk workflow"
    schema = {"$schema": DIALECT, **top, "$defs": dict(sorted(defs.items()))}
    return _referring(schema)  # type: ignore[no-any-return]


@cache
def descriptions() -> dict[str, dict[str, str]]:
    """The description of each field by type, in the order of the source."""
    by_class: dict[str, dict[str, str]] = {}
    for module in MODULES:
        for node in ast.parse(inspect.getsource(module)).body:
            if isinstance(node, ast.ClassDef):
                by_class[node.name] = dict(_fields(node))
    return by_class


def _fields(node: ast.ClassDef) -> list[tuple[str, str]]:
    texts = []
    for statement, following in zip(node.body, node.body[1:], strict=False):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            text = (
                following.value.value
                if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
                else ""
            )
            texts.append((statement.target.id, str(text)))
    return texts


def _title(name: str) -> str:
    return name.removesuffix("Keys")


def _described(name: str, definition: dict[str, Any]) -> dict[str, Any]:
    kind: Any = next(getattr(module, name) for module in MODULES if hasattr(module, name))
    written = dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
    properties = {}
    for field, text in descriptions()[name].items():
        subschema = definition["properties"][written[field]]
        subschema.pop("description", None)
        if subschema.get("default") in ("", [], {}):
            del subschema["default"]
        properties[written[field]] = {"description": text, **subschema}
    described = {**definition, "title": _title(name).lower(), "properties": properties}
    if not described["required"]:
        del described["required"]
    return described


def _referring(value: Any) -> Any:
    """The same with references to the titles that the types have in the schema."""
    if isinstance(value, dict):
        return {
            key: f"#/$defs/{_title(entry.rsplit('/', 1)[1])}" if key == "$ref" else _referring(entry)
            for key, entry in value.items()
        }
    return [_referring(entry) for entry in value] if isinstance(value, list) else value
