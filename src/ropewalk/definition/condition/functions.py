"""The functions of conditions: what they take, what they give. Anything that is not in this table is a fault at load."""

from __future__ import annotations

from msgspec import Struct

from ropewalk.definition.condition.types import BOOL, DOUBLE, INT, STRING, Type, list_of


class FunctionType(Struct, frozen=True):
    """`takes` lists the kinds that each argument may be; of a method the first is what stands before the dot."""

    takes: tuple[frozenset[str], ...]
    gives: Type
    shown: str


def _kinds(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SIZED = _kinds("string list map object")
_TEXT = _kinds("string")
_PLAIN = _kinds("string int double bool")

FUNCTIONS = {
    "size": FunctionType((_SIZED,), INT, "size(x)"),
    "string": FunctionType((_PLAIN,), STRING, "string(x)"),
    "int": FunctionType((_kinds("string int double"),), INT, "int(x)"),
    "double": FunctionType((_kinds("string int double"),), DOUBLE, "double(x)"),
    "type": FunctionType((_kinds("any null bool int double string list map object"),), STRING, "type(x)"),
}
"""By name, as in `size(x)`."""

METHODS = {
    "size": FunctionType((_SIZED,), INT, "x.size()"),
    "startsWith": FunctionType((_TEXT, _TEXT), BOOL, 'text.startsWith("…")'),
    "endsWith": FunctionType((_TEXT, _TEXT), BOOL, 'text.endsWith("…")'),
    "contains": FunctionType((_TEXT, _TEXT), BOOL, 'text.contains("…")'),
    "matches": FunctionType((_TEXT, _TEXT), BOOL, 'text.matches("pattern")'),
    "lowerAscii": FunctionType((_TEXT,), STRING, "text.lowerAscii()"),
    "upperAscii": FunctionType((_TEXT,), STRING, "text.upperAscii()"),
    "trim": FunctionType((_TEXT,), STRING, "text.trim()"),
    "split": FunctionType((_TEXT, _TEXT), list_of(STRING), 'text.split("…")'),
    "join": FunctionType((_kinds("list"), _TEXT), STRING, 'list.join("…")'),
    "replace": FunctionType((_TEXT, _TEXT, _TEXT), STRING, 'text.replace("from", "to")'),
}
"""By name, as in `x.size()`."""

MACROS = ("all", "exists", "exists_one", "filter", "map")
