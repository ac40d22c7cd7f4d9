"""A conflict as data, as JSON and as Markdown: who disagrees about which file, how, what was tried, and how to settle it.

Everything in it follows from the commits alone: the same disagreement gives the same report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from ropewalk.workspace.policies.verdict import Hunk

MANY_HUNKS = 50
LONG_HUNK = 20_000

_SETTLE = {
    "binary": "take one side whole (ours or theirs), or keep both side by side",
    "modify/delete": "keep the changed file or let it go: take ours or theirs",
    "rename/delete": "keep the renamed file or let it go: take ours or theirs",
    "rename/rename": "choose one of the names: take ours or theirs",
    "submodule": "choose which commit the submodule points to: take ours or theirs",
    "mode": "choose what kind of file it is: take ours or theirs",
}
_SETTLE_REST = "take one side of each hunk or of the whole file, or give the joined content"

_SAID = {
    "content": "changed the same place in",
    "add/add": "both created, and differently,",
    "binary": "both changed the binary file",
    "modify/delete": "one changed and the other deleted",
    "rename/delete": "one renamed and the other deleted",
    "rename/rename": "gave different names to",
    "submodule": "point the submodule to different commits:",
    "mode": "made different kinds of file of",
}


class Side(Struct, frozen=True, omit_defaults=True):
    """One version of a file: the commit and object it is in, its mode; `oid` "" when it is not there."""

    commit: str = ""
    oid: str = ""
    mode: str = ""


class Conflict(Struct, frozen=True, omit_defaults=True):
    """One disagreement. `steps` in written order, the last one is `theirs`; `paths` has every name that it is about. `id` is what is
    merged into what: what is settled for the whole path counts for that, and for nothing that was not shown."""

    kind: str
    path: str
    steps: tuple[str, ...]
    paths: tuple[str, ...] = ()
    policy: str = ""
    tried: tuple[str, ...] = ()
    hunks: tuple[Hunk, ...] = ()
    more_hunks: int = 0
    base: Side = Side()
    ours: Side = Side()
    theirs: Side = Side()
    message: str = ""
    settle: str = ""
    id: str = ""


def conflict(
    kind: str, path: str, steps: Sequence[str], hunks: Sequence[Hunk] = (), **rest: Any
) -> dict[str, Any]:
    """A conflict as plain data, with long texts cut."""
    made = Conflict(
        kind=kind,
        path=path,
        steps=tuple(steps),
        hunks=tuple(_cut(hunk) for hunk in hunks[:MANY_HUNKS]),
        more_hunks=max(0, len(hunks) - MANY_HUNKS),
        settle=_SETTLE.get(kind, _SETTLE_REST),
        **rest,
    )
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(made))  # As a store gives it back.
    return data


def _cut(hunk: Hunk) -> Hunk:
    def short(text: str | None) -> str | None:
        return (
            text
            if text is None or len(text) <= LONG_HUNK
            else f"{text[:LONG_HUNK]}\n… {len(text)} characters"
        )

    return Hunk(hunk.where, short(hunk.base), short(hunk.ours), short(hunk.theirs), hunk.id)


def as_json(conflicts: Sequence[Mapping[str, Any]]) -> bytes:
    """The report as a JSON document: `{"conflicts": [...]}`."""
    return msgspec.json.format(msgspec.json.encode({"conflicts": conflicts}), indent=2) + b"\n"


def conflicts_as_markdown(conflicts: Sequence[Mapping[str, Any]]) -> str:
    """The report for people; the hunks of a path are numbered over all its conflicts, as an answer names them."""
    count = len(conflicts)
    lines = [f"# {count} conflict{'' if count == 1 else 's'}", ""]
    numbers: Counter[str] = Counter()
    for data in conflicts:
        lines += _section(msgspec.convert(data, Conflict), numbers)
    return "\n".join(lines).rstrip() + "\n"


def _section(conflict: Conflict, numbers: Counter[str]) -> list[str]:
    lines = [f"## {_code(conflict.path)}", ""]
    steps = " and ".join(f"**{step}**" for step in conflict.steps)
    lines += [
        f"{steps} {_SAID.get(conflict.kind, 'disagree about')} {_code(conflict.path)} ({conflict.kind}).",
        "",
    ]
    others = [path for path in conflict.paths if path != conflict.path]
    if others:
        lines += [f"It is also about {', '.join(map(_code, others))}.", ""]
    if conflict.tried:
        lines += [f"Tried: {'; '.join(conflict.tried)}.", ""]
    for hunk in conflict.hunks:
        numbers[conflict.path] += 1
        lines += [f"### Hunk {numbers[conflict.path]}: {hunk.where or 'the whole file'}", ""]
        for title, text in (("Before", hunk.base), ("Ours", hunk.ours), ("Theirs", hunk.theirs)):
            lines += [*_quoted(title, text), ""]
    if conflict.more_hunks:
        lines += [f"And {conflict.more_hunks} more places.", ""]
    lines += [f"To settle it: {conflict.settle}.", ""]
    return lines


def _code(text: str) -> str:
    return f"`{text}`" if "`" not in text else f"`` {text} ``"


def _quoted(title: str, text: str | None) -> list[str]:
    if text is None:
        return [f"{title}: nothing."]
    ticks = "`" * max(3, 1 + max((len(run) for run in _tick_runs(text)), default=0))
    return [f"{title}:", "", ticks, text, ticks]


def _tick_runs(text: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in text).split(" ") if run]
