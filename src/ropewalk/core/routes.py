"""Decisions: one of the named routes is taken, by conditions, a fact, a person or an agent."""

from __future__ import annotations

import msgspec

from ropewalk.core import events as e
from ropewalk.core.endings import deliver, fail_step
from ropewalk.core.facts import judge_condition, know
from ropewalk.core.questions import ask
from ropewalk.core.recorder import Recorder, written
from ropewalk.core.state import StepState
from ropewalk.core.work import Failure
from ropewalk.definition import Decision


def decide_route(recorder: Recorder, st: StepState) -> None:
    """Pick the route of a decision that needs no agent: by conditions, by a fact, or by asking a person."""
    decision = written(recorder.state, st).decision or Decision()
    if decision.by == "condition":
        _by_condition(recorder, st, decision)
    elif decision.by == "fact" and decision.fact in recorder.state.facts:
        _by_value(recorder, st, decision, recorder.state.facts[decision.fact])
    elif decision.by == "fact" and recorder.state.options.assume is not None:
        take_route(
            recorder, st, decision.routes[0 if recorder.state.options.assume else -1].name, by="--assume"
        )
    else:
        ask_route(recorder, st)


def ask_route(recorder: Recorder, st: StepState) -> None:
    """Let a person pick the route."""
    decision = written(recorder.state, st).decision or Decision()
    prompt = decision.prompt or f"Which way after `{st.key}`?"
    choices = tuple(r.name for r in decision.routes)
    ask(recorder, st, about="route", prompt=prompt, choices=choices, fact=decision.fact)


def _by_condition(recorder: Recorder, st: StepState, decision: Decision) -> None:
    for route in decision.routes:
        held = judge_condition(recorder, st, route.when) if route.when else True
        if held is None:
            return
        if held:
            take_route(recorder, st, route.name, by=route.when or "otherwise")
            return
    fail_step(recorder, st, Failure(kind="permanent", message="no route's condition holds"))


def _by_value(recorder: Recorder, st: StepState, decision: Decision, value: object) -> None:
    if any(r.name == value for r in decision.routes):
        take_route(recorder, st, str(value), by=f"fact {decision.fact}")
    else:
        names = ", ".join(r.name for r in decision.routes)
        message = f"fact `{decision.fact}` is {value!r}, which is none of the routes {names}"
        fail_step(recorder, st, Failure(kind="invalid_output", message=message))


def take_route(recorder: Recorder, st: StepState, name: str, by: str, result: e.Result | None = None) -> None:
    """Record the decision; its work is done with that."""
    decision = written(recorder.state, st).decision or Decision()
    recorder.emit(e.DecisionMade(step=st.key, round=st.round, route=name, by=by))
    if decision.fact:
        know(recorder, decision.fact, name, by=by)
    done = result or e.Result()
    deliver(recorder, st, msgspec.structs.replace(done, outputs={**done.outputs, "route": name}))
