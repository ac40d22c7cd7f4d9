"""What facts about the whole run do to its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weft.core import events as e
from weft.core.joins import manner, offer_if_due
from weft.core.state import State, StepState
from weft.core.transitions import RUN


def _move(state: State, event: e.Event) -> None:
    kind = event.__struct_config__.tag
    state.status = RUN.get((state.status, str(kind)), state.status)  # type: ignore[assignment]


def _created(state: State, event: e.RunCreated, at: float) -> None:
    state.created = True
    state.digest = event.digest
    state.inputs = dict(event.inputs)
    state.facts = dict(event.facts)
    state.options = event.options
    state.parent = event.parent
    state.forked_from = event.forked_from
    state.base = event.base
    state.labels = dict(event.labels)
    state.created_at = at
    graph = state.graph
    state.phases = dict(graph.phase_sizes)
    state.unfinished = graph.main
    state.finals_left = len(graph.steps) - graph.main
    for i, step in enumerate(graph.steps):
        state.steps[step.id] = StepState(key=step.id, index=i, left=len(graph.needs[i]))


def _started(state: State, event: e.RunStarted, at: float) -> None:
    _move(state, event)
    state.started_at = at
    limit = state.workflow.limits.timeout_seconds
    state.deadline = at + limit if limit is not None else None
    for i, step in enumerate(state.graph.steps):
        st = state.steps[step.id]
        if not step.final and not state.graph.needs[i] and st.status == "pending" and not st.offered:
            offer_if_due(state, st)


def _paused(state: State, event: e.RunPaused, at: float) -> None:
    _move(state, event)
    state.reason, state.until, state.detail = event.reason, event.until, event.detail
    if state.paused_at is None:
        state.paused_at = at


def _resumed(state: State, event: e.RunResumed | e.RunClosing, at: float) -> None:
    _move(state, event)
    waits_count = state.workflow.limits.count_waits
    if state.paused_at is not None and state.deadline is not None and not waits_count:
        state.deadline += at - state.paused_at
    if state.reason in {"blocked", "by request"}:
        state.recoveries = 0
    state.reason, state.until, state.detail, state.paused_at = "", None, "", None


def _closing(state: State, event: e.RunClosing, at: float) -> None:
    _resumed(state, event, at)
    state.closing, state.reason = event.status, event.reason
    state.timers.clear()
    state.deadline = None
    for _, _, key in (*state.ready, *state.prompt):
        if key in state.steps:
            state.steps[key].offered = ""
    state.ready.clear()
    state.prompt.clear()
    for step in state.graph.steps:
        if step.final:
            offer_if_due(state, state.steps[step.id])


def _ended(state: State, event: e.RunCompleted | e.RunFailed | e.RunAborted, at: float) -> None:
    _move(state, event)
    state.reason = event.reason
    state.ended_at = at
    state.until, state.paused_at, state.deadline = None, None, None
    if isinstance(event, e.RunCompleted):
        state.result = event.outputs
    for st in state.steps.values():
        if st.status in {"pending", "waiting"}:
            st.status, st.cause, st.offered, st.ended_at = "skipped", "end", "", at
    state.timers.clear()
    state.deadlines.clear()
    state.ready.clear()
    state.prompt.clear()


def _reopened(state: State, event: e.RunReopened, at: float) -> None:
    _move(state, event)
    state.closing, state.reason, state.ended_at, state.failing, state.ending = "", "", None, False, False
    state.recoveries = 0
    again = [s for s in state.steps.values() if s.status == "skipped" and s.cause in {"need", "end"}]
    for st in again:
        st.status, st.cause, st.ended_at, st.offered = "pending", "", None, ""
    recount(state)


def recount(state: State) -> None:
    """Count all needs anew; only where a whole run is opened again."""
    graph = state.graph
    state.unfinished = state.finals_left = 0
    state.phases = dict.fromkeys(graph.phase_sizes, 0)
    for i, step in enumerate(graph.steps):
        st = state.steps[step.id]
        hows = [manner(state.steps[graph.steps[n].id]) for n in graph.needs[i]]
        st.left, st.good = hows.count(""), hows.count("good")
        st.bad, st.dead = hows.count("bad"), hows.count("dead")
        if manner(st) == "":
            state.finals_left += step.final
            state.unfinished += not step.final
            if step.phase:
                state.phases[step.phase] += 1
    for st in state.steps.values():
        if st.status == "pending":
            st.offered = ""
            offer_if_due(state, st)


def _recovered(state: State, event: e.RunRecovered, at: float) -> None:
    state.recoveries += 1


def _fact(state: State, event: e.FactSet, at: float) -> None:
    state.facts[event.name] = event.value


def _phase(state: State, event: e.PhaseStarted, at: float) -> None:
    state.phases_begun[event.phase] = None


def _raised(state: State, event: e.BudgetRaised, at: float) -> None:
    state.raised_usd += event.cost_usd or 0.0
    state.raised_tokens += event.tokens or 0
    state.raised_attempts += event.attempts or 0
    state.raised_seconds += event.seconds or 0.0


def _woven(state: State, event: e.RunWoven, at: float) -> None:
    state.branch, state.commit, state.tree = event.branch, event.commit, event.tree


def _landed(state: State, event: e.RunLanded, at: float) -> None:
    state.landed = event.target


HANDLERS: dict[type[e.Event], Callable[[State, Any, float], None]] = {
    e.RunCreated: _created,
    e.RunStarted: _started,
    e.RunPaused: _paused,
    e.RunResumed: _resumed,
    e.RunClosing: _closing,
    e.RunCompleted: _ended,
    e.RunFailed: _ended,
    e.RunAborted: _ended,
    e.RunReopened: _reopened,
    e.RunRecovered: _recovered,
    e.FactSet: _fact,
    e.PhaseStarted: _phase,
    e.BudgetRaised: _raised,
    e.RunWoven: _woven,
    e.RunLanded: _landed,
}
