"""The audit counts a state out anew: of a state that the core made it says nothing, and of one in which a single number, queue,
heap or table is wrong it says which."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import msgspec
import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.state import Graph, State, StepState, Unwanted, new_state
from ropewalk.core.transitions import judge
from ropewalk.core.work import Amount, Options
from ropewalk.definition.policy import Budget, Join, Limits, Retry, Timeouts
from ropewalk.definition.workflow import Approval, Foreach, Step
from ropewalk.testing.given import broken, done
from ropewalk.testing.simulation.audit import audit, how, judged, needs_of
from tests.core.flows import GO, flow, noop, started

AWAITED = Step("question", "ask", ask=Approval())
CALLED = Step("sub", "call", args={"workflow": "other"})
EACH = noop("each", foreach=Foreach('["x", "y", "z"]', at_most=1))
LIMITED = noop("paid", phase="p", timeout=Timeouts(step_seconds=50.0), budget=Budget(cost_usd=0.5, tokens=9))
RETRIED = noop("again", retry=Retry(delay_seconds=5.0, jitter=False))
EVERYTHING = flow(
    noop("over"), LIMITED, noop("next", "paid", phase="p"), RETRIED, EACH, AWAITED, CALLED,
    noop("late"), noop("end", final=True),
    limits=Limits(parallel=4, budget=Budget(cost_usd=100.0, tokens=1_000)),
)  # fmt: skip


def everything_under_way() -> State:
    """Attempts, an item with others behind it, a timer, a deadline, an ask, a call, and a step that a slot is free for."""
    run = started(EVERYTHING).after(done("over"), broken("again", "transient"))
    statuses = run.statuses()
    assert {statuses[key] for key in ("paid", "each", "each[x]", "sub")} == {"running"}
    assert statuses["again"] == statuses["question"] == "waiting"
    assert run.step("late").queued == "ready"
    return run.state


def test_what_the_core_has_made_adds_up_from_the_first_event_to_the_last():
    run = started(EVERYTHING)
    audit(run.state)
    for command in (
        done("over"),
        broken("again", "transient"),
        c.Pause(),
        c.Resume(),
        broken("paid"),
        c.Abort(),
    ):
        audit(run.after(command, c.Advance(0)).state)
    for last in (GO, done("end"), GO):
        audit(run.after(last).state)
    assert run.state.ended


def test_a_run_that_was_not_created_has_nothing_to_count():
    audit(new_state("r", EVERYTHING, Graph(EVERYTHING)))


def _steps(state: State, **fields: object) -> None:
    """The graph with other fields of `each`."""
    state.graph.steps = tuple(
        msgspec.structs.replace(step, **fields) if step.id == "each" else step for step in state.graph.steps
    )


def _place(state: State, key: str, **fields: object) -> None:
    for name, value in fields.items():
        setattr(state.steps[key], name, value)


def _end_items(state: State) -> None:
    """All items of `each` have ended, and it has not heard of it."""
    del state.running["each[x]"]
    for key in state.steps["each"].items:
        _place(state, key, status="succeeded", queued="")
    _place(state, "each", open_items=0, queue=[])


def _ask(state: State, step: str, fact: str = "") -> None:
    """An ask of this step that nobody opened."""
    state.asks["q"] = e.AskOpened(step, ask="q", fact=fact)
    state.steps[step].asks["q"] = None


NO_BODY = e.AskOpened("nobody", ask="q")
AT_MOST_TWO = Foreach('["x", "y", "z"]', at_most=2)
CORRUPTIONS: dict[str, Callable[[State], object]] = {
    "next counts (0, 0, 0, 0) needs": lambda state: _place(state, "next", needs_open=0),
    "next counts (1, 1, 0, 0) needs": lambda state: _place(state, "next", needs_ok=1),
    "unfinished and finals left are": lambda state: setattr(state, "unfinished", state.unfinished - 1),
    "finals left are (7, 1)": lambda state: setattr(state, "finals_left", 0),
    "phase p counts 1 open steps, there are 2": lambda state: state.phases.update(p=1),
    "{'paid'} run, but nobody works on them": lambda state: state.running.pop("paid"),
    "what is under way does not run": lambda state: state.running.update(next=None),
    "an attempt and a call at once": lambda state: state.running.update(sub=None),
    "are waited for and unwanted": lambda state: state.unwanted.update(
        {state.steps["sub"].child: Unwanted("sub", 1)}
    ),
    "calls that move are {'sub'}": lambda state: state.moving.clear(),
    "calls that move are set()": lambda state: _place(state, "sub", child_status="paused"),
    "reserved are 0.5": lambda state: setattr(state.spent, "reserved_usd", 0.0),
    "9 tokens are reserved": lambda state: setattr(state.spent, "reserved_tokens", 8),
    "hold a reservation and do not run": lambda state: _place(state, "next", reserved=Amount(attempts=1)),
    "more attempts run than may": lambda state: setattr(state, "options", Options(parallel=1)),
    "run after the end": lambda state: setattr(state, "status", "failed"),
    "each counts 2 open items of 3": lambda state: _place(state, "each", open_items=2),
    "each counts 1 broken items": lambda state: _place(state, "each", broken_items=1),
    "each runs on with all its items ended": _end_items,
    "items under way that have no place": lambda state: _place(state, "each[x]", seated=False),
    "2 items under way, 1 are allowed": lambda state: _place(state, "each[y]", seated=True, queued="ready"),
    "each has a free place": lambda state: _steps(state, foreach=AT_MOST_TWO),
    "asks for nobody, which is not there": lambda state: state.asks.update(q=NO_BODY),
    "does not know that it asks": lambda state: state.steps["question"].asks.clear(),
    "waits for an ask that is closed": lambda state: state.asks.clear(),
    "q asks for over, which has succeeded": lambda state: _ask(state, "over"),
    "q is not known to ask a fact": lambda state: _ask(state, "question", "known"),
    "is open and answered": lambda state: state.answers.update(
        {name: e.AskAnswered("question", ask=name) for name in state.asks}
    ),
    "a fact is asked for by a closed ask": lambda state: state.wanted.update(known={"a9": None}),
    "again waits for nothing": lambda state: state.timers.clear(),
    "over is succeeded; failed": lambda state: state.failed.update(over="continue"),
    "failing is True": lambda state: setattr(state, "failing", True),
    "late is pending, queued as ''": lambda state: _place(state, "late", queued=""),
    "next is pending, queued as 'ready'": lambda state: _place(state, "next", queued="ready"),
    "late is not where it is looked for": lambda state: state.ready.clear(),
    "the first of ready is not there any more": lambda state: state.ready.insert(0, (-1, 0, "removed")),
    "next is the first of ready and not queued there": lambda state: state.ready.insert(0, (-1, 0, "next")),
    "the first alarm is at None": lambda state: state.alarms.clear(),
    "next has a timer and is pending": lambda state: state.timers.update(next=1e9),
    "over has ended and a deadline": lambda state: state.deadlines.update(over=1e9),
}  # fmt: skip
"""By what the audit says of it, how a sound state is made unsound."""


@pytest.mark.parametrize("complaint", CORRUPTIONS)
def test_the_first_thing_that_does_not_add_up_is_named(complaint: str):
    state = everything_under_way()
    audit(state)
    CORRUPTIONS[complaint](state)
    with pytest.raises(AssertionError) as fault:
        audit(state)
    assert complaint in str(fault.value)


def test_nobody_is_asked_after_the_end():
    state = started(flow(noop("a"))).after(done("a"), GO).state
    audit(state)
    _place(state, "a", status="waiting")
    _ask(state, "a")
    with pytest.raises(AssertionError, match="asks are open after the end"):
        audit(state)


JOINS = (Join(), Join("any"), *(Join("quorum", count) for count in (1, 2, 3)))


@pytest.mark.parametrize("join", JOINS, ids=lambda join: f"{join.kind}{join.count or ''}")
def test_a_join_is_judged_by_its_needs_as_the_core_judges_it_by_its_counters(join: Join):
    step = noop("s", join=join)
    for count in range(4):
        for hows in product(("", "good", "bad", "dead", "pass"), repeat=count):
            counted = StepState(
                "s", 0, hows.count(""), needs_ok=hows.count("good"),
                needs_failed=hows.count("bad"), needs_off_route=hows.count("dead"),
            )  # fmt: skip
            assert judged(step, list(hows)) == judge(step, count, counted), hows


@pytest.mark.parametrize(
    ("fields", "optional", "end"),
    [
        ({"status": "pending"}, False, ""),
        ({"status": "waiting"}, True, ""),
        ({"status": "succeeded"}, False, "good"),
        ({"status": "failed"}, False, "bad"),
        ({"status": "failed"}, True, "pass"),
        ({"status": "aborted"}, False, "bad"),
        ({"status": "skipped", "cause": "when"}, False, "pass"),
        ({"status": "skipped", "cause": "operator"}, False, "pass"),
        ({"status": "skipped", "cause": "need"}, False, "bad"),
        ({"status": "skipped", "cause": "need"}, True, "pass"),
        ({"status": "skipped", "cause": "route"}, True, "dead"),
        ({"status": "skipped", "cause": "end"}, False, "dead"),
    ],
)
def test_what_an_ended_step_is_to_those_that_need_it(fields: dict[str, str], optional: bool, end: str):
    state = started(flow(noop("a", optional=optional), noop("b", "a"))).state
    _place(state, "a", **fields)
    assert how(state, state.steps["a"]) == end
    assert needs_of(state, state.steps["b"]) == [end]
