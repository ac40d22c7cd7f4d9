"""A patch as people read it: files, hunks, lines with their numbers, what came and what went. Pure; escaped throughout."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from ropewalk.web.page.markup import el

MOST_LINES: Final = 3_000
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)")


def patch(text: str) -> Markup:
    """A unified diff, of one file or several."""
    lines = text.splitlines()
    files = [el("section", list(_file(lines[a:b])), class_="file") for a, b in _files(lines[:MOST_LINES])]
    if len(lines) > MOST_LINES:
        files.append(el("p", f"{len(lines) - MOST_LINES} more lines are not shown.", class_="soft"))
    return el("div", files, class_="patch")


def between(old: str, new: str, name: str) -> Markup:
    """What differs between two texts."""
    made = difflib.unified_diff(old.splitlines(), new.splitlines(), f"a/{name}", f"b/{name}", lineterm="")
    text = "\n".join(made)
    return patch(text) if text else el("p", "Nothing has been changed yet.", class_="soft")


def counts(text: str) -> tuple[int, int]:
    """Lines that came and lines that went."""
    lines = text.splitlines()
    added = sum(line.startswith("+") and not line.startswith("+++") for line in lines)
    return added, sum(line.startswith("-") and not line.startswith("---") for line in lines)


def _files(lines: list[str]) -> Iterator[tuple[int, int]]:
    starts = [i for i, line in enumerate(lines) if line.startswith("diff --git ")]
    starts = starts or [0]
    if lines:
        yield from zip(starts, [*starts[1:], len(lines)], strict=True)


def _file(lines: list[str]) -> Iterator[Markup]:
    head = [line for line in lines[:12] if line.startswith(("+++ ", "--- ", "diff --git "))]
    yield el("h4", _name(head), class_="mono")
    old = new = 0
    inside = False
    for line in lines:
        if match := _HUNK.match(line):
            old, new, inside = int(match[1]), int(match[2]), True
            yield el("div", el("code", line), class_="hunk")
        elif line.startswith(("Binary files", "rename ", "deleted file")):
            yield el("div", el("code", line), class_="hunk")
        elif inside:
            kind = {"+": "came", "-": "went"}.get(line[:1], "")
            numbers = ("" if kind == "came" else old, "" if kind == "went" else new)
            old, new = old + (kind != "came"), new + (kind != "went")
            yield el(
                "div", el("i", numbers[0]), el("i", numbers[1]), el("b", line[:1] if kind else ""),
                el("code", line[1:]), class_=f"l {kind}".strip(),
            )  # fmt: skip


def _name(head: list[str]) -> str:
    for start in ("+++ ", "--- "):
        for line in head:
            if line.startswith(start) and not line.endswith("/dev/null"):
                return line[4:].split("\t")[0].removeprefix("b/").removeprefix("a/")
    return head[0].rpartition(" b/")[2] if head else "changes"
