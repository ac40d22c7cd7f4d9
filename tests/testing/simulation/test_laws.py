"""Each law is broken by one event that the core would never make, and said in words; what the core does make breaks none."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.plan import Effect, Perform, set_timer
from ropewalk.core.state import Graph, Landing, Spent, State, Unwanted, new_state
from ropewalk.core.work import Options, Outcome, Verdict
from ropewalk.definition.policy import Budget, Limits, Retry
from ropewalk.definition.workflow import Approval, BackTo, Decision, Foreach, Route, Step, Workflow
from ropewalk.testing.given import Given, broken, done, given
from ropewalk.testing.simulation import laws
from ropewalk.testing.simulation.laws import Memory, given_up, rests, tag, witness
from tests.core.flows import GO, answer, flow, noop, started

EACH = noop("each", foreach=Foreach('["x", "y"]', at_most=1))
CHOICE = Decision(routes=(Route("on", when="true", to=("x",)), Route("off", to=("y",))))
DECIDED = flow(Step("d", "decide", decision=CHOICE), noop("x", "d"), noop("y", "d"))
MERGE = Step("merge", "merge", needs=("a",), workspace="read", internal=True)
LANDING = Landing("main", "merge", "completed", "", "", 0.0, None, ())
WAITS = noop("a", retry=Retry(delay_seconds=5.0, jitter=False))


def begun(*steps: Step, **limits: object) -> Given:
    """A run that was started, and nothing in it."""
    return given(flow(*steps, limits=Limits(**limits)), e.RunStarted())  # type: ignore[arg-type]


def asking(*others: Step) -> Given:
    return started(flow(Step("q", "ask", ask=Approval()), *others))


def the_ask(run: Given) -> str:
    (name,) = run.state.asks
    return name


def ended() -> Given:
    return started(flow(noop("a"))).after(done("a"), GO)


def changed(run: Given, steps: dict[str, dict[str, object]] | None = None, **fields: object) -> Given:
    """The same run, with other values in its state and in its steps."""
    for name, value in fields.items():
        setattr(run.state, name, value)
    for key, values in (steps or {}).items():
        for name, value in values.items():
            setattr(run.step(key), name, value)
    return run


def merged(**fields: object) -> Given:
    """A run whose last step is done, and that has not ended yet."""
    return changed(started(flow(noop("a"), MERGE)), {"merge": {"status": "succeeded"}}, **fields)


class Breach(NamedTuple):
    """What has been, the event that may not come then, and what else the law looks at."""

    run: Callable[[], Given]
    event: Callable[[Given], e.Event] | e.Event
    command: c.Command = GO
    at: float = 0.0
    memory: Callable[[], Memory] = Memory


BREACHES = {
    "the run stalled: no way on": Breach(ended, e.RunStalled("no way on")),
    "step.started after the end": Breach(ended, e.StepStarted("a", attempt=2)),
    "a goes from running by step.started to running": Breach(
        lambda: started(flow(noop("a"))), e.StepStarted("a", attempt=2)
    ),
    "a run goes from running by run.started to running": Breach(lambda: begun(noop("a")), e.RunStarted()),
    # A step begins
    "a starts in a run that is paused": Breach(lambda: begun(noop("a")).after(c.Pause()), e.StepStarted("a")),
    "end starts when the run is closing: ''": Breach(
        lambda: begun(noop("a"), noop("end", final=True)), e.StepStarted("end")
    ),
    "b starts in a run that fails": Breach(
        lambda: begun(noop("a"), noop("z"), noop("b")).after(c.Advance(2), broken("a")), e.StepStarted("b")
    ),
    "attempt 2 of a comes after 0": Breach(lambda: begun(noop("a")), e.StepStarted("a", attempt=2)),
    "('a', 2, 1) begins in round 1": Breach(lambda: begun(noop("a")), e.StepStarted("a", round=2)),
    "('a', 1, 1) begins twice": Breach(
        lambda: begun(noop("a")), e.StepStarted("a"), memory=lambda: Memory(started={("a", 1, 1)})
    ),
    "('a', 1) begins again after it succeeded": Breach(
        lambda: begun(noop("a")), e.StepStarted("a"), memory=lambda: Memory(succeeded={("a", 1)})
    ),
    "b starts without a slot": Breach(
        lambda: begun(noop("a"), noop("b"), parallel=1).after(GO), e.StepStarted("b")
    ),
    "b starts next to ['sub']": Breach(
        lambda: started(
            flow(Step("sub", "call", args={"workflow": "other"}), noop("b")), options=Options(sequential=True)
        ),
        e.StepStarted("b"),
    ),
    "sub starts next to ['a']": Breach(
        lambda: started(flow(noop("a"), Step("sub", "call")), options=Options(sequential=True)),
        e.StepStarted("sub", child="r/sub"),
    ),
    "b starts while its needs are open": Breach(lambda: started(flow(noop("a"), noop("b", "a"))), e.StepStarted("b")),
    "y starts on a route that was not taken": Breach(lambda: started(DECIDED), e.StepStarted("y")),
    "a starts before its `when` was judged": Breach(lambda: begun(noop("a", when="true")), e.StepStarted("a")),
    "a starts before anybody agreed": Breach(lambda: begun(noop("a", ask=Approval())), e.StepStarted("a")),
    "a starts after 1 tries": Breach(
        lambda: started(flow(noop("a", retry=Retry(attempts=1), on_failure="continue"), noop("z"))).after(
            broken("a", "transient")
        ),
        e.StepStarted("a", attempt=2),
    ),
    "a starts before its time": Breach(
        lambda: started(flow(WAITS)).after(broken("a", "transient")), e.StepStarted("a", attempt=2)
    ),
    "each[y] starts, its foreach does not run": Breach(
        lambda: changed(started(flow(EACH)), {"each": {"status": "waiting"}}), e.StepStarted("each[y]")
    ),
    "each[y] begins after another item failed": Breach(
        lambda: changed(started(flow(EACH)), {"each[x]": {"status": "failed"}}), e.StepStarted("each[y]")
    ),
    # What it costs
    "b is one attempt too many": Breach(
        lambda: begun(noop("a"), noop("b"), budget=Budget(attempts=1)).after(c.Advance(1)), e.StepStarted("b")
    ),
    "b takes reserved money": Breach(
        lambda: begun(noop("a", budget=Budget(cost_usd=0.6)), noop("b"), budget=Budget(cost_usd=1.0)).after(c.Advance(1)),
        e.StepStarted("b", reserved_usd=0.6),
    ),
    "b has no money left": Breach(
        lambda: changed(begun(noop("a"), noop("b"), budget=Budget(cost_usd=1.0)), spent=Spent(cost_usd=1.0)),
        e.StepStarted("b"),
    ),
    "b has no tokens left": Breach(
        lambda: changed(begun(noop("a"), noop("b"), budget=Budget(tokens=5)), spent=Spent(tokens=5)),
        e.StepStarted("b"),
    ),
    # It succeeds or is skipped
    "('a', 1) succeeds as round 2": Breach(lambda: started(flow(noop("a"))), e.StepSucceeded("a", round=2)),
    "('a', 1) succeeds twice": Breach(
        lambda: started(flow(noop("a"))), e.StepSucceeded("a"), memory=lambda: Memory(succeeded={("a", 1)})
    ),
    "('a', 1) succeeds against its gate": Breach(
        lambda: started(flow(noop("a"))), e.StepSucceeded("a"), memory=lambda: Memory(red={("a", 1, 1)})
    ),
    "('a', 1) succeeds, nobody approved": Breach(
        lambda: started(flow(noop("a", approve=Approval()))), e.StepSucceeded("a")
    ),
    "each gives its items in another order": Breach(
        lambda: started(flow(EACH)), e.StepSucceeded("each", result=Outcome(outputs={"keys": ["y", "x"]}))
    ),
    "each gives other results than its items": Breach(
        lambda: started(flow(EACH)),
        e.StepSucceeded("each", result=Outcome(outputs={"keys": ["x", "y"], "items": [None]})),
    ),
    "b is skipped (need) while its needs are open": Breach(
        lambda: started(flow(noop("a"), noop("b", "a"))), e.StepSkipped("b", cause="need")
    ),
    "x is left out by a decision that leads to it": Breach(
        lambda: started(DECIDED), e.StepSkipped("x", cause="route", decision="d")
    ),
    # Times and answers
    "a comes due and waits for no time": Breach(lambda: started(flow(WAITS)), e.StepDue("a")),
    "a comes due at 4.0, its time is 5": Breach(
        lambda: started(flow(WAITS)).after(broken("a", "transient")), e.StepDue("a"), at=4.0
    ),
    "a comes due while all rests": Breach(
        lambda: started(flow(WAITS)).after(broken("a", "transient"), c.Pause()), e.StepDue("a"), at=9.0
    ),
    "a9 is answered and not open": Breach(asking, e.AskAnswered("q", ask="a9")),
    "expires and has no time": Breach(asking, lambda run: e.AskAnswered("q", ask=the_ask(run), expired=True)),
    "expires while all rests": Breach(
        lambda: asking().after(c.Pause()), lambda run: e.AskAnswered("q", ask=the_ask(run), expired=True), at=9.0
    ),
    "is asked twice": Breach(asking, lambda run: e.AskOpened("q", ask=the_ask(run))),
    "a1 is asked again": Breach(lambda: asking(noop("z")).after(answer("a1")), e.AskOpened("q", ask="a1")),
    "a1 expires at 3.0, its time is 7": Breach(
        lambda: started(flow(Step("q", "ask", ask=Approval(expires_seconds=7.0, default="approve")))),
        e.AskAnswered("q", ask="a1", expired=True),
        at=3.0,
    ),
    "two asks for more at once": Breach(
        lambda: changed(started(flow(noop("a"))), asks={"b1": e.AskOpened("a", ask="b1", about="budget")}),
        e.AskOpened("a", ask="b2", about="budget"),
    ),
    # Rounds and phases
    "a sends back for the 2th time of 1": Breach(
        lambda: started(flow(noop("a", back_to=BackTo("a", at_most=1)))).after(
            done("a", Outcome(verdicts=(Verdict("g", "FAIL"),)))
        ),
        e.RoundOpened("a", "a", ("a",), 2),
    ),
    "turn 2 of a comes after 0": Breach(lambda: started(flow(noop("a"))), e.RoundOpened("a", "a", ("a",), 2)),
    "b is not in its own round": Breach(
        lambda: started(flow(noop("a"), noop("b"))), e.RoundOpened("a", "b", ("a",), 1)
    ),
    "a is not in the round that it opens": Breach(
        lambda: started(flow(noop("a"), noop("b"))), e.RoundOpened("a", "b", ("b",), 1)
    ),
    "a goes back to a round that was before": Breach(
        lambda: started(flow(noop("a"))),
        e.RoundOpened("a", "a", ("a",), 1),
        memory=lambda: Memory(started={("a", 2, 1)}),
    ),
    "phase p is over too early": Breach(lambda: started(flow(noop("a", phase="p"))), e.PhaseCompleted("p")),
    # The run
    "the run completes with ['a']": Breach(lambda: started(flow(noop("a"))), e.RunCompleted()),
    "the run fails, and nobody says why": Breach(lambda: started(flow(noop("a"))), e.RunFailed()),
    "by request goes on by itself": Breach(lambda: started(flow(noop("a"))).after(c.Pause()), e.RunResumed()),
    "a blocked run goes on by itself": Breach(
        lambda: started(flow(noop("a", on_failure="pause"))).after(broken("a"), GO), e.RunResumed()
    ),
    "a run lands that merges nothing": Breach(lambda: started(flow(noop("a"))), e.RunLanded("main", "c")),
    "the run lands while its last step is pending": Breach(
        lambda: started(flow(noop("a"), MERGE)), e.RunLanded("main", "c")
    ),
    "a run lands that fails": Breach(lambda: merged(failing=True), e.RunLanded("main", "c")),
    "it lands somewhere else": Breach(lambda: merged(landing=LANDING), e.RunLanded("other", "c")),
    "a landing fails, and nobody says why": Breach(lambda: merged(landing=LANDING), e.LandingFailed("main")),
    "a landing fails that nobody wanted": Breach(
        lambda: started(flow(noop("a"), MERGE)), e.LandingFailed("main", "no")
    ),
}  # fmt: skip


@pytest.mark.parametrize("law", BREACHES)
def test_an_event_that_may_not_come_is_named_with_the_law(law: str):
    breach = BREACHES[law]
    run = breach.run()
    event = breach.event if isinstance(breach.event, e.Event) else breach.event(run)
    with pytest.raises(AssertionError) as fault:
        witness(run.state, event, breach.at, breach.memory(), breach.command)
    assert law in str(fault.value)


def witnessed(run: Given, workflow: Workflow, command: c.Command = GO) -> tuple[State, Memory]:
    """The history of a run, each event judged as it comes."""
    shadow, memory = new_state("r", workflow, Graph(workflow)), Memory()
    for event, at in run.history:
        witness(shadow, event, at, memory, command)
    return shadow, memory


def test_an_ordinary_history_breaks_no_law_and_is_remembered():
    workflow = flow(noop("a", retry=Retry(delay_seconds=0.0)), noop("b", "a"), EACH)
    run = started(workflow).after(broken("a", "transient"), GO, done("a"), GO, done("b"), done("each[x]"), GO)
    run = run.after(broken("each[y]"), GO)
    shadow, memory = witnessed(run, workflow)
    assert shadow == run.state
    assert shadow.status == "failed"
    assert memory.started >= {("a", 1, 1), ("a", 1, 2), ("b", 1, 1)}
    assert memory.succeeded >= {("a", 1), ("b", 1)}
    assert ("running", "step.succeeded", "succeeded") in memory.step_arrows
    assert ("running", "run.failed", "failed") in memory.run_arrows


def test_what_a_person_does_by_hand_is_allowed_to_a_person_only():
    paused = begun(noop("a")).after(c.Pause())
    witness(paused.state, e.StepStarted("a"), 0.0, Memory(), c.ExecuteStep("a"))
    resting = started(flow(noop("a"))).after(c.Pause())
    witness(resting.state, e.RunResumed(), 0.0, Memory(), c.Resume())
    assert resting.state.status == "running"


def test_a_red_gate_may_be_overruled_by_a_person_who_agreed():
    memory = Memory(red={("a", 1, 1)}, agreed={("a", 1)})
    run = started(flow(noop("a")))
    witness(run.state, e.StepSucceeded("a"), 0.0, memory, GO)
    assert run.step("a").status == "succeeded"


def test_an_event_is_called_as_it_stands_on_record():
    assert tag(e.StepStarted("a")) == "step.started"


# Rest --------------------------------------------------------------------------------------------------------------------


def _wake(state: State, at: float) -> None:
    set_timer(state, state.steps["a"], at)


UNRESTED: dict[str, tuple[Callable[[], Given], Callable[[State], object]]] = {
    "the run has not started": (lambda: given(flow(noop("a"))), lambda state: None),
    "nothing runs, nothing is due, nobody is asked": (
        lambda: started(flow(noop("a"))),
        lambda state: state.running.clear(),
    ),
    "could start": (lambda: begun(noop("a"), noop("b")).after(c.Advance(1)), lambda state: None),
    "could go on": (
        lambda: started(flow(noop("a"))),
        lambda state: state.immediate.append((0, 0, "a")),
    ),
    "[5.0] are over at 5.0": (lambda: started(flow(noop("a"))), lambda state: _wake(state, 5.0)),
    "the run is paused (asked), and nothing holds it": (asking, lambda state: state.asks.clear()),
    "the run is paused (quota), and nothing holds it": (
        asking,
        lambda state: setattr(state, "reason", "quota"),
    ),
    "the run is paused (budget), and nothing holds it": (
        asking,
        lambda state: setattr(state, "reason", "budget"),
    ),
}


@pytest.mark.parametrize("complaint", UNRESTED)
def test_a_run_that_could_go_on_does_not_rest(complaint: str):
    make, change = UNRESTED[complaint]
    state = make().state
    change(state)
    with pytest.raises(AssertionError) as fault:
        rests(state, 5.0)
    assert complaint in str(fault.value)


@pytest.mark.parametrize(
    ("make", "owed", "complaint"),
    [
        (ended, [Perform("a", 1, 1)], "an ended run is owed work"),
        (lambda: started(flow(noop("a"))), [], "owed are []"),
        (lambda: started(flow(Step("sub", "call"))), [], "calls are owed and kept"),
    ],
)
def test_what_is_owed_is_what_is_under_way(
    make: Callable[[], Given], owed: list[Effect], complaint: str, monkeypatch: pytest.MonkeyPatch
):
    state = make().state
    monkeypatch.setattr(laws, "plan", lambda state: owed)
    with pytest.raises(AssertionError) as fault:
        rests(state, 5.0)
    assert complaint in str(fault.value)


@pytest.mark.parametrize(
    "make",
    [
        ended,
        asking,
        lambda: started(flow(noop("a"))),
        lambda: started(flow(noop("a"))).after(c.Pause()),
        lambda: started(flow(noop("a", retry=Retry(delay_seconds=6.0, jitter=False)))).after(
            broken("a", "transient"), GO
        ),
        lambda: started(flow(Step("sub", "call", args={"workflow": "other"}))),
        lambda: begun(noop("a"), noop("b"), budget=Budget(cost_usd=1.0)).after(c.Advance(1)),
        lambda: started(flow(noop("a", on_failure="pause"))).after(broken("a"), GO),
    ],
)
def test_a_run_that_is_held_by_something_rests(make: Callable[[], Given]):
    rests(make().state, 5.0)


def test_where_a_budget_is_shared_a_run_may_wait_for_what_another_has_reserved():
    run = begun(noop("a"), budget=Budget(cost_usd=1.0))
    rests(run.state, 5.0, busy=True)
    with pytest.raises(AssertionError, match="nothing runs"):
        rests(run.state, 5.0, busy=False)


# What is not wanted any more ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("called", "goes_on"),
    [
        (lambda: None, False),
        (lambda: started(flow(noop("a"))).state, True),
        (lambda: ended().state, False),
        (lambda: started(flow(noop("a"), noop("end", final=True))).after(c.Abort(), GO).state, False),
    ],
)
def test_a_called_run_that_was_given_up_has_ended_or_only_cleans_up(
    called: Callable[[], State | None], goes_on: bool
):
    caller = started(flow(noop("a"))).state
    caller.unwanted["child"] = Unwanted("a", 1)
    child = called()
    if goes_on:
        with pytest.raises(AssertionError, match="child goes on, r has given it up"):
            given_up(caller, {"child": child}.get)
    else:
        given_up(caller, {"child": child}.get)
