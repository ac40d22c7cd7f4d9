"""Files that look like workflows and belong to other systems: each is told by name; those that are simple lists of work
are read, by turning their steps into items of a BMAD sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from ropewalk.definition import Fault, definition_error
from ropewalk.documents import as_list, as_text, is_template
from ropewalk.formats.imported.bmad import format as bmad
from ropewalk.formats.imported.kit.personas import is_agent, is_team
from ropewalk.formats.reading import PLAIN, Reading, ReadOptions
from ropewalk.yaml import Path, Place, Positions, YamlDocument

Lines = Iterator[tuple[Path, dict[str, Any]]]


class Relative(NamedTuple):
    """A kind of file. `items` gives its steps with their places, where they can be read."""

    name: str
    fits: Callable[[Mapping[str, Any]], bool]
    hint: str = ""
    items: Callable[[Mapping[str, Any]], Lines] | None = None


def recognises(data: Any) -> bool:
    """Whether data is something that is known and is no workflow of the other formats."""
    return isinstance(data, Mapping) and not is_template(data) and relative_of(data) is not None


def read(document: YamlDocument, file: str, name: str, options: ReadOptions = PLAIN) -> Reading:
    """The workflow of a file whose steps can be read. InvalidDefinition: what the file is, and what to do with it."""
    kind = relative_of(document.data)
    if kind is None or kind.items is None:
        what = f"this is {kind.name if kind else 'no workflow'}, which ropewalk does not run"
        raise definition_error(
            file, [Fault(file, *document.positions.value(), what, hint=kind.hint if kind else "")]
        )
    listed = list(kind.items(document.data))
    if not listed:
        raise definition_error(
            file, [Fault(file, *document.positions.value(), f"this is {kind.name} without any step")]
        )
    inner = document.data.get("workflow")
    head = dict(inner) if isinstance(inner, Mapping) else {}
    rest = {key: value for key, value in document.data.items() if key not in ("workflow", "sequence")}
    data = {**rest, **head, "sequence": [item for _, item in listed]}
    data.setdefault("id", name)
    for taken in ("steps", "stages", "phases", "workflows", "template"):
        if isinstance(data.get(taken), list | Mapping):
            data[f"{taken}_as_written"] = data.pop(taken)
    moved = _Moved(document.positions, [path for path, _ in listed])
    reading = bmad.read(YamlDocument(data, moved), file, name, options)
    if reading.workflow is None:
        return reading
    warnings = (f"read as a list of work: {kind.name}", *reading.workflow.warnings)
    workflow = msgspec.structs.replace(reading.workflow, warnings=warnings)
    return Reading(workflow, reading.findings, reading.where, reading.unsure)


class _Moved(Positions):
    """The places of items that stand elsewhere in the file than in the sequence that was made of them."""

    def __init__(self, positions: Positions, places: list[Path]) -> None:
        super().__init__()
        self._positions = positions
        self._places = places

    def _written_place(self, path: Sequence[str | int]) -> Path:
        if (
            len(path) > 1
            and path[0] == "sequence"
            and isinstance(path[1], int)
            and path[1] < len(self._places)
        ):
            return (*self._places[path[1]], *path[2:])
        return tuple(path)

    def value(self, path: Sequence[str | int] = ()) -> Place:
        return self._positions.value(self._written_place(path))

    def key(self, path: Sequence[str | int]) -> Place:
        return self._positions.key(self._written_place(path))

    def has(self, path: Sequence[str | int]) -> bool:
        return self._positions.has(self._written_place(path))


def relative_of(data: Mapping[str, Any]) -> Relative | None:
    """The first kind that fits."""
    return next((kind for kind in KINDS if kind.fits(data)), None)


def _steps(data: Mapping[str, Any]) -> Lines:
    """`steps: [{id, title, agent, inputs, outputs}]`, at the top or in `workflow`."""
    holder, above = (
        (data["workflow"], ("workflow",)) if isinstance(data.get("workflow"), Mapping) else (data, ())
    )
    for index, step in enumerate(as_list(holder.get("steps"))):
        if isinstance(step, Mapping):
            yield (*above, "steps", index), _item(step)


def _stages(data: Mapping[str, Any]) -> Lines:
    """`stages: [{id, steps: [{agent, action, inputs, outputs}]}]` of v4's first drafts."""
    holder, above = (
        (data["workflow"], ("workflow",)) if isinstance(data.get("workflow"), Mapping) else (data, ())
    )
    for at, stage in enumerate(as_list(holder.get("stages"))):
        if not isinstance(stage, Mapping):
            continue
        name = as_text(stage.get("id") or stage.get("name"))
        for index, step in enumerate(as_list(stage.get("steps"))):
            if isinstance(step, Mapping):
                yield (*above, "stages", at, "steps", index), {"phase": name, **_item(step)}


