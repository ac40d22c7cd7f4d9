"""The usual slips of people and of models that write YAML, known by the lines around the place where the parser gave up."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

TASK: Final = re.compile(r"\s*-\s*\[[ xX✓✔]\]\s")
FENCE: Final = re.compile(r"\s*(```|~~~)")
HEADING: Final = re.compile(r"#{2,6} \S")
KEY: Final = re.compile(r"(\s*)(?:- +)?[\w .-]+:(?:\s+(.*))?$")
BLOCK: Final = re.compile(r":\s*[|>][-+0-9]*\s*$|^\s*-\s+[|>][-+0-9]*\s*$")


class Slip(NamedTuple):
    """The slip in words, and how to write what was meant."""

    message: str
    hint: str


def yaml_hint(text: str, line: int) -> Slip | None:
    """The slip at a line (from 1), if it is one of those that are known."""
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return None
    current = lines[line - 1]
    if FENCE.match(current) or any(other.startswith(("```", "~~~")) for other in lines[:line]):
        return Slip("a code fence of Markdown is no YAML", "remove the ``` lines of Markdown around the file")
    if TASK.match(current):
        return Slip("a task list of Markdown is no YAML", 'put each entry in quotes: - "[ ] do it"')
    if _left_of_block(lines, line - 1):
        hint = "indent it like the lines above, or mark it with `#` as a comment"
        return Slip("the line stands further left than the text that it belongs to", hint)
    if _under_text(lines, line - 1):
        hint = "put the text in quotes with the list inside, or give the list a key of its own"
        return Slip("a list stands under a key that has a text already", hint)
    if sum(HEADING.match(other) is not None for other in lines) and not re.search(
        r"^\w[\w-]*:", text, re.MULTILINE
    ):
        return Slip("the file is Markdown, not YAML", "save the part with the workflow in a file of its own")
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _left_of_block(lines: list[str], at: int) -> bool:
    """Whether the line broke out of a block text above it: further left than the block, and no key of its own."""
    if not _indent(lines[at]) or KEY.match(lines[at]):
        return False
    inside = next((_indent(other) for other in reversed(lines[:at]) if other.strip()), 0)
    if inside <= _indent(lines[at]):
        return False
    key = next((other for other in reversed(lines[:at]) if other.strip() and _indent(other) < inside), "")
    return BLOCK.search(key) is not None


def _under_text(lines: list[str], at: int) -> bool:
    """Whether a list begins where the key above it has a text."""
    if not re.match(r"\s*- ", lines[at]):
        return False
    above = next((other for other in reversed(lines[:at]) if other.strip()), "")
    key = KEY.match(above)
    return bool(key and key[2] and key[2].strip()[:1] not in ("", "|", ">", "&", "#")) and _indent(
        above
    ) <= _indent(lines[at])
