"""Work is sent back: exactly the steps between begin a new round, at most so many times, then a person decides.

All of them are told why, but for the one that sends back. Those that nothing open again works before fix what they left; the others
do their work anew. What had been left out because of a step that is open again is open again too; what a decision leaves out that
stands is not. A loop inside the body begins to count its turns anew."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from ropewalk.core import events as e
from ropewalk.core.asks import ask, withdraw
from ropewalk.core.events import SkipCause
from ropewalk.core.merge import fail_landing
from ropewalk.core.recorder import Recorder, written
from ropewalk.core.state import Graph, State, StepState
from ropewalk.core.step import open_round
from ropewalk.core.transitions import enqueue
from ropewalk.core.work import Feedback
from ropewalk.counting import times
from ropewalk.definition import BackTo, Decision, Route, Step


class Bypass(NamedTuple):
    """Why a step is left out, and by which decision."""

    decision: str
    cause: SkipCause
    reason: str


def left_out(state: State, decider: StepState) -> dict[str, Bypass]:
    """What the decision that was made leaves out, in the order in which it is put on record."""
    graph = state.graph
    decision = graph.steps[decider.index].decision or Decision()
    chosen = next((route for route in decision.routes if route.name == decider.route), None)
    if chosen is None:
        return {}
    on_the_way = _targets(state, chosen)
    others = {step for route in decision.routes for step in _targets(state, route)} - on_the_way
    bypass = Bypass(decider.key, "route", f"route {chosen.name} was taken")
    bypassed = dict.fromkeys(sorted(others, key=graph.index.__getitem__), bypass)
    if chosen.end:
        kept = graph.after(on_the_way)
        over = Bypass(decider.key, "end", f"route {chosen.name} ends the run")
        for i, step in enumerate(graph.steps):
            if i not in kept and i != decider.index and not (step.final or step.internal):
                bypassed.setdefault(step.id, over)
    return bypassed


def still_left_out(state: State, undecided: Collection[str] = ()) -> dict[str, Bypass]:
    """What all decisions that stand leave out together, but for those that are about to be made anew."""
    bypassed: dict[str, Bypass] = {}
    for i in state.graph.deciders:
        st = state.steps[state.graph.steps[i].id]
        if st.status == "succeeded" and st.key not in undecided:
            for key, bypass in left_out(state, st).items():
                bypassed.setdefault(key, bypass)
    return bypassed


def _targets(state: State, route: Route) -> set[str]:
    return {step for name in route.to for step in _named(state, name)}


def _named(state: State, name: str) -> set[str]:
    """The steps that a name stands for: a step for itself, a group for its members."""
    return set(state.graph.named.get(name, ()))


def _round(state: State, event: e.RoundOpened, at: float) -> None:
    origin = state.steps.get(event.step)
    body = [state.steps[key] for key in event.steps if key in state.steps]
    targets = set(state.graph.named.get(event.to, (event.to,)))
    fixing = _fixing(state.graph, body, targets)
    informed = [st for st in body if st is not origin or st.key in targets]
    feedback = Feedback(
        event.source or event.step, event.reason, event.findings, _is_shared(state.graph, informed)
    )
    if origin is not None:
        origin.turns = event.turn
    for st in body:
        fixes = st.key in fixing
        earlier = _left_by(st) if fixes else None
        of_items = {item: _left_by(state.steps[item]) for item in st.items} if fixes else {}
        open_round(state, st, at)
        st.feedback = [feedback] if st in informed else []
        st.earlier = earlier
        st.earlier_items = {item: left for item, left in of_items.items() if left is not None}
        if st is not origin:
            st.turns = 0
    for st in body:
        enqueue(state, st)


def _fixing(graph: Graph, body: list[StepState], targets: set[str]) -> set[str]:
    """Those of the body that fix what they left: the targets, and what works behind them, with nothing at work in between."""
    inside = {st.index for st in body}
    behind = [st.index for st in body if _works(graph.steps[st.index])]
    anew: set[int] = set()
    while behind:
        for follower in graph.followers[behind.pop()]:
            if follower in inside and follower not in anew:
                anew.add(follower)
                behind.append(follower)
    return {
        st.key for st in body if st.index not in anew and (st.key in targets or _works(graph.steps[st.index]))
    }


def _is_shared(graph: Graph, informed: list[StepState]) -> bool:
    at_work = [graph.steps[st.index] for st in informed if _works(graph.steps[st.index])]
    return len(at_work) > 1 or any(step.foreach is not None for step in at_work)


def _works(step: Step) -> bool:
    """Whether attempts make something of it; else it only passes on, asks a person or picks a route."""
    return step.kind not in {"noop", "ask", "sleep"} and (step.decision is None or step.decision.by == "role")


def _left_by(st: StepState) -> e.Outcome | None:
    """The work that came back, which is fixed and not done anew; nothing where no commit holds it."""
    return st.result if st.result is not None and st.result.commit else st.earlier


HANDLERS: dict[type[e.Event], Callable[[State, Any, float], None]] = {e.RoundOpened: _round}


def send_back(
    recorder: Recorder,
    st: StepState,
    *,
    reason: str,
    source: str,
    findings: tuple[str, ...] = (),
    forced: bool = False,
) -> None:
    """Re-open everything from the step's `back_to` up to it (an item sends back its foreach), or else the step alone.

    A landing fails instead: what the run came to stays.
    """
    state = recorder.state
    back = written(state, st).back_to
    if back is None:
        do_again(recorder, st, reason=reason, source=source, forced=forced)
        return
    origin = state.steps[st.parent] if st.parent else st
    if state.landing is not None:  # the run has ended, and nothing of it but this step is open again
        fail_landing(recorder, st, f"{origin.key} would be sent back to {back.to}: {reason}")
        return
    if spent(state, st, back) and not forced:
        _escalate(recorder, st, reason, findings, f"sent back to `{back.to}` {times(origin.turns)}")
        return
    keys = _between(state, back.to, origin)
    target = back.to if _named(state, back.to).intersection(keys) else keys[0]
    _open(recorder, e.RoundOpened(origin.key, target, keys, origin.turns + 1, reason, findings, source))


def do_again(recorder: Recorder, st: StepState, *, reason: str, source: str, forced: bool = False) -> None:
    """Re-open this one step (or item), with the reason in its brief; that is no turn of a loop."""
    if st.round > recorder.state.workflow.limits.rounds and not forced:
        _escalate(recorder, st, reason, (), f"done {times(st.round)}")
        return
    _open(recorder, e.RoundOpened(st.key, st.key, (st.key,), st.turns, reason, source=source))


def _open(recorder: Recorder, opened: e.RoundOpened) -> None:
    steps = recorder.state.steps
    left_out = [key for step in opened.steps for key in left_out_by(recorder.state, steps[step])]
    for step in opened.steps:
        for key in (*steps[step].items, step):
            withdraw(recorder, steps[key], "a new round begins")
    recorder.emit(opened)
    bypassed = still_left_out(recorder.state)
    for step in opened.steps:
        if step in bypassed and bypassed[step].cause == "route":
            _pass_by(recorder, steps[step], bypassed[step])
    take_along(recorder, left_out)


def retry(recorder: Recorder, st: StepState, reason: str = "") -> None:
    """Try a step again in the same round, at a person's word."""
    left_out = left_out_by(recorder.state, st)
    recorder.emit(e.StepRetried(step=st.key, round=st.round, reason=reason))
    take_along(recorder, left_out)


