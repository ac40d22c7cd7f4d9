"""What is too large for one event fails the step, or the run, that gave it."""

from __future__ import annotations

import pytest

from ropewalk.core import work
from ropewalk.definition.workflow import Foreach, Step
from ropewalk.testing.given import done
from tests.core.flows import GO, flow, noop, started


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event of 200 bytes, so that no test needs millions."""
    monkeypatch.setattr(work.why_too_large, "__defaults__", (200,))
    monkeypatch.setattr(work, "EVENT_BYTES", 200)
    monkeypatch.setattr(work, "_ROOM", 20)


def test_what_fits_is_no_fault_and_an_event_leaves_room_for_what_stands_around():
    assert work.why_too_large("x" * 178) == ""
    assert work.why_too_large("x" * 179) == "it has 181 bytes, and at most 200 are kept"
    assert work.why_too_large("x" * 38, 40) == ""
    assert work.why_too_large("x" * 39, 40) == "it has 41 bytes, and at most 40 are kept"


def test_items_that_give_too_much_together_fail_their_foreach():
    each = Step(id="f", kind="noop", foreach=Foreach("inputs.xs"))
    run = started(flow(each, noop("after", "f")), inputs={"xs": ["a", "b", "c"]})
    run.after(done("f[a]", n="x" * 60), done("f[b]", n="x" * 60), done("f[c]", n="x" * 60), GO)
    failure = run.step("f").failure
    assert failure is not None
    assert failure.kind == "invalid_output"
    assert failure.message.startswith("what its 3 items gave is too large together: it has ")
    assert run.state.status == "failed"


def test_a_fact_that_is_too_large_fails_the_step_that_sets_it():
    run = started(flow(noop("a", sets={"twice": "outputs.a.n + outputs.a.n"}), noop("b", "a")))
    run.after(done("a", n="x" * 100), GO)
    failure = run.step("a").failure
    assert failure is not None
    assert failure.message == "the fact twice cannot be kept: it has 202 bytes, and at most 200 are kept"


def test_outputs_of_a_run_that_are_too_large_fail_the_run():
    run = started(flow(noop("a"), outputs={"twice": "outputs.a.n + outputs.a.n"}))
    run.after(done("a", n="x" * 100), GO)
    assert run.state.status == "failed"
    assert run.state.reason.startswith("outputs: they cannot be kept: it has 212 bytes")
