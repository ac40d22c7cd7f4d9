"""A step that calls another workflow: what its run starts from, whether a run is that one, and what it gives back."""

from __future__ import annotations

import msgspec

from weft.core.state import State, StepState
from weft.core.work import Artifact, Outcome, Usage
from weft.errors import WeftError
from weft.runtime.assignment import Assignment
from weft.runtime.briefing import Briefing
from weft.workspace.port import Base


def calling(state: State, st: StepState) -> Assignment:
    """The step as an attempt: where it starts from, and under which name what it leaves is kept."""
    base = msgspec.convert(state.base, Base)
    return Briefing(state, base, bool(base.commit)).assignment(st, "own", state.updated_at)


def outcome_of(child: State) -> Outcome:
    """What a called run that has ended gives to the step that called it."""
    return Outcome(
        outputs=child.result or child.outputs,
        artifacts=_made(child),
        commit=child.commit,
        tree=child.tree,
        usage=_usage(child),
    )


def belongs(child: State, parent: State, key: str) -> None:
    """An imported run may bear the name that a call of ours would get: its outcome is not what we asked for."""
    caller = child.parent
    if caller is None or (caller.run, caller.step) != (parent.run, key) or child.imported > parent.imported:
        raise WeftError(f"There is already a run {child.run}, and it was not called by step {key}.")


def _made(child: State) -> tuple[Artifact, ...]:
    """The files of a called run as its result has them; as its steps left them where nothing joined those."""
    for st in child.steps.values():
        if child.graph.steps[st.index].kind == "weave" and st.result is not None:
            return st.result.artifacts
    found = {a.path: a for st in child.steps.values() if st.result is not None for a in st.result.artifacts}
    return tuple(found.values())


def _usage(state: State) -> Usage:
    spent = state.spent
    cost = None if spent.unknown and not spent.cost_usd else spent.cost_usd
    return Usage(tokens_out=spent.tokens, cost_usd=cost)
