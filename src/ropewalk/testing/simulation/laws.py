"""What must hold of every event, given the state before it, and of every run that comes to rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from ropewalk.core import RUN_TRANSITIONS, STEP_ENDED, STEP_TRANSITIONS, Call, EndCall, Perform, State, Wake
from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.evolve import evolve
from ropewalk.core.plan import plan
from ropewalk.definition import Budget
from ropewalk.testing.simulation.audit import judged, needs_of

AFTER_THE_END = (e.RunReopened, e.RunImported, e.NotePublished, e.LandingBegun, e.ChildStopped)


class Memory(Struct):
    """What one run has shown so far: attempts and successes that may not come twice, rounds of steps with a red gate,
    with a person's consent and tried again at a person's word, and the arrows of the tables that were taken."""

    started: set[tuple[str, int, int]] = field(default_factory=set)
    succeeded: set[tuple[str, int]] = field(default_factory=set)
    red: set[tuple[str, int, int]] = field(default_factory=set)
    agreed: set[tuple[str, int]] = field(default_factory=set)
    retried: set[tuple[str, int]] = field(default_factory=set)
    run_arrows: set[tuple[str, str, str]] = field(default_factory=set)
    step_arrows: set[tuple[str, str, str]] = field(default_factory=set)


def witness(before: State, event: e.Event, at: float, memory: Memory, command: c.Command) -> None:
    """Fold one event into `before`, and say (AssertionError) what is wrong with it."""
    assert not isinstance(event, e.RunStalled), f"the run stalled: {event.detail}"
    assert not before.ended or isinstance(event, AFTER_THE_END), f"{tag(event)} after the end"
    check = _CHECKS.get(type(event))
    if check is not None:
        check(before, event, at, memory, command)
    statuses = {key: st.status for key, st in before.steps.items()}
    status = before.status
    evolve(before, event, at)
    _arrows(before, event, status, statuses, memory)


def tag(event: e.Event) -> str:
    return str(event.__struct_config__.tag)


def _arrows(after: State, event: e.Event, status: str, statuses: Mapping[str, str], memory: Memory) -> None:
    """Only what the tables of transitions show may happen, and each event finds a way there."""
    name = tag(event)
    if name in _RUN_EVENTS:
        memory.run_arrows.add((status, name, after.status))
        assert after.status in RUN_TRANSITIONS.get((status, name), ()), (
            f"a run goes from {status} by {name} to {after.status}"
        )
    for key, was in statuses.items():
        now = after.steps[key].status if key in after.steps else was
        if now != was or (
            name in _STEP_EVENTS and key == getattr(event, "step", "") and now in _HELD.get(name, now)
        ):
            memory.step_arrows.add((was, name, now))
            assert now in STEP_TRANSITIONS.get((was, name), ()), f"{key} goes from {was} by {name} to {now}"


_RUN_EVENTS = {name for _, name in RUN_TRANSITIONS}
_STEP_EVENTS = {
    name
    for _, name in STEP_TRANSITIONS
    if not name.startswith(("run.", "landing.")) and name != "ask.answered"
}
_HELD = {"ask.opened": ("waiting",)}  # some asks let the attempt run on


def _begins(before: State, event: e.StepStarted, at: float, memory: Memory, command: c.Command) -> None:
    st = before.steps[event.step]
    step = before.graph.steps[st.index]
    by_hand = isinstance(command, c.ExecuteStep)
    assert before.status == "running" or by_hand, f"{st.key} starts in a run that is {before.status}"
    assert bool(before.closing) == step.final, f"{st.key} starts when the run is closing: {before.closing!r}"
    assert before.closing or not before.failing, f"{st.key} starts in a run that fails"
    assert event.attempt == st.attempt + 1, f"attempt {event.attempt} of {st.key} comes after {st.attempt}"
    name = (st.key, event.round, event.attempt)
    assert event.round == st.round, f"{name} begins in round {st.round}"
    assert name not in memory.started, f"{name} begins twice"
    assert name[:2] not in memory.succeeded, f"{name[:2]} begins again after it succeeded"
    memory.started.add(name)
    if not event.child:
        assert len(before.running) < before.parallel, f"{st.key} starts without a slot"
        _is_paid_for(before, event, at)
    if before.options.sequential:
        assert not before.running, f"{st.key} starts next to {list(before.running)}"
        assert not before.calls, f"{st.key} starts next to {list(before.calls)}"
    if st.parent:
        parent = before.steps[st.parent]
        assert parent.status == "running", f"{st.key} starts, its foreach does not run"
        broken = sum(before.steps[key].status == "failed" for key in parent.items)
        quorum = step.foreach.quorum if step.foreach else 0
        too_many = broken > (len(parent.items) - quorum if quorum else 0)
        fresh = too_many and event.attempt == 1 and st.round == parent.round and step.on_failure != "continue"
        assert not fresh, f"{st.key} begins after another item failed"
    else:
        verdict = judged(step, needs_of(before, st))
        assert verdict == "go", f"{st.key} starts while its needs are {verdict}"
        fresh = event.attempt == 1 and name[:2] not in memory.retried
        for decider in before.graph.deciders if fresh else ():
            assert step.id not in _left_out(before, decider), f"{st.key} starts on a route that was not taken"
    of_item = before.graph.each_when[st.index]
    admitted = st.admitted if of_item or not st.parent else before.steps[st.parent].admitted
    assert admitted or not step.when, f"{st.key} starts before its `when` was judged"
    assert st.asked or step.ask is None, f"{st.key} starts before anybody agreed"
    assert st.tries < step.retry.attempts, f"{st.key} starts after {st.tries} tries"
    assert st.key not in before.timers, f"{st.key} starts before its time"


def _is_paid_for(before: State, event: e.StepStarted, at: float) -> None:
    limit, spent, raised = before.workflow.limits.budget, before.spent, before.raised
    if before.graph.steps[before.steps[event.step].index].internal:
        return
    if limit.attempts is not None:
        assert spent.attempts < limit.attempts + raised.attempts, f"{event.step} is one attempt too many"
    units = (
        ("money", limit.cost_usd, raised.cost_usd, spent.cost_usd, spent.reserved_usd, event.reserved_usd),
        ("tokens", limit.tokens, raised.tokens, spent.tokens, spent.reserved_tokens, event.reserved_tokens),
    )
    for unit, most, more, used, held, wanted in units:
        if most is not None:
            assert used < most + more, f"{event.step} has no {unit} left"
            alone = not before.running or event.child
            assert alone or used + held + wanted <= most + more, f"{event.step} takes reserved {unit}"


def _left_out(before: State, decider: int) -> set[str]:
    """The steps that only routes lead to which a decision did not take."""
    step, named = before.graph.steps[decider], before.graph.named
    st = before.steps[step.id]
    if step.decision is None or st.status != "succeeded":
        return set()
    to = {r.name: {key for name in r.to for key in named[name]} for r in step.decision.routes}
    return set().union(*to.values()) - to[st.route]


def _succeeds(before: State, event: e.StepSucceeded, at: float, memory: Memory, command: c.Command) -> None:
    st = before.steps[event.step]
    name = (st.key, st.round)
    assert event.round == st.round or before.started_at is None, f"{name} succeeds as round {event.round}"
    assert name not in memory.succeeded, f"{name} succeeds twice"
    memory.succeeded.add(name)
    red = (*name, event.attempt) in memory.red
    assert not red or name in memory.agreed, f"{name} succeeds against its gate"
    step = before.graph.steps[st.index]
    each = step.foreach is not None and not st.parent
    is_approved_at_start = before.started_at is None
    assert step.approve is None or each or is_approved_at_start or name in memory.agreed, (
        f"{name} succeeds, nobody approved"
    )
    if st.items:
        keys = [key[len(st.key) + 1 : -1] for key in st.items]
        assert event.result.outputs["keys"] == keys, f"{st.key} gives its items in another order"
        well = [before.steps[key].result for key in st.items if before.steps[key].status == "succeeded"]
        enough = len(well) >= (step.foreach.quorum if step.foreach else 0)
        assert enough or name in memory.agreed, f"{st.key} succeeds without its quorum"
        outputs = [
            item.result.outputs if item.result and item.status == "succeeded" else None
            for item in (before.steps[key] for key in st.items)
        ]
        assert event.result.outputs["items"] == outputs, f"{st.key} gives other results than its items"


def _skips(before: State, event: e.StepSkipped, at: float, memory: Memory, command: c.Command) -> None:
    st = before.steps[event.step]
    _leaves_out(before, event)
    if st.parent or event.cause not in {"need", "route"} or event.decision:
        return
    verdict = judged(before.graph.steps[st.index], needs_of(before, st))
    assert verdict == event.cause, f"{st.key} is skipped ({event.cause}) while its needs are {verdict}"


def _comes_due(before: State, event: e.StepDue, at: float, memory: Memory, command: c.Command) -> None:
    due = before.timers.get(event.step)
    assert due is not None, f"{event.step} comes due and waits for no time"
    assert due <= at, f"{event.step} comes due at {at}, its time is {due}"
    assert (before.status, before.reason) != ("paused", "by request"), (
        f"{event.step} comes due while all rests"
    )


def _answers(before: State, event: e.AskAnswered, at: float, memory: Memory, command: c.Command) -> None:
    opened = before.asks.get(event.ask)
    assert opened is not None, f"{event.ask} is answered and not open"
    if opened.about in {"approval", "escalation"} and event.verdict not in {"reject", "retry"}:
        memory.agreed.add((opened.step, before.steps[opened.step].round))
    if event.expired:
        assert (before.status, before.reason) != ("paused", "by request"), (
            f"{event.ask} expires while all rests"
        )
        assert opened.expires_at is not None, f"{event.ask} expires and has no time"
        assert opened.expires_at <= at, f"{event.ask} expires at {at}, its time is {opened.expires_at}"


def _opens(before: State, event: e.AskOpened, at: float, memory: Memory, command: c.Command) -> None:
    assert event.ask not in before.asks, f"{event.ask} is asked twice"
    assert event.ask not in before.answers, f"{event.ask} is asked again"
    if event.about == "budget":
        assert all(a.about != "budget" for a in before.asks.values()), "two asks for more at once"


def _again(before: State, event: e.RoundOpened, at: float, memory: Memory, command: c.Command) -> None:
    st = before.steps[event.step]
    back = before.graph.steps[st.index].back_to
    by_hand = isinstance(command, c.Answer)
    if back is not None and event.turn > st.turns and not by_hand:
        most = min(back.at_most, before.workflow.limits.rounds)
        assert event.turn <= most, f"{st.key} sends back for the {event.turn}th time of {most}"
    assert event.turn - st.turns in {0, 1}, f"turn {event.turn} of {st.key} comes after {st.turns}"
    for key in event.steps:
        began = (key, before.steps[key].round + 1, 1) in memory.started
        assert not began, f"{key} goes back to a round that was before"
    named = before.graph.named.get(event.to, (event.to,))
    assert set(named) & set(event.steps), f"{event.to} is not in its own round"
    assert event.step in event.steps, f"{event.step} is not in the round that it opens"


def _tries_again(before: State, event: e.StepRetried, at: float, memory: Memory, command: c.Command) -> None:
    if before.steps[event.step].status != "skipped":
        memory.retried.add((event.step, event.round))


def _judged(before: State, event: e.GateJudged, at: float, memory: Memory, command: c.Command) -> None:
    name = (event.step, event.round, event.attempt)
    if event.verdict.verdict == "FAIL":
        memory.red.add(name)


def _phase_ends(
    before: State, event: e.PhaseCompleted, at: float, memory: Memory, command: c.Command
) -> None:
    steps = [before.steps[s.id] for s in before.graph.steps if s.phase == event.phase]
    assert all(st.status in STEP_ENDED for st in steps), f"phase {event.phase} is over too early"


def _leaves_out(before: State, event: e.StepSkipped) -> None:
    st = before.steps[event.step]
    if event.cause == "route" and event.decision:
        decider = before.graph.index[event.decision]
        assert st.key in _left_out(before, decider), f"{st.key} is left out by a decision that leads to it"


def _completes(before: State, event: e.RunCompleted, at: float, memory: Memory, command: c.Command) -> None:
    bad = [
        key
        for key, st in before.steps.items()
        if st.status not in {"succeeded", "skipped"}
        and not st.parent
        and not (st.status == "failed" and before.graph.steps[st.index].optional)
    ]
    assert not bad, f"the run completes with {bad}"


def _resumes(before: State, event: e.RunResumed, at: float, memory: Memory, command: c.Command) -> None:
    by_hand = isinstance(command, c.Resume)
    assert by_hand or before.reason != "by request", "a run that was paused by request goes on by itself"
    by_hand = by_hand or isinstance(command, c.RetryStep | c.SkipStep)
    assert by_hand or before.reason != "blocked", "a blocked run goes on by itself"


def _lands(before: State, event: e.RunLanded, at: float, memory: Memory, command: c.Command) -> None:
    st = before.merge_step
    assert st is not None, "a run lands that merges nothing"
    assert st.status == "succeeded", f"the run lands while its last step is {st.status}"
    assert before.landing is None or event.target == before.landing.target, "it lands somewhere else"
    assert not before.failing or before.landing is not None, "a run lands that fails"


def _does_not_land(
    before: State, event: e.LandingFailed, at: float, memory: Memory, command: c.Command
) -> None:
    assert before.landing is not None, "a landing fails that nobody wanted"
    assert event.reason, "a landing fails, and nobody says why"


def _fails(before: State, event: e.RunFailed, at: float, memory: Memory, command: c.Command) -> None:
    assert event.reason, "the run fails, and nobody says why"


Check = Callable[[State, Any, float, Memory, c.Command], None]

_CHECKS: dict[type[e.Event], Check] = {
    e.RunFailed: _fails,
    e.RunLanded: _lands,
    e.LandingFailed: _does_not_land,
    e.RunResumed: _resumes,
    e.RunCompleted: _completes,
    e.StepStarted: _begins,
    e.StepSucceeded: _succeeds,
    e.StepSkipped: _skips,
    e.StepDue: _comes_due,
    e.AskAnswered: _answers,
    e.AskOpened: _opens,
    e.RoundOpened: _again,
    e.StepRetried: _tries_again,
    e.GateJudged: _judged,
    e.PhaseCompleted: _phase_ends,
}


def rests(state: State, now: float, busy: bool = False) -> None:
    """After everything that may happen has happened: the run has ended, or something that is named holds it. `busy`: in a
    run that shares a budget with it an attempt is under way, whose reservation comes back when it ends."""
    assert state.status != "pending", "the run has not started"
    if state.ended:
        assert all(isinstance(effect, EndCall) for effect in plan(state)), "an ended run is owed work"
        return
    owed = plan(state)
    performs = [(effect.step, effect.round, effect.attempt) for effect in owed if isinstance(effect, Perform)]
    kept = [(key, state.steps[key].round, state.steps[key].attempt) for key in state.running]
    assert performs == kept, f"owed are {performs}, running {kept}"
    assert [effect.step for effect in owed if isinstance(effect, Call)] == list(state.calls), (
        "calls are owed and kept"
    )
    wakes = [effect.at for effect in owed if isinstance(effect, Wake)]
    if state.status == "paused":
        _pauses(state)
        if state.reason == "by request":
            return
    else:
        waits = busy and bool(state.ready)
        assert waits or state.running or state.moving or wakes, (
            "nothing runs, nothing is due, nobody is asked"
        )
        assert not state.immediate or state.failing, f"{state.immediate} could go on"
        if state.ready and state.room > 0 and not state.failing:
            # A reservation of its own family may have to be given back first.
            limited = state.parent is not None or state.workflow.limits.budget != Budget()
            assert limited, f"{state.ready} could start"
    assert all(at > now for at in wakes), f"{wakes} are over at {now}"


def given_up(state: State, state_of: Callable[[str], State | None]) -> None:
    """A called run that nobody waits for any more has ended, or does no more than its final steps."""
    for child in state.unwanted:
        called = state_of(child)
        assert called is None or called.ended or called.closing, (
            f"{child} goes on, {state.run} has given it up"
        )


def _pauses(state: State) -> None:
    holds = {
        "asked": bool(state.asks or state.calls),
        "quota": bool(state.timers),
        "budget": any(a.about == "budget" for a in state.asks.values()),
        "blocked": True,
        "by request": True,
    }
    assert holds[state.reason], f"the run is paused ({state.reason}), and nothing holds it"
