"""The language of conditions: CEL over the names that the caller gives, checked at load, never true by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ropewalk.definition.condition.check import check
from ropewalk.definition.condition.evaluate import CompiledCondition, compile_condition
from ropewalk.definition.condition.faults import ConditionFault
from ropewalk.definition.condition.types import (
    ANY,
    BOOL,
    COLLECTION,
    DOUBLE,
    INT,
    NULL,
    STRING,
    Type,
    from_schema,
    list_of,
    map_of,
    object_of,
)

if TYPE_CHECKING:
    from ropewalk.definition.condition.bmad import translate_expression
    from ropewalk.definition.condition.botarmy import translate_botarmy

__all__ = [
    "ANY",
    "BOOL",
    "COLLECTION",
    "DOUBLE",
    "INT",
    "NULL",
    "STRING",
    "CompiledCondition",
    "ConditionFault",
    "Type",
    "check",
    "compile_condition",
    "from_schema",
    "list_of",
    "map_of",
    "object_of",
    "translate_botarmy",
    "translate_expression",
]


def __getattr__(name: str) -> Any:
    """The dialects of other formats are loaded when a file of theirs is."""
    if name == "translate_botarmy":
        from ropewalk.definition.condition.botarmy import translate_botarmy

        return translate_botarmy
    if name == "translate_expression":
        from ropewalk.definition.condition.bmad import translate_expression

        return translate_expression
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