def _phases(data: Mapping[str, Any]) -> Lines:
    """`phases: {name: [{agent, task, input, output}]}` of writing packs."""
    holder, above = (
        (data["workflow"], ("workflow",)) if isinstance(data.get("workflow"), Mapping) else (data, ())
    )
    for name, steps in holder["phases"].items():
        for index, step in enumerate(as_list(steps)):
            if isinstance(step, Mapping):
                yield (*above, "phases", name, index), {"phase": str(name), **_item(step)}


def _personas(data: Mapping[str, Any]) -> Lines:
    """`workflows: {name: {phases: [{phase, personas, tasks, artifacts}]}}` of v3; the first workflow is read."""
    name, workflow = next(iter(data["workflows"].items()))
    for index, phase in enumerate(as_list(workflow.get("phases")) if isinstance(workflow, Mapping) else ()):
        if isinstance(phase, Mapping):
            people = [as_text(person) for person in as_list(phase.get("personas"))]
            item: dict[str, Any] = {
                "agent": "/".join(people) or "orchestrator",
                "phase": as_text(phase.get("phase") or phase.get("name")),
            }
            item |= {"task": phase["tasks"]} if phase.get("tasks") else {}
            item |= {"outputs": phase["artifacts"]} if phase.get("artifacts") else {}
            item |= {
                str(key): value
                for key, value in phase.items()
                if key not in ("phase", "personas", "tasks", "artifacts")
            }
            yield ("workflows", name, "phases", index), item


def _item(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step as an item: `output` is what it creates, `repeat: per-chapter` a loop, `input` what it requires."""
    item = {str(key): value for key, value in step.items()}
    for old, new in (("output", "creates"), ("input", "requires"), ("title", "name")):
        if old in item and new not in item:
            item[new] = item.pop(old)
    repeat = item.pop("repeat", None)
    if isinstance(repeat, str):
        item["repeats"] = "for_each_" + repeat.removeprefix("per-").removeprefix("per_").replace("-", "_")
    if not item.get("agent"):
        item["agent"] = as_text(item.pop("role", "")) or "orchestrator"
    return item


def _inner(data: Mapping[str, Any]) -> Mapping[str, Any]:
    inner = data.get("workflow")
    return inner if isinstance(inner, Mapping) else data


def _has(*keys: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda data: all(key in data for key in keys)


def _agents_in_steps(data: Mapping[str, Any]) -> bool:
    steps = _inner(data).get("steps")
    return isinstance(steps, list) and any(
        isinstance(step, Mapping) and {"agent", "role"} & step.keys() for step in steps
    )


def _stages_in_list(data: Mapping[str, Any]) -> bool:
    stages = _inner(data).get("stages")
    return isinstance(stages, list) and any(
        isinstance(stage, Mapping) and isinstance(stage.get("steps"), list) for stage in stages
    )


def _phases_of_work(data: Mapping[str, Any]) -> bool:
    phases = _inner(data).get("phases")
    return isinstance(phases, Mapping) and any(
        isinstance(steps, list) and any(isinstance(step, Mapping) and "agent" in step for step in steps)
        for steps in phases.values()
    )


def _v3(data: Mapping[str, Any]) -> bool:
    held = data.get("workflows")
    first = next(iter(held.values()), None) if isinstance(held, Mapping) else None
    return isinstance(first, Mapping) and isinstance(first.get("phases"), list)


def _v6_path(data: Mapping[str, Any]) -> bool:
    phases = data.get("phases")
    return isinstance(phases, list) and any(
        isinstance(phase, Mapping) and isinstance(phase.get("workflows"), list) for phase in phases
    )


def _team(data: Mapping[str, Any]) -> bool:
    return isinstance(data.get("team"), Mapping)


KINDS: Final = (
    Relative("a team file", is_team, "name one of its workflows"),
    Relative("an agent file", is_agent, "give it to a role: `roles: {name: {persona: FILE}}`"),
    Relative("a team of BotArmy", _team, "its process file, the one with `stages`, is the workflow"),
    Relative("a list of squads' agents (`agent_sequence`)", lambda data: "agent_sequence" in _inner(data),
             "it says who is asked next, not what is done: write the steps"),
    Relative("a workflow of conductor", _has("entry_point", "agents"), "run it with conductor, or write its steps"),
    Relative("a workflow of takt", _has("initial_step", "steps"), "run it with takt, or write its steps"),
    Relative("a workflow of BMAD v6", lambda data: ("instructions" in data and "template" in data) or ("instructions" in data and "installed_path" in data),
             "it configures one prompt and has no steps: call its agent from a step"),
    Relative("a path of BMAD v6", _v6_path, "it lists commands for a person to choose from: write the steps"),
    Relative("a workflow of BMAD v3", _v3, items=_personas),
    Relative("a workflow of BMAD's v4 drafts", _stages_in_list, items=_stages),
    Relative("a workflow of a writing pack", _phases_of_work, items=_phases),
    Relative("a plain list of steps", _agents_in_steps, items=_steps),
)  # fmt: skip
