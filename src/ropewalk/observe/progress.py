"""What a live table shows of a run: how far each phase is, which steps move or wait and for whom, and what it cost. Pure."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from ropewalk.core import STEP_ENDED, State, StepState
from ropewalk.observe.summary import cost_of, listed_steps, run_seconds


class PhaseLine(Struct, frozen=True):
    """One phase; `done` of `total` steps have ended."""

    id: str
    title: str
    done: int
    total: int
    failed: int = 0
    begun: bool = False


class StepLine(Struct, frozen=True):
    """One step; `seconds` of its present or last attempt (None before any), `note`: what it waits for, or why it ended so."""

    key: str
    title: str
    status: str
    round: int
    attempts: int
    seconds: float | None
    note: str
    phase: str = ""


class Progress(Struct, frozen=True):
    """`counts` of steps by status; `people` are the open asks as (ask, step, prompt). `rehearsed`: a script plays the roles."""

    run: str
    workflow: str
    status: str
    reason: str
    phases: tuple[PhaseLine, ...]
    counts: dict[str, int]
    total: int
    done: int
    people: tuple[tuple[str, str, str], ...]
    cost_usd: float | None
    cost_unknown: bool
    seconds: float
    rehearsed: bool = False


def progress_of(state: State, now: float) -> Progress:
    """How far the run is. Costs one look at each step."""
    steps = listed_steps(state)
    counts = Counter[str](st.status for st in steps)
    return Progress(
        run=state.run,
        workflow=state.workflow.name,
        status=state.status,
        reason=state.detail if state.status == "paused" and state.detail else state.reason,
        phases=_phases(state, steps),
        counts=dict(counts),
        total=len(steps),
        done=sum(count for status, count in counts.items() if status in STEP_ENDED),
        people=tuple((name, opened.step, opened.prompt) for name, opened in state.asks.items()),
        cost_usd=cost_of(state),
        cost_unknown=bool(state.spent.unknown),
        seconds=run_seconds(state, now),
        rehearsed=state.options.rehearse is not None,
    )


def step_lines(state: State, now: float, most: int = 0) -> list[StepLine]:
    """The steps in written order; when there are more than `most`, those that move, wait or have failed come first to be
    kept, then the ones that began last.
    """
    steps = listed_steps(state)
    if most and len(steps) > most:
        kept = sorted(steps, key=lambda st: (_rank(st), -(st.started_at or 0.0)))[:most]
        names = {st.key for st in kept if st.status != "pending"}
        steps = [st for st in steps if st.key in names]
    return [step_line(state, st, now) for st in steps]


def step_line(state: State, st: StepState, now: float) -> StepLine:
    """One step as the table shows it."""
    step = state.graph.steps[st.index]
    took = None
    if st.started_at is not None:
        took = (st.ended_at if st.ended_at is not None and st.status in STEP_ENDED else now) - st.started_at
    return StepLine(
        key=st.key,
        title=state.title_of(st.key),
        status=st.status,
        round=st.round,
        attempts=st.attempts,
        seconds=took if st.status != "pending" else None,
        note=_note(state, st, now),
        phase=step.phase,
    )


def _rank(st: StepState) -> int:
    order = {"running": 0, "waiting": 1, "failed": 2, "aborted": 3}
    return order.get(st.status, 4)


def _note(state: State, st: StepState, now: float) -> str:
    if st.status == "waiting":
        return _waited_for(state, st, now)
    if st.status == "running":
        return f"run {st.child}" if st.child else _items(state, st)
    if st.status == "skipped":
        return st.detail or st.cause
    if st.status in {"failed", "aborted"}:
        return st.failure.message if st.failure is not None else st.detail
    if st.status == "pending" and st.failures:
        return f"again after {st.failures[-1].kind}"
    return f"taken from {st.result.cached_from}" if st.result is not None and st.result.cached_from else ""


def _items(state: State, st: StepState) -> str:
    if not st.items:
        return ""
    ended = sum(state.steps[key].status in STEP_ENDED for key in st.items)
    return f"{ended} of {len(st.items)} items"


def _waited_for(state: State, st: StepState, now: float) -> str:
    asked = [f"{name}: {a.prompt}" for name, a in state.asks.items() if a.step == st.key]
    if asked:
        return f"a person ({'; '.join(asked)})"
    if st.until is not None:
        return f"{st.on}, {max(st.until - now, 0):.0f} s left"
    return st.on or st.detail


def _phases(state: State, steps: list[StepState]) -> tuple[PhaseLine, ...]:
    lines = []
    for phase in state.workflow.phases:
        mine = [st for st in steps if state.graph.steps[st.index].phase == phase.id and not st.parent]
        lines.append(
            PhaseLine(
                id=phase.id,
                title=phase.title or phase.id,
                done=sum(st.status in STEP_ENDED for st in mine),
                total=len(mine),
                failed=sum(st.status in {"failed", "aborted"} for st in mine),
                begun=phase.id in state.phases_begun,
            )
        )
    return tuple(lines)
