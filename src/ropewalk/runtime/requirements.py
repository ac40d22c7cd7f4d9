"""The files that a step requires, looked for in what it starts from before anybody is asked to do it.

Who does it would find out too, but later, and for money.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ropewalk.agents import files_matching
from ropewalk.core import Failure, State
from ropewalk.definition import Ref, Step, names_of
from ropewalk.runtime.assignment import Assignment


def makers_of(state: State, step: Step) -> dict[str, str]:
    """By required name the step that would make it, and what became of that."""
    makers: dict[str, str] = {}
    for ref in step.requires:
        wanted = {_plain(name) for name in names_of(ref)}
        for other in state.workflow.steps:
            made = {_plain(name) for created in other.creates for name in names_of(created)}
            if other.id != step.id and wanted & made:
                makers[ref.name] = f"`{other.id}` creates it, which is {state.steps[other.id].status}"
    return makers


def lacking(assignment: Assignment, folder: Path) -> Failure | None:
    """The failure of an attempt whose folder lacks what its step requires; None when everything is there."""
    faults = [_fault(ref, assignment.makers, assignment.base.root) for ref in _absent(assignment, folder)]
    if not faults:
        return None
    message = f"it was not begun, as {'; '.join(faults)}"
    return Failure(kind="permanent", message=message, report={"faults": faults})


def _absent(assignment: Assignment, folder: Path) -> list[Ref]:
    """A name that is a template still is one for the agent to read, and cannot be looked for. Who rehearses reads nothing,
    so only what a step was to make is missed then.
    """
    brief = assignment.brief
    played = brief.rehearse is not None and brief.kind in ("role", "decide")
    return [
        ref
        for ref in brief.requires
        if not (ref.soft or ref.aggregate or ref.label)
        and not (played and ref.name not in assignment.makers)
        and not any("{{" in name for name in names_of(ref))
        and not any(_is_there(folder, name) for name in names_of(ref))
    ]


def _is_there(folder: Path, name: str) -> bool:
    try:
        return bool(files_matching(folder, name))
    except ValueError:
        return False


def _fault(ref: Ref, makers: Mapping[str, str], root: str) -> str:
    names = " or ".join(f"`{name}`" for name in names_of(ref))
    if ref.name in makers:
        return f"{names}, which it requires, is not there: {makers[ref.name]}"
    if root and any(_is_there(Path(root), name) for name in names_of(ref)):
        return (
            f"{names}, which it requires, lies in {root} but is not under version control, so no step sees it"
        )
    return f"{names}, which it requires, is not there, and no step creates it"


def _plain(name: str) -> str:
    return name.removeprefix("./").rstrip("/")
