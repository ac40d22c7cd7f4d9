"""What people and programs may tell a run to do; what makes no sense in its state is refused with the reason."""

from __future__ import annotations

from difflib import get_close_matches

from ropewalk.core import events as e
from ropewalk.core.asks import withdraw, withdraw_budget_asks
from ropewalk.core.budgets import WAITS, begin_attempt, used_up
from ropewalk.core.commands import (
    RUN_ID_RULE,
    Abort,
    Create,
    ExecuteStep,
    Hold,
    Import,
    Pause,
    Publish,
    RaiseBudget,
    Resume,
    RetryStep,
    SetFact,
    SkipStep,
    is_run_id,
)
from ropewalk.core.endings import skip_step, stop_running
from ropewalk.core.merge import end_landing, refuse_while_landing
from ropewalk.core.recorder import Recorder, refuse
from ropewalk.core.rounds import left_out_by, retry, take_along
from ropewalk.core.run import close
from ropewalk.core.state import State, StepState
from ropewalk.core.texts import run_title
from ropewalk.definition import fact_fault, fact_value, unknown_fact
from ropewalk.errors import NoSuchStep

OPEN = frozenset({"pending", "running", "paused"})
KEEPS = (
    e.StepAdmitted
    | e.StepExpanded
    | e.StepSucceeded
    | e.StepSkipped
    | e.DecisionMade
    | e.GateJudged
    | e.FactSet
    | e.NotePublished
)
"""What a fork may bring along: facts about what is over."""
OWN = e.NotePublished
"""What may be told to a run from outside: nothing that the rules decide."""


def create(recorder: Recorder, command: Create) -> None:
    """Begin a run; doing it twice is refused. Raises TemplateError for a title that cannot be filled in."""
    if recorder.state.created:
        refuse("start", f"run {recorder.state.run} is there already")
    if not is_run_id(recorder.state.run):
        refuse("start", f"{recorder.state.run!r:.80} is no name for a run: {RUN_ID_RULE}")
    for event in command.kept:
        if not isinstance(event, KEEPS):
            refuse("fork", f"{_tag(event)} is nothing that a fork can keep")
    title = run_title(recorder.state, command.inputs)
    recorder.emit(
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
            title=title,
            called=command.called,
        )
    )
    for event in command.kept:
        recorder.emit(event)


def take_in(recorder: Recorder, command: Import) -> None:
    """What came from another store is only looked at until somebody resumes it."""
    recorder.emit(e.RunImported(root=command.root, by=command.by))


def pause(recorder: Recorder, command: Pause) -> None:
    """What runs finishes and is recorded, nothing starts."""
    _open(recorder, "pause")
    if recorder.state.status == "paused" and recorder.state.reason == "by request":
        refuse("pause", "the run is paused already")
    if recorder.state.closing == "aborted":
        refuse("pause", "the run is being aborted")
    why = ": ".join(word for word in (command.by, command.reason) if word)
    recorder.emit(e.RunPaused(reason="by request", detail=why))


def hold(recorder: Recorder, command: Hold) -> None:
    """Wait for values that were never kept; what runs finishes. A run that stands still until somebody lets it go on is left as
    it is; one that goes on by itself, when a time or an answer comes, is not."""
    state = recorder.state
    moves = state.status in {"pending", "running"} or (
        state.status == "paused" and state.reason in {"quota", "asked"}
    )
    if moves and state.closing != "aborted":
        recorder.emit(e.RunPaused(reason="secret", detail=command.detail))


def resume(recorder: Recorder, command: Resume) -> None:
    """Go on after a pause by request or a block; a pause for an answer ends with the answer."""
    state = recorder.state
    _open(recorder, "resume")
    if state.status != "paused":
        refuse("resume", f"the run is {state.status}, not paused")
    if state.reason == "asked" and state.asks:
        refuse(
            "resume",
            f"it waits for an answer to {', '.join(state.asks)}; `ropewalk inbox` shows what is asked",
        )
    if state.reason == "budget":
        refuse("resume", "its budget is used up; answer the ask to allow more")
    recorder.emit(e.RunResumed(detail=command.by) if state.started_at is not None else e.RunStarted())
    for key in [key for key, policy in state.failed.items() if policy == "pause"]:
        retry(recorder, state.steps[key])


