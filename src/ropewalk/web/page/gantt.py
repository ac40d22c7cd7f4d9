"""The attempts and waits of a run over time, one row a step. Pure: bars in, parts out.

Long stretches in which only waiting went on are drawn short, so that three days without an answer hide nobody's minute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup
from msgspec import Struct

from ropewalk.app import Bar, duration
from ropewalk.web.page.markup import Parts, Piece, el

LONG_SECONDS: Final = 20.0
FOLD: Final = 7.0
"""How wide a folded stretch is, in per cent."""
MOST_ROWS: Final = 150
NICE: Final = (5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400)


class GanttStretch(Struct, frozen=True):
    """From `since` to `until` (unix seconds), drawn from `left` on, `wide` per cent; `folded` is not to scale."""

    since: float
    until: float
    left: float
    wide: float
    folded: bool = False


class Axis(Struct, frozen=True):
    """How times become places."""

    stretches: tuple[GanttStretch, ...]

    def at(self, time: float) -> float:
        """Per cent from the left."""
        for stretch in self.stretches:
            if time <= stretch.until:
                share = (max(time, stretch.since) - stretch.since) / ((stretch.until - stretch.since) or 1.0)
                return round(stretch.left + share * stretch.wide, 2)
        return 100.0


def axis(bars: Sequence[Bar], start: float, now: float, *, ended: bool) -> Axis:
    """From the first thing that happened to the last, or to a little after now, so that it is not drawn anew all the time."""
    end = now if ended else start + next((n for n in NICE if n > (now - start) * 1.05), (now - start) * 1.3)
    worked = sorted(
        (bar.since, bar.until or now) for bar in bars if bar.kind in {"attempt", "failed", "lost"}
    )
    idle: list[tuple[float, float]] = []
    reached = start
    for since, until in worked:
        if since > reached:
            idle.append((reached, since))
        reached = max(reached, until)
    if now > reached:
        idle.append((reached, now))
    busy = (now - start) - sum(until - since for since, until in idle)
    folded = [gap for gap in idle if gap[1] - gap[0] > max(LONG_SECONDS, busy / 2)]
    if folded and not ended and folded[-1][1] == now:
        end = now
    return Axis(_stretches(start, max(end, start + 1.0), folded))


def _stretches(start: float, end: float, folded: list[tuple[float, float]]) -> tuple[GanttStretch, ...]:
    fold = min(FOLD, 60.0 / max(len(folded), 1))
    scaled = (end - start) - sum(until - since for since, until in folded)
    room = 100.0 - fold * len(folded)
    stretches: list[GanttStretch] = []
    left, at = 0.0, start
    for since, until in [*folded, (end, end)]:
        if since > at:
            wide = room * (since - at) / scaled if scaled > 0 else 0.0
            stretches.append(GanttStretch(at, since, left, wide))
            left += wide
        if until > since:
            stretches.append(GanttStretch(since, until, left, fold, folded=True))
            left += fold
        at = until
    return tuple(stretches)


def gantt(bars: Sequence[Bar], rows: Mapping[str, str], places: Axis, now: float, chosen: str) -> Parts:
    """`rows` are keys of steps with their titles, in order; only those that have bars are drawn."""
    mine: dict[str, list[Bar]] = {}
    for bar in bars:
        mine.setdefault(bar.step, []).append(bar)
    keys = [key for key in rows if key in mine]
    left_out = len(keys) - MOST_ROWS
    if left_out > 0:
        recent = set(sorted(keys, key=lambda key: mine[key][-1].since)[-MOST_ROWS:])
        keys = [key for key in keys if key in recent or key == chosen]
    parts: list[Markup | Piece] = [_head(places)]
    parts += [_row(key, rows[key], mine[key], places, now, chosen=key == chosen) for key in keys]
    if left_out > 0:
        parts.append(
            el(
                "p",
                f"{left_out} steps that began earlier are not drawn; choose a phase to see its steps.",
                class_="soft",
            )
        )
    return parts


def _head(places: Axis) -> Markup:
    marks = []
    for stretch in places.stretches:
        length = duration(stretch.until - stretch.since)
        marks.append(
            el(
                "span", el("em", length) if stretch.wide > 6 else None, class_="folded" if stretch.folded else None,
                style=f"left:{stretch.left:.2f}%;width:{stretch.wide:.2f}%",
                title=f"{length} of waiting, not to scale" if stretch.folded else length,
            )
        )  # fmt: skip
    return el(
        "div", el("span", "Step"), el("div", marks, class_="lane"), class_="gantt-head", aria_hidden="true"
    )


def _row(key: str, title: str, bars: list[Bar], places: Axis, now: float, *, chosen: bool) -> Piece:
    name = f"line-{key}"
    lane = el("span", [_bar(bar, places, now) for bar in bars], class_="lane")
    button = el(
        "button", el("span", title, class_="name"), lane, id=name, type="button", class_="gantt-row", data_do="step",
        data_key=key, aria_pressed="true" if chosen else "false",
    )  # fmt: skip
    return Piece(name, button)


def _bar(bar: Bar, places: Axis, now: float) -> Markup:
    until = bar.until if bar.until is not None else now
    left = places.at(bar.since)
    wide = max(places.at(until) - left, 0.35)
    took = duration(until - bar.since)
    tooltip = {
        "attempt": f"attempt {bar.attempt}, round {bar.round}: {took}",
        "failed": f"attempt {bar.attempt}, round {bar.round} failed after {took}: {bar.what}",
        "lost": f"attempt {bar.attempt} was lost after {took}",
        "waiting": f"waited {took} for {bar.what}",
        "retry": f"waited {took} before it was tried again ({bar.what})",
    }[bar.kind]
    kind = f"{bar.kind}{' open' if bar.until is None else ''}"
    return el("i", class_=f"bar b-{kind}", style=f"left:{left:.2f}%;width:{wide:.2f}%", title=tooltip)
