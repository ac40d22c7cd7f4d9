"""The list of settings, read from their type: key, what it may be, default, environment variable, meaning."""

from __future__ import annotations

import ast

import msgspec

from ropewalk.app.settings import PREFIX, TABLES, Settings
from tools.docs.blocks import generates
from tools.docs.generators.format import meanings


@generates("settings")
def table() -> str:
    types, said = meanings(Settings)
    rows = ["| key | type | default | in the environment | means |", "|---|---|---|---|---|"]
    for field in msgspec.structs.fields(Settings):
        name = field.encode_name
        environment = "" if name in TABLES else f"`{PREFIX}{name.upper()}`"
        cells = (f"`{name}`", f"`{ast.unparse(types[name])}`", _default(field), environment, said[name])
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default is msgspec.NODEFAULT or field.default in ("", {}):
        return ""
    return f"`{field.default}`"