def abort(recorder: Recorder, command: Abort) -> None:
    """Stop everything; final steps still run, for as long as their grace allows, but not those of a mere import.

    A landing that is aborted leaves the run as it was before.
    """
    _open(recorder, "abort")
    by = f" (by {command.by})" if command.by else ""
    reason = (command.reason or "aborted") + by
    stop_running(recorder, reason)
    if recorder.state.landing is not None:
        end_landing(recorder, reason)
        return
    if recorder.state.closing or recorder.state.started_at is None or recorder.state.untouched:
        recorder.emit(e.RunAborted(reason=reason))
    else:
        close(recorder, "aborted", reason)


def retry_step(recorder: Recorder, command: RetryStep) -> None:
    """Try failed steps again with a fresh budget of attempts, and what was stopped with them; an ended run goes on."""
    state = recorder.state
    refuse_while_landing(recorder, "retry")
    if command.step:
        st = step_named(recorder.state, command.step)
        chosen = [state.steps[st.parent] if st.parent else st]
        if chosen[0].status not in {"failed", "aborted"}:
            refuse("retry", f"step {chosen[0].key} is {chosen[0].status}, not failed")
    else:
        chosen = [st for st in state.steps.values() if not st.parent and st.status in {"failed", "aborted"}]
        if not chosen:
            refuse("retry", "no step has failed")
    _not_completed(state, "retry")
    if state.closing and not state.ended:
        refuse("retry", f"the run is ending ({state.closing}); retry it when it has ended")
    if state.ended:
        recorder.emit(e.RunReopened())
    for st in chosen:
        if st.status in {"failed", "aborted"}:
            retry(recorder, st, command.reason)
    _take_up_aborted(recorder)
    _unblock(recorder, command.by)


def skip(recorder: Recorder, command: SkipStep) -> None:
    """Leave a step out; its successors go on as if it were done."""
    st = step_named(recorder.state, command.step)
    state = recorder.state
    refuse_while_landing(recorder, "skip")
    had_failed = st.status == "failed"
    if st.status in {"succeeded", "skipped", "aborted"}:
        refuse("skip", f"step {st.key} is {st.status}")
    if st.parent and state.steps[st.parent].status != "running":
        refuse("skip", f"its foreach {st.parent} is {state.steps[st.parent].status}")
    _not_completed(state, "skip")
    if had_failed and state.closing and not state.ended:
        refuse("skip", f"the run is ending ({state.closing}); skip it when it has ended")
    if state.ended:
        recorder.emit(e.RunReopened())
    reason = command.reason or "skipped"
    left_out = left_out_by(state, st)
    _stop_items(recorder, st, reason)
    skip_step(recorder, st, "operator", f"{reason} (by {command.by})" if command.by else reason)
    take_along(recorder, left_out)
    if had_failed:
        _take_up_aborted(recorder)
        _unblock(recorder, f"{st.key} was skipped")
    elif state.status == "paused" and state.reason in {"asked", "quota"}:
        recorder.emit(e.RunResumed(detail=f"{st.key} was skipped"))


def _stop_items(recorder: Recorder, parent: StepState, reason: str) -> None:
    for st in [recorder.state.steps[key] for key in parent.items]:
        withdraw(recorder, st, reason)  # one that has not begun may ask for more budget
        if st.status in {"running", "waiting"}:
            recorder.end(e.StepAborted(step=st.key, round=st.round, reason=reason))


def _take_up_aborted(recorder: Recorder) -> None:
    """What was stopped because a step failed, or the run ended, is done after all."""
    for st in [st for st in recorder.state.steps.values() if st.status == "aborted" and not st.parent]:
        retry(recorder, st)


