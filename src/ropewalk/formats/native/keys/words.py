"""Forms that many keys share: names, durations, expressions, commands."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

Text = Annotated[str, Meta(min_length=1)]
Names = Text | list[Text]
Identifier = Annotated[
    str, Meta(min_length=1, extra_json_schema={"pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$", "maxLength": 100})
]
Expression = Annotated[str, Meta(min_length=1, extra_json_schema={"description": "A CEL expression."})]
Duration = (
    Annotated[str, Meta(pattern=r"^(none|([0-9]{1,15}(\.[0-9]+)?(ms|s|m|h|d|w))+)$")]
    | Annotated[int, Meta(ge=0)]
    | Annotated[float, Meta(ge=0)]
)
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]
Amount = Annotated[float, Meta(ge=0)]
Value = str | int | float | bool
Argument = str | int | float
Command = Text | Annotated[list[Argument], Meta(min_length=1)]
SecretNames = Text | list[Text] | dict[str, Text]
"""Secrets: by their own names, or by the names under which they are given."""
Open = dict[str, Any]
