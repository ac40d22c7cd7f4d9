"""A Markdown text as its headings with what stands under each; what is inside code fences is no heading."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

HEADING: Final = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)


class Heading(Struct, frozen=True):
    """A heading (level 0: the text before the first one), its line from 1, its own lines, and where its part ends:
    the index of the next heading that is not inside it.
    """

    level: int
    title: str
    line: int
    body: str
    end: int


def document_outline(text: str) -> list[Heading]:
    """The headings in order; the first entry is what stands before them all."""
    headings: list[tuple[int, str, int, list[str]]] = [(0, "", 0, [])]
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        mark = FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            fence = mark[1]
        elif (heading := HEADING.match(line)) is not None:
            headings.append((len(heading[1]), heading[2].strip(), number, []))
            continue
        headings[-1][3].append(line)
    ends = _ends([level for level, *_ in headings])
    return [
        Heading(level, title, number, "\n".join(lines), end)
        for (level, title, number, lines), end in zip(headings, ends, strict=True)
    ]


def _ends(levels: list[int]) -> list[int]:
    """Per heading the index of the next one that is not inside it."""
    ends = [len(levels)] * len(levels)
    still_open: list[int] = []
    for index, level in enumerate(levels):
        while still_open and levels[still_open[-1]] >= level:
            ends[still_open.pop()] = index
        still_open.append(index)
    return ends


def content(body: str) -> str:
    """What a reader sees of a heading's own lines: no comments, no rules, no blank ends."""
    return re.sub(r"^\s*(?:-{3,}|\*{3,}|_{3,})\s*$", "", COMMENT.sub("", body), flags=re.MULTILINE).strip()


def prose(text: str) -> str:
    """The text with its code fences and code spans taken out, lines kept."""
    kept, fence = [], ""
    for line in text.splitlines():
        mark = FENCE.match(line)
        inside = bool(fence)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        kept.append("" if inside or mark else re.sub(r"`[^`]*`", "", line))
    return "\n".join(kept)