def _unblock(recorder: Recorder, detail: str) -> None:
    """A run that was held up by failed steps goes on when the last of them is taken care of."""
    state = recorder.state
    if state.status == "paused" and state.reason == "blocked" and "pause" not in state.failed.values():
        recorder.emit(e.RunResumed(detail=detail))


def execute(recorder: Recorder, command: ExecuteStep) -> None:
    """Run exactly one step of a paused run."""
    st = step_named(recorder.state, command.step)
    state = recorder.state
    _open(recorder, "exec")
    refuse_while_landing(recorder, "exec")
    if state.status != "paused":
        refuse("exec", f"the run is {state.status}; pause it first")
    if state.started_at is None:
        refuse("exec", "the run has not started; resume it instead")
    if state.winding_up:
        refuse("exec", "the run is failing; retry or skip what failed first")
    if st.status != "pending" or not st.queued:
        refuse(
            "exec", f"step {st.key} is {st.status}" + ("" if st.queued else " and what it needs is not done")
        )
    if not _is_attempt(state, st):
        refuse(
            "exec", f"step {st.key} first needs a condition, an answer or its items; resume the run instead"
        )
    if state.room <= 0:
        refuse("exec", f"all {state.parallel} slots of the run are taken")
    why = used_up(state, st, recorder.now, command.around)
    if why:
        taken = "what is left of the budget is reserved" if why == WAITS else f"the budget is used up: {why}"
        refuse("exec", taken)
    begin_attempt(recorder, st, command.around)


def _is_attempt(state: State, st: StepState) -> bool:
    step = state.graph.steps[st.index]
    return st.queued == "ready" and step.kind != "call"


def set_fact(recorder: Recorder, command: SetFact) -> None:
    """Make a fact known; what was asked about it is answered by that."""
    _open(recorder, "set a fact")
    state = recorder.state
    fact = state.workflow.facts.get(command.name)
    value = fact_value(fact, command.value)
    why = unknown_fact(command.name, state.workflow, (*state.facts, *state.wanted))
    why = why or fact_fault(command.name, fact, value)
    if why:
        refuse("set a fact", why)
    recorder.emit(e.FactSet(name=command.name, value=value, by=command.by))


def raise_budget(recorder: Recorder, command: RaiseBudget) -> None:
    """Allow more; a run that waits for it goes on."""
    _open(recorder, "raise the budget")
    more = (command.cost_usd, command.tokens, command.attempts, command.seconds)
    if not any(more) or any(amount is not None and amount < 0 for amount in more):
        refuse("raise the budget", "say how much more: a number above 0")
    recorder.emit(
        e.BudgetRaised(
            cost_usd=command.cost_usd,
            tokens=command.tokens,
            attempts=command.attempts,
            seconds=command.seconds,
        )
    )
    withdraw_budget_asks(recorder, "the budget was raised")


def publish(recorder: Recorder, command: Publish) -> None:
    """Put own events on the feed."""
    for event in command.events:
        if not isinstance(event, OWN):
            refuse("publish", f"{_tag(event)} is nothing that can be told to a run")
    for event in command.events:
        recorder.emit(event)


def _tag(event: e.Event) -> str:
    return str(event.__struct_config__.tag)


def step_named(state: State, key: str) -> StepState:
    """The step of that key. Raises NoSuchStep with the nearest name."""
    st = state.steps.get(key)
    if st is None:
        near = get_close_matches(key, state.steps, n=1)
        raise NoSuchStep(
            run=state.run, step=key, nearest=near[0] if near else "one of `ropewalk show`'s list"
        )
    return st


def _not_completed(state: State, verb: str) -> None:
    if state.status == "completed":
        refuse(
            verb, "the run is completed, what failed was optional; `ropewalk fork` begins a new run at a step"
        )


def _open(recorder: Recorder, verb: str) -> None:
    if recorder.state.status not in OPEN:
        refuse(verb, f"the run is {recorder.state.status}")
