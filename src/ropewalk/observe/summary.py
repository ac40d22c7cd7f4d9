"""What a run comes to: its steps, artifacts, errors in written order, cost and time. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ropewalk.core.events import Result
from ropewalk.core.state import State, StepState
from ropewalk.core.work import Artifact


def listed(state: State) -> list[StepState]:
    """The steps that people are shown, in written order, each item after its foreach; internal ones are not."""
    shown = [st for st in state.steps.values() if not state.graph.steps[st.index].internal]
    return sorted(shown, key=lambda st: (st.index, st.place if st.parent else -1))


def joined(state: State) -> Result | None:
    """What the steps left, joined by the internal last step; None while there is no result yet."""
    for st in state.steps.values():
        if state.graph.steps[st.index].kind == "merge" and st.result is not None and st.result.commit:
            return st.result
    return None


def artifacts(state: State) -> list[dict[str, Any]]:
    """Every file that was made and is not deleted since, by the step that wrote it last; as the result has it once there
    is one. Keys: path, step, digest, size, commit."""
    found: dict[str, dict[str, Any]] = {}
    for st in listed(state):
        for one in st.result.artifacts if st.result is not None else ():
            found.pop(one.path, None)
            if one.change != "deleted":
                commit = one.commit or (st.result.commit if st.result is not None else "")
                found[one.path] = _file(one, st.key, commit)
    end = joined(state)
    if end is None:
        return list(found.values())
    return [
        _file(one, found.get(one.path, {}).get("step", ""), end.commit)
        for one in end.artifacts
        if one.change != "deleted"
    ]


def _file(made: Artifact, step: str, commit: str) -> dict[str, Any]:
    return {"path": made.path, "step": step, "digest": made.digest, "size": made.size, "commit": commit}


def handoffs(state: State) -> list[dict[str, Any]]:
    """What each step that ended well passed on, in written order.

    Keys: step, round, from, to, phase, summary, instructions, artifacts, expected, priority, decisions, questions.
    """
    found = []
    for st in listed(state):
        one = st.result.handoff if st.result is not None else None
        if one is not None:
            told = msgspec.structs.asdict(one)
            sides = {"from": told.pop("sender") or st.key, "to": told.pop("receiver")}
            found.append({"step": st.key, "round": st.round, **sides, **told})
    return found


def errors(state: State) -> list[dict[str, Any]]:
    """What has failed, in written order; what ended the run as a whole comes last and names no step."""
    found = list(_failures(state))
    if state.status == "failed" and not found:
        found.append({"step": "", "class": state.failed_by, "message": state.reason})
    return found


def _failures(state: State) -> Iterator[dict[str, Any]]:
    for st in listed(state):
        if st.status == "failed" and st.failure is not None:
            yield {"step": st.key, "class": st.failure.kind, "message": st.failure.message}


def warnings(state: State) -> list[dict[str, str]]:
    """What people should know of the files: of what the run started from (names no step), then by step."""
    found = [{"step": "", "message": str(message)} for message in state.base.get("warnings", ())]
    steps = sorted(state.steps.values(), key=lambda st: (st.index, st.place if st.parent else -1))
    return found + [{"step": st.key, "message": message} for st in steps for message in st.warnings]


def cost_usd(state: State) -> float | None:
    """What is known to be spent; None when something was spent and nothing of it is known."""
    spent = state.spent
    return None if spent.unknown and not spent.cost_usd else round(spent.cost_usd, 6)


def seconds(state: State, now: float) -> float:
    """How long the run takes or took."""
    if state.started_at is None:
        return 0.0
    return round((state.ended_at or now) - state.started_at, 3)


def in_git(state: State) -> dict[str, Any]:
    """Where a run in a repository began and what it ended with."""
    return {
        "base": state.base["commit"],
        "branch": state.branch,
        "commit": state.commit,
        "tree": state.tree,
        "conflicts": conflicts(state),
    }


def conflicts(state: State) -> list[dict[str, Any]]:
    """What does not fit together now, as the workspace reported it: between steps, and in the merge at the end."""
    return [
        {**conflict, "step": st.key}
        for st in state.steps.values()
        if st.failure is not None and st.failure.kind == "conflict"
        for conflict in st.failure.report.get("conflicts", ())
    ]
