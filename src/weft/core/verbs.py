"""What people and programs may tell a run to do; what makes no sense in its state is refused with the reason."""

from __future__ import annotations

from difflib import get_close_matches

from weft.core import events as e
from weft.core.answers import answer
from weft.core.commands import (
    Abort,
    Answer,
    Create,
    ExecuteStep,
    Pause,
    Publish,
    RaiseBudget,
    Resume,
    RetryStep,
    SetFact,
    SkipStep,
)
from weft.core.draft import Draft, refuse
from weft.core.endings import skip_step, stop_running, withdraw
from weft.core.finish import close
from weft.core.joins import needs_place
from weft.core.state import StepState
from weft.errors import NoSuchStep

OPEN = frozenset({"pending", "running", "paused"})


def create(draft: Draft, command: Create) -> None:
    """Begin a run; doing it twice is refused."""
    if draft.state.created:
        refuse("start", f"run {draft.state.run} is there already")
    draft.emit(
        e.RunCreated(
            workflow=command.workflow,
            digest=command.digest,
            inputs=command.inputs,
            facts=command.facts,
            options=command.options,
            parent=command.parent,
            forked_from=command.forked_from,
            base=command.base,
            labels=command.labels,
        )
    )
    for event in command.given:
        draft.emit(event)


def pause(draft: Draft, command: Pause) -> None:
    """What runs finishes and is recorded, nothing starts."""
    _open(draft, "pause")
    if draft.state.status == "paused" and draft.state.reason == "by request":
        refuse("pause", "the run is paused already")
    draft.emit(e.RunPaused(reason="by request", detail=command.detail or command.by))


def resume(draft: Draft, command: Resume) -> None:
    """Go on after a pause by request or a block; a pause for an answer ends with the answer."""
    state = draft.state
    _open(draft, "resume")
    if state.status != "paused":
        refuse("resume", f"the run is {state.status}, not paused")
    if state.reason == "asked" and state.asks:
        refuse(
            "resume", f"it waits for an answer to {', '.join(state.asks)}; `weft inbox` shows what is asked"
        )
    if state.reason == "budget" and any(a.about == "budget" for a in state.asks.values()):
        refuse("resume", "its budget is used up; answer the ask to allow more")
    draft.emit(e.RunResumed(detail=command.by))
    for key in [k for k in state.failed if state.graph.steps[state.steps[k].index].on_failure == "pause"]:
        draft.emit(e.StepRetried(step=key, round=state.steps[key].round))


def abort(draft: Draft, command: Abort) -> None:
    """Stop everything; final steps still run."""
    _open(draft, "abort")
    by = f" (by {command.by})" if command.by else ""
    reason = (command.reason or "aborted") + by
    stop_running(draft, reason)
    if draft.state.closing or draft.state.status == "pending":
        draft.emit(e.RunAborted(reason=reason))
    else:
        close(draft, "aborted", reason)


def retry_step(draft: Draft, command: RetryStep) -> None:
    """Try failed steps again with a fresh budget of attempts; an ended run goes on."""
    state = draft.state
    if command.step:
        st = find(draft, command.step)
        chosen = [state.steps[st.parent] if st.parent else st]
        if chosen[0].status not in {"failed", "aborted"}:
            refuse("retry", f"step {chosen[0].key} is {chosen[0].status}, not failed")
    else:
        chosen = [st for st in state.steps.values() if not st.parent and st.status in {"failed", "aborted"}]
        if not chosen:
            refuse("retry", "no step has failed")
    if state.ended:
        draft.emit(e.RunReopened())
    elif state.status == "paused" and state.reason in {"blocked", "asked"}:
        draft.emit(e.RunResumed(detail=command.by))
    for st in chosen:
        withdraw(draft, st, "the step is tried again")
        draft.emit(e.StepRetried(step=st.key, round=st.round, reason=command.reason))


def skip(draft: Draft, command: SkipStep) -> None:
    """Leave a step out; its successors go on as if it were done."""
    st = find(draft, command.step)
    state = draft.state
    if st.status not in {"pending", "waiting", "failed"} and st.key not in state.running:
        refuse("skip", f"step {st.key} is {st.status}")
    if state.ended:
        if st.status != "failed":
            refuse("skip", f"the run is {state.status}")
        draft.emit(e.RunReopened())
    reason = command.reason or "skipped"
    skip_step(draft, st, "operator", f"{reason} (by {command.by})" if command.by else reason)
    if state.status == "paused" and state.reason in {"asked", "blocked", "quota"}:
        draft.emit(e.RunResumed(detail=f"{st.key} was skipped"))


def execute(draft: Draft, command: ExecuteStep) -> None:
    """Run exactly one step of a paused run."""
    st = find(draft, command.step)
    state = draft.state
    _open(draft, "exec")
    if state.status == "running":
        refuse("exec", "the run is running; pause it first")
    if st.status != "pending" or not st.offered:
        refuse(
            "exec", f"step {st.key} is {st.status}" + ("" if st.offered else " and what it needs is not done")
        )
    if not needs_place(state, state.graph.steps[st.index], st):
        refuse(
            "exec", f"step {st.key} first needs a condition, an answer or its items; resume the run instead"
        )
    draft.emit(e.StepStarted(step=st.key, round=st.round, attempt=st.attempt + 1))


def set_fact(draft: Draft, command: SetFact) -> None:
    """Make a fact known; an ask for it is answered by that."""
    _open(draft, "set a fact")
    waiting = [
        name
        for name, opened in draft.state.asks.items()
        if opened.about == "fact" and opened.fact == command.name
    ]
    if not waiting:
        draft.emit(e.FactSet(name=command.name, value=command.value, by=command.by))
    for name in waiting:
        answer(draft, Answer(ask=name, verdict="approve", by=command.by, value=command.value))


def raise_budget(draft: Draft, command: RaiseBudget) -> None:
    """Allow more; a run that waits for it goes on."""
    _open(draft, "raise the budget")
    draft.emit(
        e.BudgetRaised(
            cost_usd=command.cost_usd,
            tokens=command.tokens,
            attempts=command.attempts,
            seconds=command.seconds,
        )
    )
    for name, opened in list(draft.state.asks.items()):
        if opened.about == "budget":
            draft.emit(
                e.AskWithdrawn(step=opened.step, round=opened.round, ask=name, reason="the budget was raised")
            )
    if draft.state.status == "paused" and draft.state.reason == "budget":
        draft.emit(e.RunResumed(detail=command.by))


def publish(draft: Draft, command: Publish) -> None:
    """Put own events on the feed."""
    for event in command.events:
        draft.emit(event)


def find(draft: Draft, key: str) -> StepState:
    """The step of that key. Raises NoSuchStep with the nearest name."""
    st = draft.state.steps.get(key)
    if st is None:
        near = get_close_matches(key, draft.state.steps, n=1)
        raise NoSuchStep(
            run=draft.state.run, step=key, nearest=near[0] if near else "one of `weft show`'s list"
        )
    return st


def _open(draft: Draft, verb: str) -> None:
    if draft.state.status not in OPEN:
        refuse(verb, f"the run is {draft.state.status}")
