"""The five condition forms of BotArmy, as CEL over the facts. Any other text is left as it is, and parsed like the rest."""

from __future__ import annotations

import json
import re

from ropewalk.definition.condition.nodes import path_text
from ropewalk.definition.condition.tokens import MAX_LENGTH

_FORM = re.compile(
    r"\s*(?:(?P<constant>always_true|always_false)|context\.(?P<key>[^\s(){}\[\]=!<>&|+*/,]+)"
    r"|not_empty:(?P<full>.+?)|equals:(?P<left>[^,]+?)\s*,(?P<right>.*?))\s*",
    re.DOTALL,
)
_LIKE_OTHERS = re.compile(r"true|false|null|-?\d+(?:\.\d+)?")


def translate_botarmy(text: str, root: str = "facts") -> str:
    """CEL for `context.key`, `always_true`, `always_false`, `not_empty:key` and `equals:key,value`; else `text` itself.

    A fact that nobody set is empty for `not_empty`, and an error for the others.
    """
    match = _FORM.fullmatch(text) if len(text) <= MAX_LENGTH else None
    if match is None:
        return text
    if match["constant"]:
        return "true" if match["constant"] == "always_true" else "false"
    if match["key"]:
        return path_text(root, match["key"].split("."))
    if match["full"]:
        return _not_empty(root, match["full"].strip().split("."))
    left, right = path_text(root, match["left"].strip().split(".")), match["right"].strip()
    shown = f"string({left})" if _LIKE_OTHERS.fullmatch(right) else left
    return f"{shown} == {json.dumps(right, ensure_ascii=False)}"


def _not_empty(root: str, segments: list[str]) -> str:
    value = path_text(root, segments)
    exists = (
        f"has({value})"
        if not value.endswith("]")
        else f"{json.dumps(segments[-1])} in {path_text(root, segments[:-1])}"
    )
    return f'{exists} && !({value} in [null, "", [], {{}}])'
