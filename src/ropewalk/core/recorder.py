"""The events of one decision while it is being made: each is folded at once, so that the next one sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from ropewalk.core import events as e
from ropewalk.core.state import State, StepState
from ropewalk.definition import CompiledCondition, Step
from ropewalk.errors import Refused


class Recorder:
    """`now` is the one time of the decision, in unix seconds; `owner` the driver that may begin what it starts. `fold` is `evolve`,
    which is made of the same modules as the rules, so that it has to be handed in."""

    __slots__ = ("events", "fold", "now", "owner", "state")

    def __init__(
        self, state: State, now: float, fold: Callable[[State, e.Event, float], State], owner: str = ""
    ) -> None:
        self.state = state
        self.now = now
        self.fold = fold
        self.owner = owner
        self.events: list[e.Event] = []

    def emit(self, event: e.Event) -> None:
        """Put a fact on record."""
        self.fold(self.state, event, self.now)
        self.events.append(event)

    def begin(self, step: Step) -> None:
        """A step begins; so does its phase if it is the first."""
        if step.phase and step.phase not in self.state.phases_begun:
            self.emit(e.PhaseStarted(phase=step.phase))

    def end(self, event: e.StepSucceeded | e.StepSkipped | e.StepFailed | e.StepAborted) -> None:
        """A step ends; so does its phase if it was the last."""
        self.emit(event)
        st = self.state.steps[event.step]
        phase = self.state.graph.steps[st.index].phase
        if phase and not st.parent and self.state.phases.get(phase) == 0:
            self.emit(e.PhaseCompleted(phase=phase))


def refuse(verb: str, reason: str) -> NoReturn:
    """Raise Refused; nothing has been put on record yet."""
    raise Refused(verb=verb, reason=reason)


def written(state: State, st: StepState) -> Step:
    """What was written for a step or an item."""
    return state.graph.steps[st.index]


def scope_of(state: State, st: StepState | None = None) -> dict[str, Any]:
    """What conditions and templates of a step may read."""
    names: dict[str, Any] = {
        "inputs": state.inputs,
        "outputs": state.outputs,
        "facts": known_facts(state),
        "run": run_fields(state, st),
    }
    if st is None:
        return names
    step = written(state, st)
    if st.parent and step.foreach is not None:
        names[step.foreach.name] = st.item
    return names


def known_facts(state: State) -> dict[str, Any]:
    """The facts as conditions and templates read them: what was assumed or is the default, until somebody says otherwise."""
    if not state.workflow.facts:
        return state.facts
    assumed = state.options.assume
    otherwise = {
        name: fact.default if assumed is None or fact.type != "boolean" else assumed
        for name, fact in state.workflow.facts.items()
        if fact.default is not None or (assumed is not None and fact.type == "boolean")
    }
    return {**otherwise, **state.facts} if otherwise else state.facts


def run_fields(state: State, st: StepState | None = None) -> dict[str, Any]:
    """What `run` is in conditions, templates and commands: the whole run, and the step's own numbers."""
    fields: dict[str, Any] = {
        "id": state.run,
        "workflow": state.workflow.name,
        "title": state.title or state.workflow.name,
        "status": state.status,
        "outcome": outcome_so_far(state),
        "error": state.why or error_so_far(state),
    }
    return fields if st is None else fields | {"round": st.round, "turns": st.turns, "attempt": st.attempt}


def outcome_so_far(state: State) -> str:
    """How the run ends if nothing else happens: `completed`, `failed` or `aborted`."""
    if state.closing == "aborted":
        return "aborted"
    return "failed" if state.failed or state.closing == "failed" else "completed"


def error_so_far(state: State) -> str:
    """The failed steps in written order, the first with its message; "" when none has failed."""
    if not state.failed:
        return ""
    failed = sorted((state.steps[key] for key in state.failed), key=lambda st: (st.index, st.place))
    failure = failed[0].failure
    first = f"{failed[0].key}: {failure.message}" if failure else failed[0].key
    return first + (f"; also {', '.join(st.key for st in failed[1:])}" if len(failed) > 1 else "")


def scope_with(
    state: State, st: StepState, own: dict[str, Any], condition: CompiledCondition
) -> dict[str, Any]:
    """The same with the step's outputs of this attempt under its own id; of the others only what the condition reads."""
    mine, outputs = written(state, st).id, state.outputs
    names = {path[1] if len(path) > 1 else "" for path in condition.paths if path[0] == "outputs"}
    read = outputs if "" in names else {name: outputs[name] for name in names & outputs.keys()}
    return {**scope_of(state, st), "outputs": {**read, mine: own}}
