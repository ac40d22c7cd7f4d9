"""A run that has ended lands at a person's word: its last step is done once more, and whatever comes of that, the run is
afterwards what it was before."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from msgspec import structs

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.plan import Perform, plan
from ropewalk.core.texts import squash_message
from ropewalk.core.work import Artifact, Failure, Outcome, Verdict
from ropewalk.definition.workflow import BackTo, Gate, Step
from ropewalk.testing.given import Given, broken, done, like
from tests.core.flows import GO, answer, flow, noop, started

MERGE = Step("m", "merge", needs=("a",), internal=True)
FINAL = noop("last", final=True)
RESULT = Outcome(outputs={"branch": "ropewalk/r"}, commit="c1", tree="t1")
LANDED = Outcome(outputs={"branch": "ropewalk/r", "landed": "main", "previous": "p"}, commit="c2", tree="t2")
CONFLICT = Outcome(failure=Failure("conflict", "f.txt does not fit together"))
GREEN = Outcome(
    outputs={"branch": "ropewalk/r"}, commit="c1", tree="t1", verdicts=(Verdict("tests", "PASS"),)
)
RED = Outcome(verdicts=(Verdict("tests", "FAIL", findings=("two failed",)),))
LAND = c.Land("main", by="ann")


def merged() -> Given:
    return started(flow(noop("a"), MERGE)).after(done("a"), GO, done("m", RESULT), GO)


def failed() -> Given:
    """Its result was merged, then a final step failed."""
    run = started(flow(noop("a"), MERGE, FINAL)).after(done("a"), GO, done("m", RESULT), GO)
    return run.after(broken("last"), GO)


def aborted() -> Given:
    """Its result was merged, then somebody did not want to wait for the final steps."""
    run = started(flow(noop("a"), MERGE, FINAL)).after(done("a"), GO, done("m", RESULT), GO)
    return run.after(c.Abort(by="ann"), GO)


ENDED: dict[str, Callable[[], Given]] = {"completed": merged, "failed": failed, "aborted": aborted}


@pytest.mark.parametrize("status", ENDED)
def test_landing_does_the_last_step_once_more_and_ends_the_run_as_it_was(status: str):
    run = ENDED[status]()
    reason = run.state.reason
    assert run.state.status == status
    run.when(LAND, GO, now=50.0).then(
        e.LandingBegun("main", by="ann"), like(e.StepStarted, step="m", round=2, attempt=1)
    )
    assert (run.state.status, run.state.ended_at) == ("running", None)
    assert plan(run.state) == [Perform("m", 2, 1)]
    run.when(done("m", LANDED), GO, now=60.0).then(
        like(e.StepSucceeded, step="m", round=2),
        e.RunMerged("ropewalk/r", "c2", "t2"),
        e.RunLanded("main", "c2", "p"),
    )
    assert (run.state.status, run.state.reason, run.state.ended_at) == (status, reason, 0.0)
    assert (run.state.landed, run.state.not_landed, run.state.commit) == ("main", "", "c2")
    assert plan(run.state) == []


@pytest.mark.parametrize("status", ENDED)
def test_a_landing_that_fails_leaves_the_run_as_it_was_with_the_reason(status: str):
    run = ENDED[status]()
    before = (run.state.status, run.state.reason, run.state.ended_at, run.state.commit)
    statuses = run.statuses()
    run.after(LAND, GO).when(done("m", RED), GO, now=60.0).then(
        e.GateJudged, e.AttemptFailed, e.LandingFailed("main", "gate tests failed: two failed")
    )
    assert (run.state.status, run.state.reason, run.state.ended_at, run.state.commit) == before
    assert run.statuses() == statuses
    assert (run.state.landed, run.state.not_landed) == ("", "gate tests failed: two failed")
    merge = run.step("m")
    assert (merge.result and merge.result.commit, merge.verdicts, merge.failure) == ("c1", [], None)


def test_what_disagrees_with_the_target_is_asked_and_the_answer_lands_it():
    run = merged().after(LAND, GO, done("m", CONFLICT), GO)
    assert (run.state.status, run.state.reason) == ("paused", "asked")
    run.after(answer("a1", "theirs"), GO, done("m", LANDED), GO)
    assert (run.state.status, run.state.landed) == ("completed", "main")


def test_who_rejects_what_disagrees_ends_the_landing():
    run = merged().after(LAND, GO, done("m", CONFLICT), GO)
    run.when(answer("a1", "reject"), GO).then(..., like(e.LandingFailed, target="main"))
    assert (run.state.status, run.state.asks) == ("completed", {})


@pytest.mark.parametrize("wait", [(), (done("m", CONFLICT), GO), (c.Pause(by="ann"),)])
def test_an_abort_ends_the_landing_and_not_the_run(wait: tuple[c.Command, ...]):
    run = merged().after(LAND, GO, *wait)
    run.when(c.Abort(reason="not now", by="bob"), GO).then(..., e.LandingFailed("main", "not now (by bob)"))
    assert (run.state.status, run.state.asks, plan(run.state)) == ("completed", {}, [])
    assert run.state.steps["m"].status == "succeeded"


def test_a_landing_that_was_paused_by_request_ends_with_what_was_under_way():
    run = merged().after(LAND, GO, c.Pause(by="ann"), done("m", LANDED), GO)
    assert (run.state.status, run.state.landed) == ("completed", "main")


def test_an_attempt_that_was_lost_is_made_again_by_who_drives_next():
    run = merged().after(LAND, GO, c.ReportLost((("m", 2, 1),)), GO)
    assert plan(run.state) == [Perform("m", 2, 2)]


def test_a_landing_that_would_send_the_work_back_fails_and_opens_nothing_else():
    merge = structs.replace(MERGE, back_to=BackTo("a"), on_failure="back_to", gates=(Gate("command"),))
    run = started(flow(noop("a"), merge)).after(done("a"), GO, done("m", GREEN), GO)
    run.after(LAND, GO).when(done("m", RED), GO).then(
        ...,
        e.LandingFailed("main", "m would be sent back to a: gate tests failed"),
    )
    assert (run.state.status, run.state.landing) == ("completed", None)
    assert {key: st.round for key, st in run.state.steps.items()} == {"a": 1, "m": 2}


def test_a_loop_does_not_go_round_again_for_a_landing():
    merge = structs.replace(MERGE, back_to=BackTo("a", when='outputs.m.landed == "main"', at_most=9))
    first = structs.replace(RESULT, outputs={"branch": "ropewalk/r", "landed": ""})
    run = started(flow(noop("a"), merge)).after(done("a"), GO, done("m", first), GO, LAND, GO)
    run.when(done("m", LANDED), GO).then(e.StepSucceeded, e.RunMerged, e.RunLanded)
    assert (run.state.status, run.state.landed) == ("completed", "main")


def test_a_run_lands_again_elsewhere():
    run = merged().after(LAND, GO, done("m", RED), GO, c.Land("other"), GO)
    assert run.state.not_landed == ""
    outputs = {"branch": "ropewalk/r", "landed": "other"}
    run.after(done("m", Outcome(outputs=outputs, commit="c3")), GO)
    assert (run.state.landed, run.step("m").round) == ("other", 3)


def test_a_landing_that_finds_all_of_it_on_the_target_leaves_the_run_its_files_and_its_branch():
    result = structs.replace(RESULT, artifacts=(Artifact("a.txt", "d" * 64),))
    run = started(flow(noop("a"), MERGE)).after(done("a"), GO, done("m", result), GO).after(LAND, GO)
    there = Outcome(outputs={"landed": "main", "previous": "c9", "how": "merge"}, commit="c9", tree="t9")
    run.when(done("m", there), GO).then(
        like(e.StepSucceeded, step="m"), e.RunMerged("ropewalk/r", "c1", "t1"), like(e.RunLanded, commit="c9")
    )
    assert (run.state.branch, run.state.commit) == ("ropewalk/r", "c1")
    kept = run.step("m").result
    assert kept is not None
    assert kept.artifacts == result.artifacts
    assert kept.outputs["landed"] == "main"


def test_the_message_of_the_one_commit_that_a_person_wants_holds_for_that_landing_only():
    run = merged()
    run.when(c.Land("main", squash="feat: it")).then(e.LandingBegun("main", squash="feat: it"))
    assert squash_message(run.state) == "feat: it"
    run.after(GO, done("m", LANDED), GO)
    assert squash_message(run.state) == ""
    merged().when(c.Land("main", squash="x" * 100_001)).refused("at most 100,000 characters")


def test_a_landing_on_record_from_before_there_were_single_commits_is_read():
    assert msgspec.convert({"target": "main", "by": "ann"}, e.LandingBegun) == e.LandingBegun("main", "ann")


def test_final_steps_are_not_done_again_for_a_landing():
    run = failed().after(LAND, GO, done("m", LANDED), GO)
    assert (run.step("last").status, run.step("last").round) == ("failed", 1)


@pytest.mark.parametrize("command", [LAND, c.RetryStep(), c.SkipStep("m")], ids=["land", "retry", "skip"])
def test_nothing_else_is_begun_while_a_run_lands(command: c.Command):
    failed().after(LAND, GO).when(command).refused("on its way to main: `ropewalk drive` goes on with it")


def test_a_step_of_a_paused_landing_is_not_run_by_hand():
    merged().after(LAND, c.Pause()).when(c.ExecuteStep("m")).refused("on its way to main")


@pytest.mark.parametrize("target", ["", "-f", "a..b", "a b", "x.lock", "HEAD", "refs/heads/x", "ropewalk/r"])
def test_where_it_lands_has_to_be_a_branch(target: str):
    merged().when(c.Land(target)).refused("is no name of a branch")


def test_only_a_run_that_has_ended_with_a_result_lands():
    started(flow(noop("a"), MERGE)).when(LAND).refused("the run is running; only what has ended can land")
    started(flow(noop("a"), MERGE)).after(broken("a"), GO).when(LAND).refused("has merged no result")
    started(flow(noop("a"))).after(done("a"), GO).when(LAND).refused("has merged no result")


def test_a_record_of_a_landing_that_cannot_be_changes_nothing():
    run = started(flow(noop("a"))).after(done("a"), GO).after(e.LandingBegun("main"), e.LandingFailed("main"))
    assert (run.state.status, run.state.landing) == ("completed", None)
    other = started(flow(noop("a"), MERGE)).after(e.LandingFailed("main", "no"))
    assert (other.state.status, other.state.not_landed) == ("running", "")
