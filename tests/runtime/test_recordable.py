"""Nothing that an attempt gives ends who drives the run: what cannot be put on record fails the attempt, by name."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ropewalk.core import commands as c
from ropewalk.core.work import DATA_BYTES, EVENT_BYTES, Artifact, Failure, Handoff, Outcome, Usage, Verdict
from ropewalk.errors import StoreError
from ropewalk.runtime.assignment import Assignment, Link
from ropewalk.runtime.recordable import recordable, unrecordable
from tests.runtime.conftest import Bench, noop

HALF = "\ud800"
MANY = tuple(Artifact(path=f"node_modules/{n}", digest="0" * 64) for n in range(180_000))


def self_holding() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def test_what_can_be_kept_is_left_as_it_is():
    outcome = Outcome(outputs={"n": 1}, failure=Failure(kind="permanent", message="no", report={"a": [1]}))
    assert recordable(outcome) == outcome


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"x": HALF}, "half a character"),
        ({HALF: 1}, "half a character"),
        ({"x": "y" * DATA_BYTES}, "at most 4,194,304 are kept"),
        ({"x": object()}, "unsupported"),
        ({"x": self_holding()}, "nested deeper than 64 levels"),
    ],
)
@pytest.mark.parametrize("name", ["outputs", "facts"])
def test_data_of_no_use_fails_the_attempt_and_is_left_out(name: str, data: dict[str, Any], fault: str):
    outcome = recordable(msgspec.structs.replace(Outcome(usage=Usage(tokens_in=7)), **{name: data}))
    assert outcome.failure is not None
    assert outcome.failure.kind == "invalid_output"
    assert outcome.failure.message.startswith(f"the {name} cannot be kept: ")
    assert fault in outcome.failure.message
    assert getattr(outcome, name) == {}
    assert outcome.usage.tokens_in == 7


def test_what_had_failed_already_says_so_as_well():
    failed = recordable(Outcome(failure=Failure(kind="quota", message="later"), outputs={"x": HALF}))
    assert failed.failure is not None
    assert failed.failure.kind == "quota"
    assert failed.failure.message.startswith("later; the outputs cannot be kept: ")


def test_names_and_messages_are_text_whatever_they_are_made_of():
    failure = Failure(kind="permanent", message=f"a{HALF}", report={"paths": [HALF], HALF: "x"})
    warned = recordable(
        Outcome(failure=failure, warnings=(f"w{HALF}",), handoff=Handoff(summary=HALF), verdicts=())
    )
    report = {"paths": ["\\ud800"], "\\ud800": "x"}
    assert warned.failure == Failure(kind="permanent", message="a\\ud800", report=report)
    assert warned.warnings == ("w\\ud800",)
    assert warned.handoff == Handoff(summary="\\ud800")


@pytest.mark.parametrize("report", [{"x": object()}, {"x": self_holding()}, {"x": "y" * EVENT_BYTES}])
def test_a_report_of_no_use_is_left_out(report: dict[str, Any]):
    failed = recordable(Outcome(failure=Failure(kind="permanent", message="no", report=report)))
    assert failed.failure == Failure(kind="permanent", message="no")


def test_a_message_without_end_is_cut():
    cut = recordable(Outcome(failure=Failure(kind="permanent", message="x" * 1_000_000)))
    assert cut.failure is not None
    assert cut.failure.message.endswith("x… (1,000,000 characters)")
    assert len(cut.failure.message) < 20_000


def test_more_files_than_a_record_holds_fail_the_attempt_which_says_what_to_do():
    outcome = recordable(Outcome(artifacts=MANY, commit="abc"))
    assert outcome.failure is not None
    assert outcome.failure.kind == "permanent"
    assert outcome.failure.message.startswith("the list of 180,000 files cannot be kept: ")
    assert "name in .gitignore" in outcome.failure.message
    assert (outcome.artifacts, outcome.commit) == ((), "abc")


def test_anything_else_that_is_too_large_is_left_out_too():
    verdicts = (Verdict(gate="g", verdict="PASS", findings=("x" * EVENT_BYTES,)),)
    outcome = recordable(Outcome(verdicts=verdicts, handoff=Handoff(summary="x" * EVENT_BYTES)))
    assert outcome.failure is not None
    assert "the verdicts cannot be kept" in outcome.failure.message
    assert (outcome.verdicts, outcome.handoff) == ((), None)
    agent = recordable(Outcome(agent="x" * EVENT_BYTES, commit="abc"))
    assert agent.failure is not None
    assert (agent.agent, agent.commit) == ("", "abc")


def test_a_command_that_no_event_can_hold_is_told_apart():
    assert unrecordable("r", c.Note("a", 1, 1, {"x": 1})) is None
    fault = unrecordable("r", c.Note("a", 1, 1, {"x": "y" * EVENT_BYTES}))
    assert isinstance(fault, StoreError)
    assert str(fault).startswith("What run 'r' is to be told (Note) cannot be stored: it has ")


async def test_the_run_goes_on_after_an_attempt_that_gave_what_cannot_be_kept(bench: Bench):
    async def tells(assignment: Assignment, link: Link) -> Outcome:
        for data in ({"x": HALF}, {"x": "y" * EVENT_BYTES}):
            with pytest.raises(StoreError, match="cannot be stored"):
                await link.publish("told", data)
        return Outcome(outputs={"x": HALF}, warnings=(HALF,))

    bench.work.does["a"] = tells
    run = await bench.begin(noop("a", on_failure="continue"), noop("b"))
    state = await bench.engine.drive(run)
    assert {key: st.status for key, st in state.steps.items() if key in "ab"} == {
        "a": "failed",
        "b": "succeeded",
    }
