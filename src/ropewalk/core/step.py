"""What facts about a step, its attempts and its items do to the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ropewalk.core import events as e
from ropewalk.core.plan import set_limit, set_timer
from ropewalk.core.state import State, StepState
from ropewalk.core.transitions import enqueue, forget, move
from ropewalk.core.work import Amount, Failure, Feedback, Spending, Usage

FATAL = frozenset({"fail", "cancel"})


def _admitted(state: State, st: StepState, event: e.StepAdmitted, at: float) -> None:
    st.admitted = True
    enqueue(state, st)


def _skipped(state: State, st: StepState, event: e.StepSkipped, at: float) -> None:
    st.cause, st.decision = event.cause, event.decision
    move(state, st, "skipped", at)
    st.detail = event.reason
    state.outputs.pop(st.key, None)
    absolve(state, st)


def _expanded(state: State, parent: StepState, event: e.StepExpanded, at: float) -> None:
    move(state, parent, "running", at)
    parent.started_at = at
    for old in parent.items:
        forget(state, old)
    pairs = dict(zip((f"{parent.key}[{key}]" for key in event.keys), event.values, strict=False))
    parent.items = tuple(pairs)
    parent.open_items, parent.broken_items = len(pairs), 0
    for n, (key, value) in enumerate(pairs.items()):
        item = StepState(key, parent.index, 0, round=parent.round, place=n + 1, item=value, parent=parent.key)
        item.feedback, item.earlier = list(parent.feedback), parent.earlier_items.get(key)
        state.steps[key] = item
    _enqueue_items(state, parent, list(pairs))


def _started(state: State, st: StepState, event: e.StepStarted, at: float) -> None:
    move(state, st, "running", at)
    st.attempt, st.owner, st.texts = event.attempt, event.owner, event.texts
    if "driver" in st.notes:
        st.notes = {name: note for name, note in st.notes.items() if name != "driver"}
    st.attempts += 1
    if st.started_at is None:
        st.started_at = at
        limit = state.graph.steps[st.index].timeout.step_seconds
        if limit is not None:
            set_limit(state, st, at + limit)
    if event.child:
        st.child, st.child_status = event.child, "running"
        state.calls[st.key] = state.moving[st.key] = None
        st.child_spent, st.child_granted = Spending(), Amount()
    else:
        state.running[st.key] = None
        if not state.graph.steps[st.index].internal:
            state.spent.attempts += 1
            st.begun_at = at
    if event.reserved_usd or event.reserved_tokens or event.reserved_seconds:
        st.reserved = Amount(event.reserved_usd, event.reserved_tokens, event.reserved_seconds)
        state.spent.reserved_usd += event.reserved_usd
        state.spent.reserved_tokens += event.reserved_tokens


def _noted(state: State, st: StepState, event: e.AttemptNoted, at: float) -> None:
    st.notes = {**st.notes, **event.note}


def _attempt_failed(state: State, st: StepState, event: e.AttemptFailed, at: float) -> None:
    failure = event.failure
    spend(state, st, event.usage, bool(event.agent) or _unheard(state, st, failure))
    if event.usage != _NOTHING:
        state.spent.reported += 1
    later = event.retry_at is not None and event.retry_at > at
    _end_call(state, st)
    move(state, st, "waiting" if later else "pending", at)
    st.failures.append(failure)
    st.failure = failure
    _warn(st, event.warnings)
    if failure.kind != "lost":
        state.recoveries = 0
        st.notes = {name: note for name, note in st.notes.items() if name == "resolution"}
        st.allowed = {}
    if failure.kind not in {"lost", "quota"} or (failure.kind == "quota" and failure.retry_at is None):
        st.tries += 1
    if failure.kind in {"invalid_output", "gate"}:
        st.feedback = [*st.feedback, Feedback(source=failure.kind, text=failure.message)]
    if event.retry_at is None:
        return
    if later:
        st.on = "quota" if failure.kind == "quota" else "time"
        set_timer(state, st, event.retry_at)
    else:
        enqueue(state, st)


def _unheard(state: State, st: StepState, failure: Failure) -> bool:
    """Whether an agent had been at work, and was ended before it could say what it took."""
    cut_off = failure.kind == "timeout" or (failure.kind == "lost" and failure.report.get("at_work", False))
    return cut_off and _is_paid(state, st)


def _is_paid(state: State, st: StepState) -> bool:
    return bool(state.graph.steps[st.index].role) and state.options.rehearse is None


def _due(state: State, st: StepState, event: e.StepDue, at: float) -> None:
    move(state, st, "pending", at)
    enqueue(state, st)


def _waiting(state: State, st: StepState, event: e.StepWaiting, at: float) -> None:
    move(state, st, "waiting", at)
    st.on, st.detail = event.on, event.detail
    if event.on == "answer":
        # What its agent took until now was never told, and it goes on with the next number as the same attempt.
        spend(state, st, _NOTHING, _is_paid(state, st))
    if event.on in {"host", "answer"}:
        # Nothing was tried, or not to its end, so nothing is counted; its number is not given again.
        st.attempts -= 1
        state.spent.attempts -= not state.graph.steps[st.index].internal
    if event.until is not None:
        set_timer(state, st, event.until)


def _child_moved(state: State, st: StepState, event: e.ChildMoved, at: float) -> None:
    st.child_status, st.detail = event.status, event.detail
    if event.status == "running" and st.key in state.calls:
        state.moving[st.key] = None
    else:
        state.moving.pop(st.key, None)


def _end_call(state: State, st: StepState) -> None:
    """What it called has ended, and told everything: nobody has to stop it."""
    state.calls.pop(st.key, None)


def _child_spent(state: State, st: StepState, event: e.ChildSpent, at: float) -> None:
    st.child_spent = both(st.child_spent, event.spent)
    charge(state, st, event.spent)


def charge(state: State, st: StepState | None, more: Spending) -> None:
    """Add what a called run has spent to what this one did, and to what the step did that called it, if there still is one."""
    spent = state.spent
    spent.cost_usd += more.cost_usd
    spent.unknown += more.unknown
    spent.tokens += more.tokens
    spent.attempts += more.attempts
    spent.seconds += more.seconds
    spent.reported += more.reported
    spent.dearest_usd = max(spent.dearest_usd, more.dearest_usd)
    spent.most_tokens = max(spent.most_tokens, more.most_tokens)
    spent.longest_seconds = max(spent.longest_seconds, more.longest_seconds)
    if st is None:
        return
    known = st.usage.cost_usd
    cost = (known or 0.0) + more.cost_usd if more.cost_usd or not more.unknown else known
    st.usage = Usage(st.usage.tokens_in, st.usage.tokens_out + more.tokens, cost)


def both(left: Spending, right: Spending) -> Spending:
    """Two spendings added up."""
    return Spending(
        left.cost_usd + right.cost_usd,
        left.unknown + right.unknown,
        left.tokens + right.tokens,
        left.attempts + right.attempts,
        left.seconds + right.seconds,
        left.reported + right.reported,
        max(left.dearest_usd, right.dearest_usd),
        max(left.most_tokens, right.most_tokens),
        max(left.longest_seconds, right.longest_seconds),
    )


def _produced(state: State, st: StepState, event: e.StepProduced, at: float) -> None:
    _pay(state, st, event.result)
    _end_call(state, st)
    move(state, st, "waiting", at)
    st.result, st.on = event.result, "answer"
    _warn(st, event.result.warnings)
    state.deadlines.pop(st.key, None)
    state.recoveries = 0


def _succeeded(state: State, st: StepState, event: e.StepSucceeded, at: float) -> None:
    _pay(state, st, event.result)
    _end_call(state, st)
    move(state, st, "succeeded", at)
    st.result, st.failure = event.result, None
    _warn(st, event.result.warnings)
    if st.notes:
        st.notes = {}
    state.recoveries = 0
    if not st.parent:
        state.outputs[st.key] = event.result.outputs


def _failed(state: State, st: StepState, event: e.StepFailed, at: float) -> None:
    move(state, st, "failed", at)
    st.failure = event.failure
    state.recoveries = 0
    state.outputs.pop(st.key, None)
    step = state.graph.steps[st.index]
    if step.optional:
        return
    if not st.parent or event.policy in FATAL:
        state.failed[st.key] = "continue" if step.final else event.policy
    if event.policy in FATAL and not step.final:
        state.failing = True


def _aborted(state: State, st: StepState, event: e.StepAborted, at: float) -> None:
    move(state, st, "aborted", at)
    st.detail = event.reason


def _retried(state: State, st: StepState, event: e.StepRetried, at: float) -> None:
    admitted = st.admitted and bool(st.items)
    move(state, st, "running" if st.items else "pending", at)
    refresh(st)
    st.admitted = admitted
    absolve(state, st)
    if event.reason:
        st.feedback = [*st.feedback, Feedback(source="person", text=event.reason)]
    if st.items:
        _retry_items(state, st, at)
    else:
        enqueue(state, st)


def _retry_items(state: State, parent: StepState, at: float) -> None:
    """A foreach is taken up again: finished items stay, the others are open."""
    parent.started_at = at
    again = [state.steps[key] for key in parent.items if state.steps[key].status != "succeeded"]
    for item in again:
        item.status, item.seated = "pending", False
        refresh(item)
        absolve(state, item)
    parent.open_items, parent.broken_items = len(again), 0
    _enqueue_items(state, parent, [item.key for item in again])


def _enqueue_items(state: State, parent: StepState, keys: list[str]) -> None:
    foreach = state.graph.steps[parent.index].foreach
    first = foreach.at_most if foreach is not None and foreach.at_most else len(keys)
    parent.queue = keys[first:][::-1]
    for key in keys[:first]:
        enqueue(state, state.steps[key])


def open_round(state: State, st: StepState, at: float) -> None:
    """Nothing of the round before is left but its number, what it cost and the feedback that it got."""
    move(state, st, "pending", at)
    refresh(st)
    absolve(state, st)
    state.deadlines.pop(st.key, None)
    st.round = 1 + max((state.steps[item].round for item in st.items), default=st.round)
    st.attempt = 0
    st.verdicts, st.failures = [], []
    for item in st.items:
        absolve(state, state.steps[item])
        forget(state, item)
    st.items, st.open_items, st.broken_items, st.queue = (), 0, 0, []


def absolve(state: State, st: StepState) -> None:
    """A failure that was taken up again does nothing to the run any more."""
    if state.failed.pop(st.key, None) in FATAL:
        state.failing = not FATAL.isdisjoint(state.failed.values())


def refresh(st: StepState) -> None:
    """What is forgotten when a step is done again. `attempt` goes on counting: it names the tries of a round."""
    st.tries = 0
    st.admitted = st.asked = False
    st.detail, st.cause, st.route, st.decision = "", "", "", ""
    st.child, st.child_status = "", ""
    st.started_at = st.ended_at = None
    st.result, st.failure, st.notes, st.allowed = None, None, {}, {}
    st.limit_left = None


def _judged(state: State, st: StepState, event: e.GateJudged, at: float) -> None:
    st.verdicts.append(event.verdict)
    if event.verdict.usage is not None:
        spend(state, st, event.verdict.usage, priced=True)


def _decided(state: State, st: StepState, event: e.DecisionMade, at: float) -> None:
    st.route = event.route


def _warn(st: StepState, warnings: tuple[str, ...]) -> None:
    if warnings:
        st.warnings = tuple(dict.fromkeys((*st.warnings, *warnings)))


def _pay(state: State, st: StepState, result: e.Outcome) -> None:
    """Once for a piece of work: not again when it is approved, nor what another run has paid for."""
    if st.result is None and not result.cached_from and state.started_at is not None:
        spend(state, st, result.usage, bool(result.agent) and not result.rehearsed)
        if st.key not in state.calls and (result.agent or result.usage != _NOTHING):
            state.spent.reported += 1


def spend(state: State, st: StepState, usage: Usage, priced: bool) -> None:
    """Add to what the run and the step have used; a cost that nobody told is unknown, not zero."""
    spent, tokens = state.spent, usage.tokens_in + usage.tokens_out
    spent.tokens += tokens
    spent.most_tokens = max(spent.most_tokens, tokens)
    if usage.cost_usd is not None:
        spent.cost_usd += usage.cost_usd
        spent.dearest_usd = max(spent.dearest_usd, usage.cost_usd)
    elif priced or tokens:
        spent.unknown += 1
    if usage != _NOTHING:
        before = st.usage
        cost = before.cost_usd if usage.cost_usd is None else (before.cost_usd or 0.0) + usage.cost_usd
        st.usage = Usage(before.tokens_in + usage.tokens_in, before.tokens_out + usage.tokens_out, cost)


_NOTHING = Usage()

HANDLERS: dict[type[e.Event], Callable[[State, StepState, Any, float], None]] = {
    e.StepAdmitted: _admitted,
    e.StepSkipped: _skipped,
    e.StepExpanded: _expanded,
    e.StepStarted: _started,
    e.AttemptNoted: _noted,
    e.AttemptFailed: _attempt_failed,
    e.StepDue: _due,
    e.StepWaiting: _waiting,
    e.ChildMoved: _child_moved,
    e.ChildSpent: _child_spent,
    e.StepProduced: _produced,
    e.StepSucceeded: _succeeded,
    e.StepFailed: _failed,
    e.StepAborted: _aborted,
    e.StepRetried: _retried,
    e.GateJudged: _judged,
    e.DecisionMade: _decided,
}
