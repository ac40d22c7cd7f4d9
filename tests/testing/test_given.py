"""given, when, then: what it accepts, and that its failures can be read."""

from __future__ import annotations

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.plan import Perform
from ropewalk.core.work import Failure
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.testing.given import Given, broken, done, given, like

FLOW = Workflow("w", (Step("a", "noop"), Step("b", "noop", needs=("a",))))
GO = c.Advance()


def running() -> Given:
    return given(FLOW, GO)


def told(run: Given, *expected: object, **more: object) -> str:
    with pytest.raises(AssertionError) as failure:
        run.when(done("a", n=1), GO).then(*expected, **more)  # type: ignore[arg-type]
    return str(failure.value)


def test_a_history_may_be_events_or_commands_and_begins_by_itself():
    by_events = given(FLOW, e.RunStarted(), e.StepStarted("a"))
    assert by_events.statuses() == running().statuses() == {"a": "running", "b": "pending"}


def test_a_history_may_begin_with_its_own_beginning():
    run = given(FLOW, e.RunCreated("w", "digest"), run="mine")
    assert (run.state.run, run.state.digest) == ("mine", "digest")


def test_a_state_is_moved_on_from_where_it_is():
    run = given(running().state).when(done("a"), GO).then(e.StepSucceeded, e.StepStarted)
    assert run.step("b").status == "running"


def test_events_are_described_exactly_by_fields_by_type_or_not_at_all():
    result = e.Outcome(outputs={"n": 1})
    running().when(done("a", n=1), GO).then(
        e.StepSucceeded("a", result=result), like(e.StepStarted, step="b")
    )
    running().when(done("a", n=1), GO).then(e.StepSucceeded, ...)
    running().when(done("a", n=1), GO).then(..., e.StepStarted, ...)
    running().when(done("a"), now=5.0).then(e.Event, owes=[])
    running().when(done("a"), GO).then(..., owes=[like(Perform, step="b")])


def test_parts_of_events_may_be_described_too():
    failed = like(e.AttemptFailed, failure=like(Failure, kind="refused"))
    running().when(broken("a", "refused")).then(failed, ...)


def test_a_difference_is_shown_line_by_line_in_the_words_of_what_was_expected():
    text = told(running(), e.StepSucceeded, like(e.StepStarted, step="z"))
    assert (
        text == "other events than expected:\n step.succeeded\n-step.started step='z'\n+step.started step='b'"
    )


def test_other_effects_are_shown_like_that():
    text = told(running(), ..., owes=[Perform("z", 1, 1)])
    assert "-Perform step='z' round=1 attempt=1\n+Perform step='b' round=1 attempt=1" in text


def test_an_event_too_many_or_too_few_is_a_difference():
    assert "+step.started step='b'" in told(running(), e.StepSucceeded)
    assert "-run.completed" in told(running(), e.StepSucceeded, e.StepStarted, e.RunCompleted)
    assert "-run.completed" in told(running(), e.RunCompleted, ...)


def test_a_refusal_is_no_event():
    with pytest.raises(AssertionError, match="it was refused: pause makes no sense"):
        running().after(c.Pause()).when(c.Pause()).then()
    with pytest.raises(AssertionError, match="then 1 more"):
        running().after(c.Pause()).when(c.Pause(), GO).then()


def test_a_refusal_is_recognised_by_its_words():
    run = running().when(c.Resume()).refused("not paused")
    with pytest.raises(AssertionError, match="does not say 'nonsense'"):
        run.when(c.Resume()).refused("nonsense")
    with pytest.raises(
        AssertionError, match=r"it was not refused but led to:\nrun.paused reason='by request'"
    ):
        run.when(c.Pause()).refused("anything")
    with pytest.raises(AssertionError, match="nothing happened"):
        run.when(GO).refused("anything")


def test_a_field_that_there_is_not_is_a_mistake_of_the_test():
    with pytest.raises(TypeError, match="StepStarted has no colour"):
        like(e.StepStarted, colour="red")


def test_a_state_that_its_history_does_not_fold_to_is_noticed():
    run = running()
    run.state.labels["by"] = "hand"
    run.step("b").turns = 3
    with pytest.raises(
        AssertionError, match=r"labels: \{\} folded, \{'by': 'hand'\} kept\n  step b.turns: 0 folded, 3 kept"
    ):
        run.when(done("a"))


def test_a_step_that_only_one_of_the_states_has_is_named():
    run = running()
    run.state.steps["c"] = run.step("b")
    with pytest.raises(AssertionError, match="step c: only kept"):
        run.when(GO)
