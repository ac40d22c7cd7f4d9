"""What a decision puts on record is seen by the rest of it, phases begin and end with their steps, and conditions read what
they name."""

from __future__ import annotations

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.evolve import evolve
from ropewalk.core.recorder import Recorder, refuse, run_fields, scope_of, scope_with, written
from ropewalk.core.work import Options
from ropewalk.definition.check.scope import RUN
from ropewalk.definition.condition import compile_condition
from ropewalk.definition.workflow import Fact, Foreach
from ropewalk.errors import Refused
from ropewalk.testing.given import broken, done
from tests.core.flows import GO, flow, noop, started

PHASED = flow(noop("a", phase="p"), noop("b", phase="p"), noop("c", "a", "b", phase="q"))


def test_each_event_is_folded_before_the_next_one_is_decided():
    state = started(PHASED).state
    recorder = Recorder(state, 5.0, evolve, "driver")
    version = state.version
    recorder.emit(e.FactSet("f", 1))
    assert (state.facts, state.version, state.updated_at) == ({"f": 1}, version + 1, 5.0)
    assert recorder.events == [e.FactSet("f", 1)]


def test_a_phase_begins_with_its_first_step_and_ends_with_its_last():
    state = started(PHASED).state
    recorder = Recorder(state, 0.0, evolve)
    recorder.begin(written(state, state.steps["a"]))
    assert recorder.events == []
    recorder.begin(written(state, state.steps["c"]))
    assert recorder.events == [e.PhaseStarted("q")]
    recorder.end(e.StepSucceeded("a"))
    assert recorder.events[1:] == [e.StepSucceeded("a")]
    recorder.end(e.StepSkipped("b", cause="operator"))
    assert recorder.events[2:] == [e.StepSkipped("b", cause="operator"), e.PhaseCompleted("p")]


def test_conditions_read_the_run_the_step_and_the_item():
    run = started(flow(noop("f", foreach=Foreach('["x"]', name="one"))))
    names = scope_of(run.state, run.step("f[x]"))
    assert names["one"] == "x"
    assert names["run"] == {
        "id": "r", "workflow": "w", "title": "w", "status": "running", "outcome": "completed", "error": "", "round": 1, "turns": 0,
        "attempt": 1,
    }  # fmt: skip
    assert scope_of(run.state)["run"].keys() == names["run"].keys() - {"round", "turns", "attempt"}


def test_a_step_reads_its_own_outputs_and_of_the_others_those_that_it_names():
    run = started(flow(noop("a"), noop("b"), noop("c", "a", "b"))).after(done("a", n=1), done("b", n=2), GO)
    condition = compile_condition("outputs.a.n == 1 && outputs.c.n == 3")
    names = scope_with(run.state, run.step("c"), {"n": 3}, condition)
    assert names["outputs"] == {"a": {"n": 1}, "c": {"n": 3}}
    everything = compile_condition("size(outputs) == 3")
    assert scope_with(run.state, run.step("c"), {"n": 3}, everything)["outputs"].keys() == {"a", "b", "c"}


def test_a_refusal_names_the_verb_and_the_reason():
    with pytest.raises(Refused, match="pause makes no sense now: it is over"):
        refuse("pause", "it is over")


def test_a_run_says_how_it_will_end_and_why_while_it_still_runs():
    flow_ = flow(noop("a"), noop("b", on_failure="continue"), noop("fin", final=True))
    run = started(flow_)
    assert run_fields(run.state)["outcome"] == "completed"
    assert run_fields(run.state)["error"] == ""
    run.after(broken("b", message="no luck"))
    assert (run_fields(run.state)["outcome"], run_fields(run.state)["error"]) == ("failed", "b: no luck")
    run.after(done("a"), GO)
    assert run.state.closing == "failed"
    told = run_fields(run.state, run.step("fin"))
    assert (told["outcome"], told["error"]) == ("failed", "b: no luck")
    stopped = started(flow_).after(c.Abort(reason="not today"))
    assert run_fields(stopped.state)["outcome"] == "aborted"
    assert "not today" in run_fields(stopped.state)["error"]


def test_what_is_checked_of_a_run_is_what_it_says():
    state = started(PHASED).state
    assert run_fields(state, state.steps["a"]).keys() == RUN.fields.keys()


def test_a_fact_is_read_as_its_default_or_as_what_was_assumed_until_it_is_known():
    facts = {"lang": Fact("string", default="de"), "ready": Fact("boolean", default=False), "open": Fact()}
    state = started(flow(noop("a"), facts=facts)).state
    assert scope_of(state)["facts"] == {"lang": "de", "ready": False}
    state.facts["lang"] = "fr"
    state.options = Options(assume=True)
    assert scope_of(state)["facts"] == {"lang": "fr", "ready": True, "open": True}
