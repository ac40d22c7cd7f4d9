"""A random schedule is the same for the same number, does everything that a shell, a person or a crash can do, and plays on
until all that it began has ended; that something never ends is a fault."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import get_args

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.work import Options
from ropewalk.definition.policy import ErrorClass
from ropewalk.definition.workflow import Approval, Input, Step, Workflow
from ropewalk.testing.simulation import chance as module
from ropewalk.testing.simulation.chance import FAILURES, TOP, Chance
from ropewalk.testing.simulation.trial import PLENTY, Crash, Telling, Unheard
from ropewalk.testing.simulation.workflows import Catalog, catalog
from tests.core.flows import flow, noop

INPUTS = {"n": Input("integer")}
LEAF = Workflow("leaf", (noop("work"), Step("q", "ask", ask=Approval())), inputs=INPUTS)
CALLER = Workflow("main", (Step("sub", "call", args={"workflow": "leaf"}),), inputs=INPUTS)


def played(seed: int, turns: int = 60) -> Chance:
    random = Random(seed)
    chance = Chance(catalog(random), random, turns)
    chance.play()
    return chance


@cache
def stories() -> tuple[tuple[Telling, ...], ...]:
    return tuple(tuple(played(seed).trial.tellings) for seed in range(120))


def calling(turns: int = 0) -> Chance:
    """A run that calls another."""
    return Chance(Catalog({"main": CALLER, "leaf": LEAF}, {"n": 1}, Options()), Random(1), turns)


def test_the_same_number_tells_the_same_story_and_another_one_another():
    assert played(3).trial.tellings == played(3).trial.tellings
    assert played(4).trial.tellings != played(3).trial.tellings


def test_every_run_has_ended_when_the_play_is_over_and_time_went_only_forward():
    for seed in range(12):
        chance = played(seed, turns=20)
        assert all(run.state.ended and not run.state.unwanted for run in chance.trial.runs.values())
        times = [telling.now for telling in chance.trial.tellings]
        assert times == sorted(times)


NEVER_TOLD = {c.Import, c.Hold}
"""What comes from another store, or waits for values of secrets that no trial has."""


def test_between_them_the_stories_hold_every_command_that_there_is():
    kinds = {type(telling.command) for story in stories() for telling in story}
    commands = {kind for kind in c.Command.__subclasses__() if kind.__module__ == c.__name__}
    assert kinds == (commands - NEVER_TOLD) | {Crash, Unheard}


def test_where_attempts_ask_some_are_put_to_rest():
    rests = 0
    for seed in range(80):
        random = Random(seed)
        chance = Chance(catalog(random), random, 60, asking=True)
        chance.play()
        events = [event for run in chance.trial.runs.values() for event, _ in run.history]
        rests += sum(isinstance(event, e.StepWaiting) and event.on == "answer" for event in events)
    assert rests > 10


def test_attempts_fail_in_each_way_that_a_shell_reports():
    assert set(FAILURES) == set(get_args(ErrorClass)) - {"gate"}
    failures = {
        telling.command.outcome.failure.kind
        for story in stories()
        for telling in story
        if isinstance(telling.command, c.Report) and telling.command.outcome.failure
    }
    assert failures == set(FAILURES)


def test_in_the_end_nothing_fails_and_every_ask_is_agreed_to():
    chance = calling()
    chance.play()
    assert chance.calm
    assert {run.state.status for run in chance.trial.runs.values()} == {"completed"}
    commands = [telling.command for telling in chance.trial.tellings]
    assert [command.verdict for command in commands if isinstance(command, c.Answer)] == ["approve"]
    assert not any(command.outcome.failure for command in commands if isinstance(command, c.Report))


def test_a_run_that_is_called_is_begun_below_its_caller_and_tells_it_how_it_moves():
    chance = calling()
    chance.play()
    (child,) = chance.trial.runs.keys() - {TOP}
    created = next(telling.command for telling in chance.trial.tellings if telling.run == child)
    assert isinstance(created, c.Create)
    assert created.parent is not None
    assert (created.parent.run, created.parent.step, created.parent.depth) == (TOP, "sub", 1)
    assert created.inputs == {"n": 1}
    heard = [t.command.status for t in chance.trial.tellings if isinstance(t.command, c.ReportChild)]
    assert heard[-1] == "completed"


def test_a_call_that_nobody_waits_for_is_ended_with_its_caller():
    chance = calling()
    chance._tell(TOP, c.Create("main", "d", inputs={"n": 1}), "main")
    chance._tell(TOP, c.Advance(PLENTY))
    (child,) = chance.trial.runs.keys() - {TOP}
    chance._tell(TOP, c.Abort(by="ann"))
    assert c.Abort(reason="not wanted any more") in [
        telling.command for telling in chance.trial.tellings if telling.run == child
    ]


def test_what_is_never_done_is_a_run_that_does_not_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "plan", lambda state: [])
    main = flow(noop("a"))
    chance = Chance(Catalog({"main": main}, {}, Options()), Random(1), 0)
    with pytest.raises(AssertionError, match=r"the run does not end: .*running"):
        chance.play()
