"""Three-way joining of lines. Changes in different places both survive; in the same place it is a clash, or as the policy says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

from msgspec import Struct

from ropewalk.workspace.policies.verdict import Clash, Hunk, MergedContent, Picks, Unfit, Verdict, settled

_MANY_LINES = 5_000
_TALLEST = 20_000
T = TypeVar("T")


class Chunk(Struct, frozen=True):
    """A stretch of the three versions as [start, end) each; in a stable one all three are alike."""

    base: tuple[int, int]
    ours: tuple[int, int]
    theirs: tuple[int, int]
    stable: bool


def chunks(base: Sequence[T], ours: Sequence[T], theirs: Sequence[T]) -> list[Chunk]:
    """Cut three sequences where they agree; the pieces in order, empty ones left out."""
    pairs = zip(_matches(base, ours), _matches(base, theirs), strict=True)
    split: list[Chunk] = []
    at = (0, 0, 0)
    for i, (a, b) in enumerate(pairs):
        if a is None or b is None:
            continue
        if (i, a, b) != at:
            split.append(Chunk((at[0], i), (at[1], a), (at[2], b), stable=False))
        split.append(Chunk((i, i + 1), (a, a + 1), (b, b + 1), stable=True))
        at = (i + 1, a + 1, b + 1)
    end = (len(base), len(ours), len(theirs))
    if at != end:
        spans = [(start, stop) for start, stop in zip(at, end, strict=True)]
        split.append(Chunk(spans[0], spans[1], spans[2], stable=False))
    return split


def _matches(base: Sequence[T], other: Sequence[T]) -> list[int | None]:
    """For each element of the base, where it stands in the other."""
    matches: list[int | None] = [None] * len(base)
    junk = max(len(base), len(other)) > _MANY_LINES
    for i, j, size in SequenceMatcher(None, base, other, autojunk=junk).get_matching_blocks():
        matches[i : i + size] = range(j, j + size)
    return matches


Join = Callable[[list[bytes], list[bytes], list[bytes]], list[bytes] | None]


def merge_lines(
    base: bytes | None, ours: bytes, theirs: bytes, join: Join, picks: Picks | None = None
) -> Verdict:
    """Join line by line; `join` is asked what becomes of a place that both sides changed, None is a clash unless it is one
    of the `picks`."""
    picks = picks or Picks()
    whole = settled(base, ours, theirs)
    if whole is not None:
        return MergedContent(whole)
    if b"\0" in (base or b"") + ours + theirs:
        return Unfit("it is not a text")
    old, a, b = (_lines(content) for content in (base or b"", ours, theirs))
    if max(len(old), len(a), len(b)) > _TALLEST:
        return Unfit(f"it has more than {_TALLEST} lines")
    out: list[bytes] = []
    hunks: list[Hunk] = []
    for chunk in chunks(old, a, b):
        was, mine, other = old[slice(*chunk.base)], a[slice(*chunk.ours)], b[slice(*chunk.theirs)]
        joined = _one_sided(was, mine, other)
        if joined is None:
            joined = join(was, mine, other)
        if joined is None:
            hunk = picks.hunk(f"line {chunk.ours[0] + 1}", _shown(was), _shown(mine), _shown(other))
            at_end = chunk.ours[1] == len(a) and chunk.theirs[1] == len(b)
            joined = _picked(picks.of(hunk), mine, other, at_end=at_end, crlf=ends_with_crlf(ours, theirs))
            if joined is None:
                hunks.append(hunk)
                continue
        out += joined
    return Clash(tuple(hunks)) if hunks else MergedContent(_text(out))


def _one_sided(was: list[bytes], mine: list[bytes], other: list[bytes]) -> list[bytes] | None:
    if was == other or mine == other:
        return mine
    return other if was == mine else None


def _lines(content: bytes) -> list[bytes]:
    """Without line ends, so that a missing one at the end of a file is no difference in its last line."""
    return content.split(b"\n")


def _text(lines: list[bytes]) -> bytes:
    return b"\n".join(lines)


def _shown(lines: list[bytes]) -> str | None:
    return _text(lines).decode(errors="replace") if lines else None


def _picked(
    pick: bytes | str | None, mine: list[bytes], other: list[bytes], *, at_end: bool, crlf: bool
) -> list[bytes] | None:
    """The lines that were chosen. Those that a person wrote end as all lines of the file do."""
    if pick is None or isinstance(pick, str):
        return {"ours": mine, "theirs": other}.get(pick or "")
    lines = _lines(pick.removesuffix(b"\n")) if pick else []
    if crlf:
        lines = [line.removesuffix(b"\r") + b"\r" for line in lines]
    if _at_the_end(mine, other):
        return [*lines, b""]
    if at_end and crlf and lines:
        lines[-1] = lines[-1].removesuffix(b"\r")  # There is no line end after it.
    return lines


def ends_with_crlf(*versions: bytes) -> bool:
    """Whether all lines of a file end with CRLF, and there are any."""
    ends = sum(version.count(b"\n") for version in versions)
    return ends > 0 and ends == sum(version.count(b"\r\n") for version in versions)


def _at_the_end(mine: list[bytes], other: list[bytes]) -> bool:
    """Whether both end with what the last line of a file without a line end leaves behind, which is no line."""
    return mine[-1:] == [b""] and other[-1:] == [b""]


def shared_lines(ours: bytes, theirs: bytes) -> bytes:
    """The lines that both have, in order: what to show two files against that have no common base."""
    mine = _lines(ours)
    return _text(
        [
            line
            for line, partner in zip(mine, _matches(mine, _lines(theirs)), strict=True)
            if partner is not None
        ]
    )


def text(base: bytes | None, ours: bytes, theirs: bytes, picks: Picks | None = None) -> Verdict:
    """A place that both sides changed is a clash."""
    return merge_lines(base, ours, theirs, lambda was, mine, other: None, picks)


def ours(base: bytes | None, ours: bytes, theirs: bytes) -> Verdict:
    """Where both sides changed a place, what was merged earlier stays."""
    return merge_lines(base, ours, theirs, lambda was, mine, other: mine)


def theirs(base: bytes | None, ours: bytes, theirs: bytes) -> Verdict:
    """Where both sides changed a place, what is merged now replaces it."""
    return merge_lines(base, ours, theirs, lambda was, mine, other: other)


def union(base: bytes | None, ours: bytes, theirs: bytes) -> Verdict:
    """Where both sides changed a place, the lines of both stay, the earlier ones first, none twice."""

    def joined(was: list[bytes], mine: list[bytes], other: list[bytes]) -> list[bytes]:
        tail = _at_the_end(mine, other)
        mine, other = (mine[:-1], other[:-1]) if tail else (mine, other)
        both = mine + [line for line in other if line not in mine]
        return [*both, b""] if tail else both

    return merge_lines(base, ours, theirs, joined)
