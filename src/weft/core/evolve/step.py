"""What facts about a step, its attempts, its items and its rounds do to the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from weft.core import events as e
from weft.core.joins import arrive, leave, manner, offer, offer_if_due
from weft.core.state import STEP_ENDED, State, StepState
from weft.core.transitions import STEP
from weft.core.work import Feedback, Usage


def move(state: State, st: StepState, event: e.Event, at: float) -> None:
    """Give a step its next status by the table and keep all counts true."""
    kind = str(event.__struct_config__.tag)
    before, after = st.status, STEP.get((st.status, kind), st.status)
    main = not st.parent
    if main and before in STEP_ENDED and (after not in STEP_ENDED or isinstance(event, e.StepSkipped)):
        leave(state, st)
    st.status = after  # type: ignore[assignment]
    if after != "running":
        state.running.pop(st.key, None)
        state.calls.pop(st.key, None)
        _release(state, st)
    if after != "pending":
        st.offered = ""
    if after in STEP_ENDED:
        st.ended_at = at
        state.timers.pop(st.key, None)
        state.deadlines.pop(st.key, None)
        st.on, st.until = "", None


def end(state: State, st: StepState, before: str) -> None:
    """After the fields are set: tell followers (a step) or the foreach (an item)."""
    if st.parent:
        parent = state.steps[st.parent]
        if before not in STEP_ENDED:
            parent.open_items -= 1
            if parent.queue and parent.status == "running":
                offer(state, state.steps[parent.queue.pop(0)])
    else:
        arrive(state, st)


def _release(state: State, st: StepState) -> None:
    if st.reserved_usd:
        state.spent.reserved_usd = max(0.0, state.spent.reserved_usd - st.reserved_usd)
        st.reserved_usd = 0.0


def _admitted(state: State, event: e.StepAdmitted, at: float) -> None:
    st = state.steps[event.step]
    st.admitted = True
    offer(state, st)


def _skipped(state: State, event: e.StepSkipped, at: float) -> None:
    st = state.steps[event.step]
    before = st.status
    move(state, st, event, at)
    st.cause, st.detail = event.cause, event.reason
    state.failed.pop(st.key, None)
    _refail(state)
    end(state, st, before)


def _expanded(state: State, event: e.StepExpanded, at: float) -> None:
    parent = state.steps[event.step]
    move(state, parent, event, at)
    parent.started_at = at
    for old in parent.items:
        state.steps.pop(old, None)
    parent.items = tuple(f"{parent.key}[{key}]" for key in event.keys)
    parent.open_items = len(parent.items)
    for n, (key, value) in enumerate(zip(parent.items, event.values, strict=True)):
        state.steps[key] = StepState(
            key=key,
            index=parent.index,
            left=0,
            round=parent.round,
            place=n + 1,
            item=value,
            parent=parent.key,
        )
        if parent.feedback:
            state.steps[key].feedback = list(parent.feedback)
    _offer_items(state, parent, list(parent.items))


def _started(state: State, event: e.StepStarted, at: float) -> None:
    st = state.steps[event.step]
    move(state, st, event, at)
    step = state.graph.steps[st.index]
    st.attempt = event.attempt
    st.attempts += 1
    st.on, st.until, st.detail = "", None, ""
    if st.started_at is None:
        st.started_at = at
        limit = step.timeout.step_seconds
        if limit is not None:
            state.deadlines[st.key] = at + limit
    state.timers.pop(st.key, None)
    if event.child:
        st.child, st.child_status = event.child, "running"
        state.calls[st.key] = None
    else:
        state.running[st.key] = None
        state.spent.attempts += 1
    if event.reserved_usd:
        st.reserved_usd = event.reserved_usd
        state.spent.reserved_usd += event.reserved_usd


def _noted(state: State, event: e.AttemptNoted, at: float) -> None:
    state.steps[event.step].notes.update(event.note)


def _attempt_failed(state: State, event: e.AttemptFailed, at: float) -> None:
    st = state.steps[event.step]
    failure = event.failure
    _spend(state, st, event.usage, bool(event.agent))
    move(state, st, event, at)
    st.failures.append(failure)
    st.failure = failure
    if failure.kind != "lost":
        state.recoveries = 0
        st.notes = {name: note for name, note in st.notes.items() if name == "resolution"}
    if failure.kind not in {"lost", "quota"} or (failure.kind == "quota" and failure.retry_at is None):
        st.tries += 1
    if failure.kind in {"invalid_output", "gate"}:
        st.feedback = [*st.feedback, Feedback(source=failure.kind, text=failure.message)]
    if event.retry_at is None:
        return
    if event.retry_at <= at:
        offer(state, st)
    else:
        st.status, st.offered = "waiting", ""
        st.on, st.until = ("quota" if failure.kind == "quota" else "time"), event.retry_at
        state.timers[st.key] = event.retry_at


def _due(state: State, event: e.StepDue, at: float) -> None:
    st = state.steps[event.step]
    move(state, st, event, at)
    state.timers.pop(st.key, None)
    st.on, st.until, st.detail = "", None, ""
    offer(state, st)


def _waiting(state: State, event: e.StepWaiting, at: float) -> None:
    st = state.steps[event.step]
    move(state, st, event, at)
    st.on, st.until, st.detail = event.on, event.until, event.detail
    if event.until is not None:
        state.timers[st.key] = event.until


def _child_moved(state: State, event: e.ChildMoved, at: float) -> None:
    st = state.steps[event.step]
    st.child_status, st.detail = event.status, event.detail


def _produced(state: State, event: e.StepProduced, at: float) -> None:
    st = state.steps[event.step]
    _spend(state, st, event.result.usage, bool(event.result.agent))
    move(state, st, event, at)
    st.result, st.on = event.result, "answer"
    state.deadlines.pop(st.key, None)
    state.recoveries = 0


def _succeeded(state: State, event: e.StepSucceeded, at: float) -> None:
    st = state.steps[event.step]
    before, result = st.status, event.result
    if not (before == "waiting" and st.result is not None):
        _spend(state, st, result.usage, bool(result.agent) and not result.cached_from)
    move(state, st, event, at)
    st.result, st.failure = result, None
    if st.notes:
        st.notes = {}
    state.recoveries = 0
    state.failed.pop(st.key, None)
    if not st.parent:
        state.outputs[st.key] = result.outputs
    end(state, st, before)


def _failed(state: State, event: e.StepFailed, at: float) -> None:
    st = state.steps[event.step]
    before = st.status
    move(state, st, event, at)
    st.failure = event.failure
    state.recoveries = 0
    if not st.parent:
        state.failed[st.key] = None
        if event.policy in {"fail", "cancel"} and not state.graph.steps[st.index].final:
            state.failing = True
    end(state, st, before)


def _aborted(state: State, event: e.StepAborted, at: float) -> None:
    st = state.steps[event.step]
    before = st.status
    move(state, st, event, at)
    st.detail = event.reason
    end(state, st, before)


def _retried(state: State, event: e.StepRetried, at: float) -> None:
    st = state.steps[event.step]
    move(state, st, event, at)
    _fresh(st)
    state.failed.pop(st.key, None)
    _refail(state)
    if event.reason:
        st.feedback = [*st.feedback, Feedback(source="person", text=event.reason)]
    if st.items:
        _retry_items(state, st)
    else:
        offer_if_due(state, st)


def _retry_items(state: State, parent: StepState) -> None:
    """A foreach is taken up again: finished items stay, the others are open."""
    parent.status = "running"
    again = [state.steps[key] for key in parent.items if state.steps[key].status != "succeeded"]
    for item in again:
        _fresh(item)
        item.status = "pending"
    parent.open_items = len(again)
    _offer_items(state, parent, [item.key for item in again])


def _offer_items(state: State, parent: StepState, keys: list[str]) -> None:
    foreach = state.graph.steps[parent.index].foreach
    first = foreach.at_most if foreach is not None and foreach.at_most else len(keys)
    parent.queue = keys[first:]
    for key in keys[:first]:
        offer(state, state.steps[key])


def _refail(state: State) -> None:
    """Whether the run still fails, after a failed step was taken up again."""
    if state.failing:
        policies = (state.graph.steps[state.steps[k].index].on_failure for k in state.failed)
        state.failing = any(p in {"fail", "cancel"} for p in policies)


def _fresh(st: StepState) -> None:
    st.attempt = st.tries = 0
    st.admitted = st.asked = False
    st.offered = ""
    st.on, st.until, st.detail, st.cause, st.route, st.ask = "", None, "", "", "", ""
    st.child, st.child_status = "", ""
    st.started_at = st.ended_at = None
    st.failure, st.notes = None, {}


def _judged(state: State, event: e.GateJudged, at: float) -> None:
    state.steps[event.step].verdicts.append(event.verdict)


def _round(state: State, event: e.RoundOpened, at: float) -> None:
    origin = state.steps[event.step]
    origin.turns = event.turn
    body = [state.steps[key] for key in event.steps]
    for st in body:
        if manner(st):
            _open_again(state, st)
        st.status = STEP.get((st.status, "round.opened"), "pending")  # type: ignore[assignment]
        state.failed.pop(st.key, None)
        for name in (state.timers, state.deadlines, state.running, state.calls):
            name.pop(st.key, None)
        _fresh(st)
        st.round += 1
        st.verdicts, st.failures, st.feedback, st.result = [], [], [], None
        for item in st.items:
            state.steps.pop(item, None)
        st.items, st.open_items, st.queue = (), 0, []
    target = state.steps[event.to]
    target.feedback = [
        Feedback(source=event.source or event.step, text=event.reason, findings=event.findings)
    ]
    _refail(state)
    for st in body:
        offer_if_due(state, st)


def _open_again(state: State, st: StepState) -> None:
    if st.parent:
        state.steps[st.parent].open_items += 1
    else:
        leave(state, st)


def _decided(state: State, event: e.DecisionMade, at: float) -> None:
    st = state.steps[event.step]
    st.route = event.route
    decision = state.graph.steps[st.index].decision
    if decision is not None and any(r.name == event.route and r.end for r in decision.routes):
        state.ending = True


def _spend(state: State, st: StepState, usage: Usage, agent: bool) -> None:
    spent = state.spent
    spent.tokens += usage.tokens_in + usage.tokens_out
    if usage.cost_usd is not None:
        spent.cost_usd += usage.cost_usd
        spent.dearest_usd = max(spent.dearest_usd, usage.cost_usd)
    elif agent:
        spent.unknown += 1
    if usage != _NOTHING:
        before = st.usage
        cost = before.cost_usd if usage.cost_usd is None else (before.cost_usd or 0.0) + usage.cost_usd
        st.usage = Usage(before.tokens_in + usage.tokens_in, before.tokens_out + usage.tokens_out, cost)


_NOTHING = Usage()

HANDLERS: dict[type[e.Event], Callable[[State, Any, float], None]] = {
    e.StepAdmitted: _admitted,
    e.StepSkipped: _skipped,
    e.StepExpanded: _expanded,
    e.StepStarted: _started,
    e.AttemptNoted: _noted,
    e.AttemptFailed: _attempt_failed,
    e.StepDue: _due,
    e.StepWaiting: _waiting,
    e.ChildMoved: _child_moved,
    e.StepProduced: _produced,
    e.StepSucceeded: _succeeded,
    e.StepFailed: _failed,
    e.StepAborted: _aborted,
    e.StepRetried: _retried,
    e.GateJudged: _judged,
    e.RoundOpened: _round,
    e.DecisionMade: _decided,
}
