"""Every arrow of the two tables is taken by some run, and no run ever takes another."""

from __future__ import annotations

from functools import cache

import pytest

from ropewalk.core import commands as c
from ropewalk.core.transitions import RUN_TRANSITIONS, STEP_TRANSITIONS, Table
from ropewalk.core.work import Outcome, Verdict
from ropewalk.definition.policy import Join
from ropewalk.definition.workflow import BackTo, Fact, Foreach, Step
from ropewalk.testing.given import Given, broken, done, given
from ropewalk.testing.simulation import Memory, simulate
from ropewalk.testing.simulation.laws import witness
from tests.core.flows import GO, answer, flow, noop, started
from tests.core.test_merge import CONFLICT, ENDED, LANDED, MERGE

TRIALS = 250
RED = Outcome(verdicts=(Verdict("g", "FAIL"),))


def _a_failed_step_between() -> Given:
    steps = (noop("a"), noop("b", "a", on_failure="continue"), noop("c", "a"))
    check = noop("check", "b", "c", join=Join("any"), back_to=BackTo("a"))
    run = started(flow(*steps, check)).after(done("a"), GO, broken("b"), done("c"), GO)
    return run.after(done("check", RED))


def _an_answer_that_may_send_back() -> Given:
    ask = Step("q", "ask", back_to=BackTo("q", "facts.x"))
    return started(flow(ask, facts={"x": Fact()})).after(answer("a1"))


def _nothing_to_do_that_may_send_back() -> Given:
    each = noop("f", foreach=Foreach("[]"), back_to=BackTo("f", "facts.x"))
    return started(flow(each, facts={"x": Fact()}))


def _a_foreach_taken_up_again() -> Given:
    run = started(flow(noop("f", foreach=Foreach('["x"]'), on_failure="ask"))).after(broken("f[x]"))
    return run.after(answer("a1", "retry"))


def _a_run_stopped_before_and_after_its_start() -> Given:
    given(flow(noop("a"))).after(c.Pause(), c.Resume(), GO)
    return started(flow(noop("a", final=True), noop("b"))).after(c.Abort(), GO, c.Abort(), c.RetryStep())


def _a_run_that_came_from_elsewhere() -> Given:
    came = given(flow(noop("a"))).after(c.Import(), c.Import(), c.Resume(), GO, c.Import())
    return came.after(c.Resume(), GO, c.Abort(), c.Import())


def _a_completed_run_from_elsewhere() -> Given:
    return started(flow(noop("a"))).after(done("a"), GO, c.Import())


def _a_failed_run_from_elsewhere() -> Given:
    return started(flow(noop("a"))).after(broken("a"), GO, c.Import())


def _a_step_that_only_waits() -> Given:
    return started(flow(Step("a", "sleep", args={"seconds": 60.0}))).after(GO, now=60.0)


def _landings() -> list[Given]:
    """Of runs that ended in each way: done, and given up, while they move and while they are paused."""
    land = c.Land("main")
    ends = [(made(), how) for made in ENDED.values() for how in range(5)]
    for run, how in ends:
        run.after(land, *((), (GO,), (GO,), (GO,), (GO,))[how])
        paused = (c.Pause(),) if how in {2, 3} else ()
        last = (c.Abort(), done("m", LANDED), done("m", LANDED), broken("m"), done("m", CONFLICT))[how]
        run.after(*paused, last, GO)
        if how == 4:
            run.after(c.Abort(), GO)
    at_its_end = started(flow(noop("a"), MERGE)).after(done("a"), GO, c.Pause(), done("m", LANDED))
    rejected = ENDED["completed"]().after(land, GO, done("m", CONFLICT), GO, answer("a1", "reject"), GO)
    return [*(run for run, _ in ends), at_its_end, rejected]


STORIES = (
    _a_run_that_came_from_elsewhere,
    _a_completed_run_from_elsewhere,
    _a_failed_run_from_elsewhere,
    _a_failed_step_between,
    _a_step_that_only_waits,
    _an_answer_that_may_send_back,
    _nothing_to_do_that_may_send_back,
    _a_foreach_taken_up_again,
    _a_run_stopped_before_and_after_its_start,
)


@cache
def taken() -> Memory:
    """The arrows of the stories above and of as many trials as it takes; each event is judged by the laws on the way."""
    seen = Memory()
    for story in STORIES:
        _take(story(), seen)
    for run in _landings():
        _take(run, seen)
    for seed in range(TRIALS):
        if seen.run_arrows.issuperset(arrows(RUN_TRANSITIONS)) and seen.step_arrows.issuperset(
            arrows(STEP_TRANSITIONS)
        ):
            break
        assert simulate(seed, seen) is None
    return seen


def _take(run: Given, seen: Memory) -> None:
    shadow, memory = given(run.state.workflow).state, Memory()
    for event, at in run.history[shadow.version :]:
        witness(shadow, event, at, memory, GO)
    seen.run_arrows |= memory.run_arrows
    seen.step_arrows |= memory.step_arrows


def arrows(table: Table) -> list[tuple[str, str, str]]:
    return [(before, event, after) for (before, event), ways in table.items() for after in ways]


@pytest.mark.no_cover
@pytest.mark.parametrize("arrow", arrows(RUN_TRANSITIONS), ids=" ".join)
def test_a_run_takes_the_arrow(arrow: tuple[str, str, str]):
    assert arrow in taken().run_arrows


@pytest.mark.no_cover
@pytest.mark.parametrize("arrow", arrows(STEP_TRANSITIONS), ids=" ".join)
def test_a_step_takes_the_arrow(arrow: tuple[str, str, str]):
    assert arrow in taken().step_arrows


def test_no_other_arrow_is_ever_taken():
    assert taken().run_arrows <= set(arrows(RUN_TRANSITIONS))
    assert taken().step_arrows <= set(arrows(STEP_TRANSITIONS))
