"""What is read off a state: slots, time that counts, whether it winds up."""

from __future__ import annotations

from ropewalk.core import commands as c
from ropewalk.core.work import Options
from ropewalk.definition.policy import Limits
from ropewalk.definition.workflow import Step
from ropewalk.testing.given import broken, given
from tests.core.flows import GO, answer, flow, noop, started


def test_the_places_are_those_of_the_workflow_of_the_options_or_one():
    workflow = flow(noop("a"), limits=Limits(parallel=5))
    assert given(workflow).state.parallel == 5
    assert given(workflow, options=Options(parallel=3)).state.parallel == 3
    assert given(workflow, options=Options(parallel=3, sequential=True)).state.parallel == 1


def test_a_run_that_was_lost_twice_in_a_row_goes_one_by_one():
    run = started(flow(noop("a"), noop("b")))
    for attempt in (1, 2):
        run.after(c.ReportLost((("a", 1, attempt),)), GO)
    assert run.state.parallel == 1


def test_every_wait_for_people_is_left_out_of_the_work_of_a_run():
    run = started(flow(Step("q", "ask"), Step("p", "ask", needs=("q",)), noop("a", "p")))
    run.after(answer("a1"), GO, now=10.0).after(answer("a2"), GO, now=13.0)
    assert run.state.waited_seconds == 13.0


def test_the_time_between_an_end_and_its_retry_is_no_work_of_a_run():
    run = started(flow(Step("q", "ask"), noop("a", "q"))).after(answer("a1"), GO, now=10.0)
    run.after(broken("a"), GO, now=11.0).after(c.RetryStep("a"), GO, now=111.0)
    run.after(broken("a"), GO, now=112.0).after(c.RetryStep("a"), GO, now=212.0)
    assert run.state.waited_seconds == 210.0


def test_a_run_that_fails_or_is_aborted_winds_up():
    run = started(flow(noop("a"), noop("b"), noop("last", final=True)))
    assert not run.state.winding_up
    assert run.after(broken("a")).state.winding_up
    assert run.after(c.Abort(), GO).state.winding_up


def test_what_was_written_for_an_item_is_what_was_written_for_its_step():
    run = started(flow(noop("a")))
    assert run.state.step("a").id == "a"
