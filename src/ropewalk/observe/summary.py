"""What a run comes to: its steps, artifacts, errors in written order, cost and time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from ropewalk.core import Artifact, State, StepState
from ropewalk.core.events import Outcome


def listed_steps(state: State) -> list[StepState]:
    """The steps that people are shown, in written order, each item after its foreach; internal ones are not."""
    shown = [st for st in state.steps.values() if not state.graph.steps[st.index].internal]
    return sorted(shown, key=lambda st: (st.index, st.place if st.parent else -1))


def merged_result(state: State) -> Outcome | None:
    """What the steps left, joined by the internal last step; None while there is no result yet."""
    if state.landing is not None:
        return state.landing.result
    st = state.merge_step
    return st.result if st is not None and st.result is not None and st.result.commit else None


class MadeFile(Struct, frozen=True):
    """A file that a run made, as it is in the commit that it names, the step that wrote it last, and the `sources` that this
    step requires."""

    artifact: Artifact
    step: str
    sources: tuple[str, ...] = ()


def artifacts_of(state: State) -> list[MadeFile]:
    """Every file that was made and is not deleted since: as the result has it, or as its last writer left it until there is
    a result."""
    end = merged_result(state)
    return files_made_in(state, end.commit, end.artifacts) if end is not None else last_written(state)


def files_made_in(state: State, commit: str, artifacts: Iterable[Artifact]) -> list[MadeFile]:
    """These files, as a commit has them that joins what the steps left."""
    wrote = {file.artifact.path: file for file in last_written(state)}
    unknown = MadeFile(Artifact("", ""), "")
    made = []
    for file in artifacts:
        if file.change != "deleted":
            last = wrote.get(file.path, unknown)
            kept = msgspec.structs.replace(file, commit=commit, amended_by=last.artifact.amended_by)
            made.append(msgspec.structs.replace(last, artifact=kept))
    return made


def last_written(state: State) -> list[MadeFile]:
    """Each file as the step left it that wrote it last."""
    by_path: dict[str, MadeFile] = {}
    for st in listed_steps(state):
        for artifact in st.result.artifacts if st.result is not None else ():
            by_path.pop(artifact.path, None)
            if artifact.change != "deleted":
                commit = artifact.commit or (st.result.commit if st.result is not None else "")
                file = msgspec.structs.replace(artifact, commit=commit)
                by_path[artifact.path] = MadeFile(file, st.key, _sources(state, st))
    return list(by_path.values())


def _sources(state: State, st: StepState) -> tuple[str, ...]:
    """The files that the step requires, of alternatives the first; what is only a label is no file."""
    return tuple(
        st.texts.get(ref.name, ref.name) for ref in state.graph.steps[st.index].requires if not ref.label
    )


def handoffs_of(state: State) -> list[dict[str, Any]]:
    """What each step that ended well passed on, in written order.

    Keys: step, round, from, to, phase, summary, instructions, artifacts, expected, priority, decisions, questions.
    """
    handoffs = []
    for st in listed_steps(state):
        handoff = st.result.handoff if st.result is not None else None
        if handoff is not None:
            fields = msgspec.structs.asdict(handoff)
            sides = {"from": fields.pop("sender") or st.key, "to": fields.pop("receiver")}
            handoffs.append({"step": st.key, "round": st.round, **sides, **fields})
    return handoffs


def errors_of(state: State) -> list[dict[str, Any]]:
    """What has failed, in written order; what ended the run as a whole comes last and names no step."""
    errors = list(_failures(state))
    if state.status == "failed" and not errors:
        errors.append({"step": "", "class": state.failed_by, "message": state.reason})
    return errors


def _failures(state: State) -> Iterator[dict[str, Any]]:
    for st in listed_steps(state):
        if st.status == "failed" and st.failure is not None:
            yield {"step": st.key, "class": st.failure.kind, "message": st.failure.message}


def warnings_of(state: State) -> list[dict[str, str]]:
    """What people should know of the files: of what the run started from (names no step), then by step."""
    warnings = [{"step": "", "message": str(message)} for message in state.base.get("warnings", ())]
    steps = sorted(state.steps.values(), key=lambda st: (st.index, st.place if st.parent else -1))
    return warnings + [{"step": st.key, "message": message} for st in steps for message in st.warnings]


def cost_of(state: State) -> float | None:
    """What is known to be spent; None when something was spent and nothing of it is known."""
    spent = state.spent
    return None if spent.unknown and not spent.cost_usd else round(spent.cost_usd, 6)


def run_seconds(state: State, now: float) -> float:
    """How long the run takes or took."""
    if state.started_at is None:
        return 0.0
    return round((state.ended_at or now) - state.started_at, 3)


def git_result(state: State) -> dict[str, Any]:
    """Where a run in a repository began, what it ended with, and where that landed, is on its way to, or why it did not land."""
    return {
        "base": state.base["commit"],
        "branch": state.branch,
        "commit": state.commit,
        "tree": state.tree,
        "landed": state.landed,
        "landing": state.landing.target if state.landing is not None else "",
        "not_landed": state.not_landed,
        "conflicts": conflicts_of(state),
    }


def conflicts_of(state: State) -> list[dict[str, Any]]:
    """What does not fit together now, as the workspace reported it: between steps, and in the merge at the end."""
    return [
        {**conflict, "step": st.key}
        for st in state.steps.values()
        if st.failure is not None and st.failure.kind == "conflict"
        for conflict in st.failure.report.get("conflicts", ())
    ]