def spent(state: State, st: StepState, back: BackTo) -> bool:
    """Whether the step has sent back as often as it may, or one that it would re-open has had all its rounds."""
    origin = state.steps[st.parent] if st.parent else st
    most = state.workflow.limits.rounds
    if origin.turns >= min(back.at_most, most):
        return True
    return any(state.steps[key].round > most for key in _between(state, back.to, origin))


def _between(state: State, target: str, origin: StepState) -> tuple[str, ...]:
    """The steps on a way from `target`, a step or a group, to `origin`; not skipped ones that a decision leaves out which stays as it is."""
    bodies = {i for first in _named(state, target) for i in state.graph.body(first, origin.key)}
    body = [state.graph.steps[i].id for i in sorted(bodies)]
    bypassed = still_left_out(state, undecided=body)
    return tuple(key for key in body if state.steps[key].status != "skipped" or key not in bypassed)


def left_out_by(state: State, st: StepState) -> list[str]:
    """Steps that are skipped because of how this one ended, in written order."""
    graph = state.graph
    followers = [graph.steps[i].id for i in graph.followers[st.index]] if not st.parent else []
    keys = [key for key in followers if _for_its_needs(state.steps[key])]
    if st.route:
        keys += [key for key in graph.index if state.steps[key].decision == st.key]
    return keys


def _for_its_needs(st: StepState) -> bool:
    return st.status == "skipped" and st.cause in {"need", "route"} and not st.decision


def take_along(recorder: Recorder, keys: list[str]) -> None:
    """Open steps again that were left out, and what was left out because of them."""
    for key in keys:
        st = recorder.state.steps[key]
        if st.status == "skipped":
            retry(recorder, st)
            bypass = still_left_out(recorder.state).get(key)
            if bypass is not None:
                _pass_by(recorder, st, bypass)


def _pass_by(recorder: Recorder, st: StepState, bypass: Bypass) -> None:
    """A step that is open again stays out by another decision, and goes along when that one is made anew."""
    skipped = e.StepSkipped(st.key, st.round, bypass.cause, bypass.reason, decision=bypass.decision)
    recorder.end(skipped)


def _escalate(recorder: Recorder, st: StepState, reason: str, findings: tuple[str, ...], done: str) -> None:
    withdraw(recorder, st, "escalated")
    question = "Go on as it is, try once more, or give up?"
    ask(
        recorder,
        st,
        about="escalation",
        prompt=f"Step `{st.key}` was {done} and is not there yet: {reason}. {question}",
        choices=("approve", "retry", "reject"),
        show=st.result.artifacts if st.result else (),
        detail={"findings": list(findings)},
    )
