"""A driver begins each attempt that it put on record itself, once, and no attempt of anybody else."""

from __future__ import annotations

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.plan import Perform
from ropewalk.runtime.own import OwnAttempts, is_free, present
from ropewalk.testing.given import Given, given
from tests.core.flows import flow, noop

US = "us"


def running(owner: str = US) -> Given:
    return given(flow(noop("a"), noop("b"))).after(c.Advance(owner=owner))


def test_what_is_ours_is_begun_once():
    own = OwnAttempts(US)
    own.remember([e.StepStarted("a", 1, 1, owner=US)])
    assert own.begin(Perform("a", 1, 1))
    assert not own.begin(Perform("a", 1, 1))


@pytest.mark.parametrize(
    "event",
    [
        e.StepStarted("a", 1, 1, owner="them"),
        e.StepStarted("a", 1, 1),
        e.StepStarted("a", 1, 1, child="r.1.1", owner=US),
        e.AttemptNoted("a", 1, 1, note={"driver": "them"}),
        e.AttemptNoted("a", 1, 1, note={"session": US}),
        e.StepSucceeded("a", 1, 1),
    ],
)
def test_what_is_somebody_elses_or_no_attempt_is_never_begun(event: e.Event):
    own = OwnAttempts(US)
    own.remember([event])
    assert not own.begin(Perform("a", 1, 1))


def test_an_attempt_that_we_took_over_by_a_note_is_ours():
    own = OwnAttempts(US)
    own.remember([e.AttemptNoted("a", 1, 2, note={"driver": US})])
    assert not own.begin(Perform("a", 1, 1))
    assert own.begin(Perform("a", 1, 2))


def test_the_others_are_those_on_record_that_are_not_ours():
    run = running("them")
    own = OwnAttempts(US)
    assert [st.key for st in own.others(run.state)] == ["a", "b"]
    own.remember([e.StepStarted("a", 1, 1, owner=US)])
    assert [st.key for st in own.others(run.state)] == ["b"]


def test_an_attempt_of_nobody_is_free_until_a_driver_notes_that_it_took_it():
    run = running(c.ANYBODY)
    st = run.state.steps["a"]
    assert present(st) == Perform("a", 1, 1)
    assert is_free(st)
    run.after(c.Note("a", 1, 1, {"driver": US}))
    assert not is_free(run.state.steps["a"])
    assert not is_free(running(US).state.steps["a"])


def test_what_neither_runs_nor_is_live_is_forgotten_and_would_not_be_begun_again():
    run = running()
    own = OwnAttempts(US)
    olds = [Perform("a", round_, 1) for round_ in range(2, 40)]
    own.remember([e.StepStarted(old.step, old.round, old.attempt, owner=US) for old in olds])
    own.remember([e.StepStarted("a", 1, 1, owner=US)])
    own.forget(run.state, live={olds[0]})
    assert own.begin(Perform("a", 1, 1))
    assert own.begin(olds[0])
    assert not any(own.begin(old) for old in olds[1:])
