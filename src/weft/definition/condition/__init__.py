"""The language of conditions: CEL over the names that the caller gives, checked at load, never true by accident."""

from __future__ import annotations

from weft.definition.condition.bmad import translate_expression
from weft.definition.condition.botarmy import translate
from weft.definition.condition.check import check
from weft.definition.condition.evaluate import Condition, compile  # noqa: A004 - the word that everybody uses
from weft.definition.condition.faults import Fault
from weft.definition.condition.types import (
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

__all__ = [
    "ANY",
    "BOOL",
    "COLLECTION",
    "DOUBLE",
    "INT",
    "NULL",
    "STRING",
    "Condition",
    "Fault",
    "Type",
    "check",
    "compile",
    "from_schema",
    "list_of",
    "map_of",
    "object_of",
    "translate",
    "translate_expression",
]
