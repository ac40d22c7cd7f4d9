"""Three-way joining of Markdown by section: a section is its heading and what follows up to the next one.

Sections that either side added survive; within a section the lines are joined, and only there can a clash be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from msgspec.structs import replace

from ropewalk.workspace.policies.structure import key_order
from ropewalk.workspace.policies.text import ends_with_crlf, text
from ropewalk.workspace.policies.verdict import Clash, Hunk, MergedContent, Picks, Unfit, Verdict, settled

Key = tuple[str, int]
_HEADING = re.compile(rb" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\r?$")
_BLANK = (b"\n\n", b"\n\r\n")
_FENCE = re.compile(rb" {0,3}(`{3,}|~{3,})")


def markdown(base: bytes | None, ours: bytes, theirs: bytes, picks: Picks | None = None) -> Verdict:
    """Join two versions of a Markdown document."""
    picks = picks or Picks()
    whole = settled(base, ours, theirs)
    if whole is not None:
        return MergedContent(whole)
    if b"\0" in (base or b"") + ours + theirs:
        return Unfit("it is not a text")
    was, mine, other = (_sections(content) for content in (base or b"", ours, theirs))
    hunks: list[Hunk] = []
    joined: dict[Key, bytes] = {}
    for key in key_order(list(mine), list(other)):
        section = _merged_section(key, was, mine, other, hunks, picks)
        if section is not None:
            joined[key] = section
    if hunks:
        return Clash(tuple(hunks))
    ends = ours.endswith(b"\n") or theirs.endswith(b"\n")
    neighbours = {*pairwise(mine), *pairwise(other)}
    return MergedContent(_glued(joined, neighbours, ends))


def _merged_section(
    key: Key,
    was: Mapping[Key, bytes],
    mine: Mapping[Key, bytes],
    other: Mapping[Key, bytes],
    hunks: list[Hunk],
    picks: Picks,
) -> bytes | None:
    before, a, b = was.get(key), mine.get(key), other.get(key)
    if a == b or b == before:
        return a
    if a == before:
        return b
    name = key[0] or "before the first heading"
    if a is None or b is None:
        hunk = picks.hunk(name, _shown(before), _shown(a), _shown(b))
        pick = picks.of(hunk)
        if pick is None:
            hunks.append(hunk)
        if isinstance(pick, bytes):
            return _ended_as(pick, *(side for side in (a, b) if side is not None)) or None
        return b if pick == "theirs" else a
    verdict = text(before, a, b, picks)
    if isinstance(verdict, MergedContent):
        return _ended_as(verdict.content, a, b)
    inner = verdict.hunks if isinstance(verdict, Clash) else (Hunk("", _shown(before), _shown(a), _shown(b)),)
    hunks += [replace(hunk, where=f"{name}, {hunk.where}") for hunk in inner]
    return a


def _ended_as(section: bytes, *sides: bytes) -> bytes:
    """A section with the line ends of its sides, and with the blank line at its end that each of them has."""
    end = b"\n"
    if ends_with_crlf(*sides):
        end = b"\r\n"
        section = section.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    blank = all(side.endswith(_BLANK) for side in sides)
    if not section or not blank or section.endswith(_BLANK):
        return section
    return section + end if section.endswith(b"\n") else section + end + end


def _sections(content: bytes) -> dict[Key, bytes]:
    """Text by heading path (`Plan > Risks`) and how often that path stood before; what precedes all headings is ""."""
    sections: dict[Key, list[bytes]] = {("", 0): []}
    path: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    current = sections["", 0]
    fence = b""
    for line in content.splitlines(keepends=True):
        heading = None if fence else _HEADING.match(line.rstrip(b"\n"))
        if heading:
            level = len(heading[1])
            path = [step for step in path if step[0] < level]
            path.append((level, (heading[2] or b"").decode(errors="backslashreplace")))
            name = " > ".join(title for _, title in path)
            current = sections[name, seen.setdefault(name, 0)] = []
            seen[name] += 1
        current.append(line)
        fence = _fence_after(line, fence)
    return {key: b"".join(lines) for key, lines in sections.items()}


def _fence_after(line: bytes, fence: bytes) -> bytes:
    """The code fence that is open after a line, b"" outside of code."""
    mark = _FENCE.match(line)
    if not mark:
        return fence
    if not fence:
        return mark[1]
    closes = mark[1].startswith(fence) and not line[mark.end() :].strip()
    return b"" if closes else fence


def _glued(sections: Mapping[Key, bytes], neighbours: set[tuple[Key, Key]], ends: bool) -> bytes:
    """Sections after each other; those that met only now get a blank line between them."""
    out, end = b"", b"\r\n" if ends_with_crlf(*sections.values()) else b"\n"
    last: Key = ("", 0)
    for key, section in sections.items():
        if out and section and not out.endswith(b"\n"):
            out += end
        if out and section and (last, key) not in neighbours and not out.endswith(_BLANK):
            out += end
        out += section
        last = key
    return out if out.endswith(b"\n") or not ends or not out else out + end


def _shown(section: bytes | None) -> str | None:
    return None if section is None else section.decode(errors="replace")
