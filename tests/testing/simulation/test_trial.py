"""A trial tells its runs one thing after the other and notices what no history explains: its story can be told again, a run
that died is folded from what is on record, and tokens are counted as often as they were told."""

from __future__ import annotations

import msgspec
import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.budgets import family_budget
from ropewalk.core.plan import Call, plan
from ropewalk.core.state import State
from ropewalk.core.work import FamilyBudget, Options, Outcome, Parent, Spending, Usage
from ropewalk.definition.policy import Budget, Limits
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.errors import Refused, RopewalkError
from ropewalk.testing.simulation import trial as module
from ropewalk.testing.simulation.trial import PLENTY, Crash, SimulatedRun, Telling, Trial, Unheard, shown
from ropewalk.testing.simulation.workflows import Catalog
from tests.core.flows import flow, noop

LEAF = msgspec.structs.replace(flow(noop("first"), noop("second", "first")), name="leaf")
CALLER = Workflow(
    "main", (Step("sub", "call", args={"workflow": "leaf"}),), limits=Limits(budget=Budget(tokens=5))
)


class Story:
    """A trial of the two workflows, told in few words."""

    def __init__(self) -> None:
        self.trial = Trial(Catalog({"main": CALLER, "leaf": LEAF}, {}, Options()))

    def tell(self, run: str, command: c.Command, workflow: str = "", now: float = 10.0) -> object:
        return self.trial.tell(Telling(run, workflow, command, now))

    def begin(self, run: str = "r", workflow: str = "leaf") -> SimulatedRun:
        self.tell(run, c.Create(workflow, "d"), workflow)
        self.tell(run, c.Advance(PLENTY))
        return self.trial.runs[run]

    def call(self) -> SimulatedRun:
        """The caller, and the run that it called with its first step under way."""
        caller = self.begin("r", "main")
        (owed,) = [effect for effect in plan(caller.state) if isinstance(effect, Call)]
        parent = Parent("r", "sub", 1, 1)
        self.tell(owed.child, c.Create("leaf", "d", parent=parent), "leaf")
        child = self.trial.runs[owed.child]
        self.tell(child.run, c.Advance(PLENTY, self.around(child.state)))
        return child

    def around(self, state: State) -> FamilyBudget:
        return family_budget(state, self.trial.state_of, 10.0)

    def report(self, run: str, step: str, tokens: int = 0, attempt: int = 1) -> object:
        outcome = Outcome(usage=Usage(tokens_in=tokens))
        return self.tell(run, c.Report(step, 1, attempt, outcome))


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_run_is_there_when_it_was_first_told_something(story: Story):
    assert story.trial.state_of("r") is None
    run = story.begin()
    assert story.trial.state_of("r") is run.state
    assert (run.state.status, list(run.state.running)) == ("running", ["first"])
    assert [type(event) for event, _ in run.history][:2] == [e.RunCreated, e.RunStarted]
    assert all(at == 10.0 for _, at in run.history)


def test_the_whole_story_told_again_gives_the_same_runs(story: Story):
    child = story.call()
    story.report(child.run, "first", 3)
    story.tell(child.run, Crash())
    story.tell("r", c.Pause(by="ann"))
    other = Trial(story.trial.catalog)
    for telling in story.trial.tellings:
        other.tell(telling)
    assert other.tellings == story.trial.tellings
    assert {name: run.history for name, run in other.runs.items()} == {
        name: run.history for name, run in story.trial.runs.items()
    }


def test_a_refusal_is_given_back_and_stands_in_the_story_but_not_on_record(story: Story):
    run = story.begin()
    version = run.state.version
    refusal = story.tell("r", c.SkipStep("nobody", by="ann"))
    assert isinstance(refusal, RopewalkError)
    assert isinstance(story.trial.tellings[-1].command, c.SkipStep)
    assert run.state.version == version == len(run.history)


# What no history explains ------------------------------------------------------------------------------------------------


def test_a_state_that_moved_without_an_event_is_noticed(story: Story):
    run = story.begin()
    run.state.labels["by"] = "hand"
    with pytest.raises(AssertionError, match="what was decided is not what its events fold to"):
        story.tell("r", c.Pause(by="ann"))


@pytest.mark.parametrize("refused", [c.SkipStep("nobody"), Unheard(c.SkipStep("nobody"))])
def test_a_refusal_that_changed_something_is_noticed(story: Story, refused: c.Command):
    run = story.begin()
    run.state.labels["by"] = "hand"
    with pytest.raises(AssertionError, match="a refusal changed the state"):
        story.tell("r", refused)


