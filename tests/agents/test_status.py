"""What agents do, read off events."""

from __future__ import annotations

from functools import reduce

from ropewalk.agents.status import AgentStatus, Statuses, statuses_after
from ropewalk.core import events as e
from ropewalk.core.work import Failure

BEGUN = e.AttemptNoted(step="s", note={"agent": "a"})


def after(*events: e.Event, known: Statuses | None = None) -> Statuses:
    return reduce(lambda statuses, event: statuses_after(statuses, "r", event, 5.0), events, known or {})


def test_an_agent_works_from_its_note_to_the_end_of_the_attempt():
    assert after(BEGUN)["a"].status(9.0) == "working"
    assert after(BEGUN)["a"].working == (("r", "s"),)
    for end in (
        e.StepSucceeded(step="s"),
        e.StepProduced(step="s"),
        e.StepAborted(step="s"),
        e.StepSkipped(step="s"),
        e.StepWaiting(step="s", on="answer"),
    ):
        assert after(BEGUN, end)["a"].status(9.0) == "idle"


def test_an_agent_that_asked_waits_for_a_person():
    asked = e.AskOpened(step="s", ask="q", about="permission", attempt=1)
    assert after(BEGUN, asked)["a"].status(9.0) == "waiting"
    assert after(BEGUN, asked, e.AskAnswered(step="s", ask="q"))["a"].status(9.0) == "working"
    assert after(BEGUN, asked, e.AskWithdrawn(step="s", ask="q"))["a"].status(9.0) == "working"
    assert after(BEGUN, asked, e.StepAborted(step="s"))["a"].status(9.0) == "idle"
    assert after(BEGUN, e.AskOpened(step="s", ask="q"))["a"].status(9.0) == "working"
    assert after(asked) == {}


def test_a_quota_rests_the_agent_until_it_is_free_again_and_a_failure_shows_until_a_success():
    quota = e.AttemptFailed(step="s", failure=Failure(kind="quota", message="full", retry_at=50.0))
    resting = after(BEGUN, quota)["a"]
    assert resting.status(49.0) == "resting"
    assert resting.status(50.0) == "failing"
    assert resting.failure == "full"
    assert after(BEGUN, quota, BEGUN, e.StepSucceeded(step="s"))["a"] == AgentStatus("a", since=5.0)


def test_one_agent_may_work_on_several_steps_and_a_step_changes_hands():
    other = e.AttemptNoted(step="t", note={"agent": "a"})
    both = after(BEGUN, other)
    assert both["a"].working == (("r", "s"), ("r", "t"))
    moved = after(e.AttemptNoted(step="s", note={"agent": "b"}), known=both)
    assert moved["a"].working == (("r", "t"),)
    asked = e.AskOpened(step="s", ask="q", attempt=1)
    assert after(asked, known=moved)["b"].status(9.0) == "waiting"
    assert moved["b"].working == (("r", "s"),)


def test_other_events_change_nothing():
    known = after(BEGUN)
    assert after(e.AttemptNoted(step="s", note={"session": "x"}), e.RunStarted(), known=known) is known
    assert after(e.StepSucceeded(step="never"), known=known) is known
