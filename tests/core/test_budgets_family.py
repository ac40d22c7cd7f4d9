"""Runs that call each other share a budget: what is left of it, who holds what, and how more of it is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.budgets import family_budget, spending
from ropewalk.core.state import State
from ropewalk.core.work import NO_FAMILY_BUDGET, Amount, Outcome, Parent, Spending, Usage
from ropewalk.definition.policy import Budget, Limits
from ropewalk.definition.workflow import Step
from ropewalk.testing.given import Given, done, given, like
from tests.core.flows import GO, answer, flow, noop


class Family:
    """A run that calls two others, each with two steps of a role, one after the other."""

    def __init__(self, budget: Budget, of_call: Budget = Budget(), inner: Budget = Budget()) -> None:  # noqa: B008
        calls = [Step(name, "call", args={"workflow": "w"}, budget=of_call) for name in ("x", "y")]
        self.top = given(flow(*calls, noop("z", role="dev"), limits=Limits(budget=budget)), run="r").after(GO)
        work = flow(noop("a", role="dev"), noop("b", "a", role="dev"), limits=Limits(budget=inner))
        self.children = {
            key: given(work, run=self.top.step(key).child, parent=Parent("r", key, 1, 1))
            for key in ("x", "y")
        }

    def state_of(self, run: str) -> State | None:
        found = {one.state.run: one.state for one in (self.top, *self.children.values())}
        return found.get(run)

    def advance(self, one: Given) -> list[str]:
        one.after(c.Advance(around=family_budget(one.state, self.state_of, 0.0)))
        return list(one.state.running)

    def report(self, key: str) -> None:
        """The parent hears of a child."""
        state = self.children[key].state
        told = (key, 1, state.status, state.detail, Outcome(), state.run)
        self.top.after(c.ReportChild(*told, spent=spending(state), granted=state.granted))


def spent(cost: float = 0.0, tokens: int = 0) -> Outcome:
    return Outcome(agent="a", usage=Usage(tokens_in=tokens, cost_usd=cost))


@pytest.mark.parametrize("budget", [Budget(cost_usd=1.0), Budget(tokens=10), Budget(seconds=9.0)])
def test_the_first_attempt_of_a_family_goes_alone_whoever_makes_it(budget: Budget):
    family = Family(budget)
    family.top.after(c.SkipStep("z"))
    x, y = family.children.values()
    assert family.advance(x) == ["a"]
    assert family.advance(y) == []
    assert y.state.status == "running"
    x.after(done("a", spent(0.1, 1)))
    assert family.advance(y) == ["a"]


def test_a_called_run_stops_at_what_its_caller_may_spend_and_goes_on_when_more_is_allowed_there():
    family = Family(Budget(cost_usd=0.5))
    family.top.after(done("z", spent(0.0)))
    x = family.children["x"]
    family.advance(x)
    x.after(done("a", spent(0.6)))
    assert family.advance(x) == []
    assert (x.state.status, x.state.reason) == ("paused", "budget")
    assert x.state.asks["a1"].detail == {"raise": {"cost_usd": pytest.approx(0.6)}, "of": "r"}
    assert "of run r: $0.60 of $0.50 are spent" in x.state.asks["a1"].prompt
    family.report("x")
    assert family.top.state.spent.cost_usd == 0.6
    family.top.after(c.RaiseBudget(cost_usd=5.0))
    assert family.advance(x) == ["b"]
    assert not x.state.asks


def test_a_step_of_a_called_run_is_not_run_by_hand_when_its_caller_has_nothing_left():
    family = Family(Budget(cost_usd=0.5))
    family.top.after(done("z", spent(0.0)))
    x = family.children["x"]
    family.advance(x)
    x.after(done("a", spent(0.6)), c.Pause())
    around = family_budget(x.state, family.state_of, 0.0)
    x.when(c.ExecuteStep("b", around=around)).refused("the budget is used up: of run r: $0.60 of $0.50")


def test_what_is_allowed_to_a_called_run_is_allowed_to_its_callers_and_told_once():
    family = Family(Budget(tokens=5))
    family.top.after(done("z", spent(tokens=0)))
    x, y = family.children.values()
    family.advance(x)
    x.after(done("a", spent(tokens=8)))
    family.advance(x)
    x.after(answer("a1"))
    assert family.advance(x) == ["b"]
    family.report("x")
    family.report("x")
    assert family.top.state.raised == Amount(tokens=8)
    assert family.top.step("x").child_granted == Amount(tokens=8)
    assert family.advance(y) == []
    x.after(done("b", spent(tokens=1)))
    assert family.advance(y) == ["a"]


def test_the_budget_of_the_step_that_calls_holds_for_the_run_that_it_calls():
    family = Family(Budget(), of_call=Budget(tokens=5))
    x, y = family.children.values()
    family.advance(x)
    x.after(done("a", spent(tokens=5)))
    assert family.advance(x) == []
    assert family.advance(y) == ["a"]
    x.after(answer("a1", value={"tokens": 50}))
    assert family.advance(x) == ["b"]


def test_every_unit_of_a_called_run_counts_and_one_that_is_told_late_counts_once():
    family = Family(Budget(attempts=3))
    x = family.children["x"]
    assert (family.advance(x), family.top.state.spent.attempts) == (["a"], 1)
    family.report("x")
    x.after(done("a", spent(0.25, 7)), now=4.0)
    family.report("x")
    family.top.after(c.ReportChild("x", 1, "running", child=x.state.run, spent=Spending(attempts=1)))
    assert spending(family.top.state) == Spending(
        0.25,
        tokens=7,
        attempts=2,
        seconds=4.0,
        reported=1,
        dearest_usd=0.25,
        most_tokens=7,
        longest_seconds=4.0,
    )
    assert family.top.step("x").usage == Usage(tokens_out=7, cost_usd=0.25)


def test_a_cost_that_a_called_run_does_not_know_whole_is_unknown_to_its_caller():
    family = Family(Budget())
    x = family.children["x"]
    x.after(GO, done("a", spent(0.25)), GO, done("b", Outcome(agent="a", usage=Usage(tokens_in=1))))
    family.report("x")
    assert (family.top.state.spent.cost_usd, family.top.state.spent.unknown) == (0.25, 1)


def test_a_call_does_not_begin_when_the_budget_is_used_up():
    steps = (noop("a"), Step("x", "call", needs=("a",), args={"workflow": "w"}))
    run = given(flow(*steps, limits=Limits(budget=Budget(cost_usd=1.0)))).after(GO)
    run.when(done("a", spent(10.0)), GO).then(
        e.StepSucceeded, like(e.RunPaused, reason="budget"), like(e.AskOpened, step="x", about="budget")
    )
    run.after(answer("a1"), GO)
    assert list(run.state.calls) == ["x"]


def test_a_run_far_below_keeps_within_the_budget_of_the_topmost():
    family = Family(Budget(tokens=5))
    family.top.after(c.SkipStep("z"))
    inner = flow(Step("deep", "call", args={"workflow": "w"}))
    middle = given(inner, run=family.top.step("x").child, parent=Parent("r", "x", 1, 1)).after(GO)
    bottom = given(
        flow(noop("a", role="dev"), noop("b", "a")), run=middle.step("deep").child, parent=Parent(middle.state.run, "deep", 1, 2)
    )  # fmt: skip
    family.children = {"x": middle, "y": bottom}
    assert family.advance(bottom) == ["a"]
    bottom.after(done("a", spent(tokens=9)))
    assert family.advance(bottom) == []
    assert bottom.state.asks["a1"].detail["of"] == "r"
    bottom.after(answer("a1"))
    assert family.advance(bottom) == ["b"]


def test_a_run_whose_caller_is_elsewhere_has_only_its_own_budget():
    family: Any = Family(Budget(tokens=1))
    x = family.children["x"]
    assert family_budget(x.state, lambda run: None, 0.0) is NO_FAMILY_BUDGET
    family.top.after(c.Abort(), GO)
    assert family_budget(x.state, family.state_of, 0.0) is NO_FAMILY_BUDGET
