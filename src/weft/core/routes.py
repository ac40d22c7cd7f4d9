"""Decisions: one of the named routes is taken, what only the others lead to is skipped, and a route may end the run."""

from __future__ import annotations

from weft.core import events as e
from weft.core.draft import Draft, written
from weft.core.endings import fail_step, skip_step, succeed
from weft.core.facts import judge_condition
from weft.core.questions import ask
from weft.core.state import StepState
from weft.core.work import Failure
from weft.definition.workflow import Decision, Route


def decide_route(draft: Draft, st: StepState) -> None:
    """Pick the route of a decision that needs no agent: by conditions, by a fact, or by asking a person."""
    decision = written(draft.state, st).decision or Decision()
    if decision.by == "condition":
        _by_condition(draft, st, decision)
    elif decision.by == "fact" and decision.fact in draft.state.facts:
        _by_value(draft, st, decision, draft.state.facts[decision.fact])
    elif decision.by == "fact" and draft.state.options.assume is not None:
        take_route(draft, st, decision.routes[0 if draft.state.options.assume else -1].name, by="--assume")
    else:
        prompt = decision.prompt or f"Which way after `{st.key}`?"
        ask(
            draft,
            st,
            about="route",
            prompt=prompt,
            choices=tuple(r.name for r in decision.routes),
            fact=decision.fact,
        )


def _by_condition(draft: Draft, st: StepState, decision: Decision) -> None:
    for route in decision.routes:
        held = judge_condition(draft, st, route.when) if route.when else True
        if held is None:
            return
        if held:
            take_route(draft, st, route.name, by=route.when or "otherwise")
            return
    fail_step(draft, st, Failure(kind="permanent", message="no route's condition holds"))


def _by_value(draft: Draft, st: StepState, decision: Decision, value: object) -> None:
    if any(r.name == value for r in decision.routes):
        take_route(draft, st, str(value), by=f"fact {decision.fact}")
    else:
        names = ", ".join(r.name for r in decision.routes)
        message = f"fact `{decision.fact}` is {value!r}, which is none of the routes {names}"
        fail_step(draft, st, Failure(kind="invalid_output", message=message))


def take_route(draft: Draft, st: StepState, name: str, by: str, result: e.Result | None = None) -> None:
    """Record the decision, end the step, and skip what is not on the way."""
    decision = written(draft.state, st).decision or Decision()
    chosen = next(r for r in decision.routes if r.name == name)
    draft.emit(e.DecisionMade(step=st.key, round=st.round, route=name, by=by))
    if decision.fact:
        draft.emit(e.FactSet(name=decision.fact, value=name, by=by))
    _skip_others(draft, decision, chosen)
    outputs = {**(result.outputs if result else {}), "route": name}
    base = result or e.Result()
    succeed(
        draft,
        st,
        e.Result(
            outputs,
            base.artifacts,
            base.handoff,
            base.usage,
            base.commit,
            base.tree,
            base.agent,
            base.rehearsed,
        ),
    )
    if chosen.end:
        _skip_rest(draft, chosen)


def _targets(draft: Draft, route: Route) -> set[str]:
    named = draft.state.graph.named
    return {step for name in route.to for step in named.get(name, ())}


def _skip_others(draft: Draft, decision: Decision, chosen: Route) -> None:
    mine = _targets(draft, chosen)
    others = {step for route in decision.routes for step in _targets(draft, route)} - mine
    for key in sorted(others, key=draft.state.graph.index.__getitem__):
        st = draft.state.steps[key]
        if st.status == "pending":
            skip_step(draft, st, "route", f"route {chosen.name} was taken")


def _skip_rest(draft: Draft, chosen: Route) -> None:
    """The run ends after the steps of this route: nothing else that has not begun will."""
    graph = draft.state.graph
    keep = graph.after(_targets(draft, chosen))
    for i, step in enumerate(graph.steps):
        st = draft.state.steps[step.id]
        if i not in keep and st.status == "pending" and not step.final and not step.internal:
            skip_step(draft, st, "end", f"route {chosen.name} ends the run")