def test_a_refusal_that_counts_as_an_event_is_noticed(story: Story, monkeypatch: pytest.MonkeyPatch):
    def refuses(state: State, command: c.Command, now: float) -> list[e.Event]:
        state.version += 1
        raise Refused(verb="pause", reason="no")

    story.begin()
    monkeypatch.setattr(module, "decide", refuses)
    with pytest.raises(AssertionError, match="a refusal put something on record"):
        story.tell("r", c.Pause())


@pytest.mark.parametrize("end", [Crash(), Unheard(c.Abort(by="ann")), Unheard(c.SkipStep("nobody"))])
def test_a_run_that_died_is_what_its_history_says(story: Story, end: c.Command):
    run = story.begin()
    before, version = run.state, run.state.version
    assert story.tell("r", end) == []
    assert run.state is not before
    assert run.state == run.shadow
    assert (run.state.version, run.state.status) == (version, "running")


def test_a_history_that_folds_to_something_else_is_noticed(story: Story):
    run = story.begin()
    run.history.pop()
    with pytest.raises(AssertionError, match="the history folds to another state"):
        story.tell("r", Crash())


def test_advancing_again_may_change_nothing(story: Story, monkeypatch: pytest.MonkeyPatch):
    run = story.begin()
    monkeypatch.setattr(module, "decide", lambda state, command, now: [e.RunResumed()])
    with pytest.raises(AssertionError, match="advancing again led to"):
        module._settled(run.state, c.Advance(PLENTY), 10.0)


# Tokens ------------------------------------------------------------------------------------------------------------------


def test_tokens_are_counted_once_however_often_an_attempt_is_reported(story: Story):
    run = story.begin()
    for _ in range(3):
        story.report("r", "first", 4)
    story.report("r", "second", 9, attempt=7)
    assert run.state.spent.tokens == 4
    assert story.trial.used == {"r": 4}


def test_tokens_that_nobody_told_are_noticed(story: Story, monkeypatch: pytest.MonkeyPatch):
    story.begin()
    monkeypatch.setattr(module, "_paid", lambda state, command: 0)
    with pytest.raises(AssertionError, match="4 tokens were counted, 0 were told"):
        story.report("r", "first", 4)


def test_a_caller_pays_for_what_it_called_and_hears_of_it_by_its_sum(story: Story):
    child = story.call()
    story.report(child.run, "first", 4)
    assert story.trial.used == {child.run: 4, "r": 4}
    for tokens in (3, 3, 4):
        spent = Spending(tokens=tokens)
        story.tell("r", c.ReportChild("sub", 1, "running", child=child.run, spent=spent))
        assert story.trial.runs["r"].state.spent.tokens == tokens


def test_a_step_of_a_called_run_may_not_begin_on_a_budget_that_its_family_has_used_up(story: Story):
    child = story.call()
    story.report(child.run, "first", 5)
    with pytest.raises(AssertionError, match="5 tokens of r are used"):
        story.tell(child.run, c.Advance(PLENTY))  # without the budgets around, which would have stopped it


def test_with_the_budgets_around_it_the_core_does_not_begin_it(story: Story):
    child = story.call()
    story.report(child.run, "first", 5)
    story.tell(child.run, c.Advance(PLENTY, story.around(child.state)))
    assert child.state.steps["first"].status == "succeeded"
    assert not child.state.running


def test_a_called_run_that_ended_and_is_taken_up_again_is_on_its_own(story: Story):
    child = story.call()
    story.tell(child.run, c.Abort(by="ann"))
    story.tell(child.run, c.Advance(PLENTY, story.around(child.state)))
    assert child.state.ended
    assert story.trial.on_their_own == {child.run}
    story.tell(child.run, c.RetryStep("first", by="ann"))
    story.tell(child.run, c.Advance(PLENTY, story.around(child.state)))
    story.report(child.run, "first", 9, attempt=child.state.steps["first"].attempt)
    assert story.trial.used == {child.run: 9}


# Its lines ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (Crash(), "    7.25 r: Crash()"),
        (c.Pause(by="ann", reason="x\ny"), "    7.25 r: Pause(by='ann', reason='x\\ny')"),
        (c.Advance(3), "    7.25 r: Advance(slots=3, owner='')"),
        (c.ReportLost((("a", 1, 1),)), "    7.25 r: ReportLost(attempts=(('a', 1, 1),), at_work=None)"),
    ],
)
def test_a_telling_is_one_line_without_what_is_as_always(command: c.Command, line: str):
    assert shown(Telling("r", "main", command, 7.25)) == line
