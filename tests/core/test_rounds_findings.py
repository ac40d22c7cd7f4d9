"""Work that is sent back to several steps at once: who is told why, and who fixes what it left."""

from __future__ import annotations

from typing import Any

from ropewalk.core import events as e
from ropewalk.core.work import Feedback, Outcome, Verdict
from ropewalk.definition.workflow import BackTo, Foreach, Step
from ropewalk.testing.given import Given, done, like
from tests.core.flows import GO, flow, noop, started

RED = Outcome(verdicts=(Verdict("tests", "FAIL", ("two fail",)),))
FINDINGS = [Feedback("check", "gate tests failed", ("two fail",), shared=True)]


def work(name: str, *needs: str, **fields: Any) -> Step:
    return Step(name, "run", needs=needs, **fields)


def commit(name: str) -> Outcome:
    return Outcome(commit=name * 40)


def sent_back(*steps: Step, to: str, needs: tuple[str, ...]) -> Given:
    """A run in which `check` has sent the work back; each step left a commit that is made of its own name."""
    run = started(flow(*steps, noop("check", *needs, back_to=BackTo(to))))
    for step in steps:
        if step.foreach is None:
            run = run.after(done(step.id, commit(step.id)), GO)
    return run


def test_a_group_goes_back_with_the_findings_for_every_member():
    group = (work("a", "plan", group="build"), work("b", "plan", group="build"))
    run = sent_back(work("plan"), *group, work("c", "plan"), to="build", needs=("a", "b"))
    run.when(done("check", RED)).then(
        e.GateJudged, e.StepProduced, like(e.RoundOpened, step="check", to="build", steps=("a", "b", "check"))
    )
    for key in ("a", "b"):
        assert (run.step(key).round, run.step(key).feedback) == (2, FINDINGS)
        assert run.step(key).earlier == commit(key)
    assert (run.step("c").round, run.step("plan").round) == (1, 1)


def test_members_of_a_nested_group_go_back_with_the_outer_one():
    group = (work("a", group="build"), work("b", group="build/inner"))
    run = sent_back(*group, to="build", needs=("a", "b")).after(done("check", RED))
    assert [run.step(key).round for key in ("a", "b", "check")] == [2, 2, 2]


def test_the_cap_of_a_group_counts_its_turns_and_not_its_members():
    group = (work("a", group="build"), work("b", group="build"))
    run = sent_back(*group, to="build", needs=("a", "b"))
    for _ in range(3):
        run = run.after(done("check", RED), GO, done("a"), GO, done("b"), GO)
    assert run.after(done("check", RED)).state.asks["a1"].about == "escalation"


def test_what_stands_between_is_told_too_and_does_its_work_anew():
    run = sent_back(work("a"), work("b", "a"), to="a", needs=("b",)).after(done("check", RED))
    assert [run.step(key).feedback for key in ("a", "b")] == [FINDINGS, FINDINGS]
    assert [run.step(key).earlier for key in ("a", "b")] == [commit("a"), None]


def test_the_step_that_sends_back_is_not_told_what_it_said_itself():
    run = sent_back(work("a"), to="a", needs=("a",)).after(done("check", RED))
    assert run.step("check").feedback == []


def test_the_work_behind_a_step_that_does_nothing_itself_is_fixed():
    run = sent_back(noop("begin"), work("a", "begin"), work("b", "begin"), to="begin", needs=("a", "b"))
    run = run.after(done("check", RED))
    for key in ("a", "b"):
        assert (run.step(key).feedback, run.step(key).earlier) == (FINDINGS, commit(key))


def test_items_are_told_and_find_what_the_item_of_the_same_key_left():
    each = work("each", foreach=Foreach(over='["x", "y"]'))
    run = sent_back(each, to="each", needs=("each",))
    for key in ("x", "y"):
        run = run.after(done(f"each[{key}]", commit(key)), GO)
    run = run.after(done("check", RED), GO)
    for key in ("x", "y"):
        item = run.step(f"each[{key}]")
        assert (item.round, item.feedback, item.earlier) == (2, FINDINGS, commit(key))


def test_one_step_alone_knows_that_it_is_meant():
    run = sent_back(noop("begin"), work("a", "begin"), to="begin", needs=("a",)).after(done("check", RED))
    assert [feedback.shared for feedback in run.step("a").feedback] == [False]
