"""The functions of conditions: what they take, what they give. Anything that is not in this table is a fault at load."""

from __future__ import annotations

from msgspec import Struct

from ropewalk.definition.condition.types import BOOL, DOUBLE, INT, STRING, Type, list_of


class Function(Struct, frozen=True):
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
    "size": Function((_SIZED,), INT, "size(x)"),
    "string": Function((_PLAIN,), STRING, "string(x)"),
    "int": Function((_kinds("string int double"),), INT, "int(x)"),
    "double": Function((_kinds("string int double"),), DOUBLE, "double(x)"),
    "type": Function((_kinds("any null bool int double string list map object"),), STRING, "type(x)"),
}
"""By name, as in `size(x)`."""

METHODS = {
    "size": Function((_SIZED,), INT, "x.size()"),
    "startsWith": Function((_TEXT, _TEXT), BOOL, 'text.startsWith("…")'),
    "endsWith": Function((_TEXT, _TEXT), BOOL, 'text.endsWith("…")'),
    "contains": Function((_TEXT, _TEXT), BOOL, 'text.contains("…")'),
    "matches": Function((_TEXT, _TEXT), BOOL, 'text.matches("pattern")'),
    "lowerAscii": Function((_TEXT,), STRING, "text.lowerAscii()"),
    "upperAscii": Function((_TEXT,), STRING, "text.upperAscii()"),
    "trim": Function((_TEXT,), STRING, "text.trim()"),
    "split": Function((_TEXT, _TEXT), list_of(STRING), 'text.split("…")'),
    "join": Function((_kinds("list"), _TEXT), STRING, 'list.join("…")'),
    "replace": Function((_TEXT, _TEXT, _TEXT), STRING, 'text.replace("from", "to")'),
}
"""By name, as in `x.size()`."""

MACROS = ("all", "exists", "exists_one", "filter", "map")
