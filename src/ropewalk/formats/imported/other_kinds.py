"""The kinds of files that look like workflows and belong to other systems: how each is known, what to do with it, and the
items of those that are simple lists of work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ropewalk.documents import as_list, as_text
from ropewalk.formats.imported.kit.personas import is_agent, is_team
from ropewalk.yaml import Path

Lines = Iterator[tuple[Path, dict[str, Any]]]


class Relative(NamedTuple):
    """A kind of file. `items` gives its steps with their places, where they can be read."""

    name: str
    fits: Callable[[Mapping[str, Any]], bool]
    hint: str = ""
    items: Callable[[Mapping[str, Any]], Lines] | None = None


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


def _listed_in(key: str) -> Callable[[Mapping[str, Any]], Lines]:
    """`stages: [{id, steps: [{agent, action}]}]`, `lanes`, `phases`: what each lists is done in its phase; one that lists
    nothing and says whose it is (`{id, agent, task}`, `{phase, agents, deliverables}`) is done itself.
    """

    def items(data: Mapping[str, Any]) -> Lines:
        holder, above = _holder(data, key)
        for at, entry in enumerate(as_list(holder.get(key))):
            if not isinstance(entry, Mapping):
                continue
            named = [as_text(entry.get(name)) for name in ("id", "phase", "name", "title")]
            phase = {"phase": next((name for name in named if name), ""), "phase_name": named[2] or named[3]}
            inside = next((inner for inner in INSIDE if _are_steps(entry.get(inner))), "")
            if not inside and any(isinstance(step, Mapping) for step in as_list(entry.get("steps"))):
                inside = "steps"
            for index, step in enumerate(entry[inside] if inside else ()):
                if isinstance(step, Mapping):
                    yield (*above, key, at, inside, index), {**phase, **_item(step)}
            if not inside and (PEOPLE & entry.keys()):
                yield (*above, key, at), {**phase, **_whole(entry)}

    return items


def _whole(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A phase that is one piece of work, as an item."""
    item = _item({name: value for name, value in entry.items() if name != "phase"})
    if "deliverables" in item and "outputs" not in item:
        item["outputs"] = item.pop("deliverables")
    tasks = item.get("tasks")
    if isinstance(tasks, list) and all(isinstance(task, str) for task in tasks) and "notes" not in item:
        item["notes"] = item.pop("tasks")
    return item


def _holder(data: Mapping[str, Any], key: str) -> tuple[Mapping[str, Any], Path]:
    """The mapping that has a key, `workflow` before the file itself, and where it stands."""
    inner = data.get("workflow")
    return (inner, ("workflow",)) if isinstance(inner, Mapping) and key in inner else (data, ())


def _are_steps(value: Any) -> bool:
    """Whether a value lists work and says whose it is."""
    return isinstance(value, list) and any(
        isinstance(step, Mapping) and bool(PEOPLE & step.keys()) for step in value
    )


PEOPLE: Final = frozenset({"agent", "agents", "role", "owner"})
INSIDE: Final = ("steps", "tasks", "sequence", "agents")


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
    if not item.get("agent") and not item.get("agents"):
        doer = next(
            (as_text(item.pop(key)) for key in ("role", "owner") if isinstance(item.get(key), str)), ""
        )
        item["agent"] = doer or "orchestrator"
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


def _works_in(key: str) -> Callable[[Mapping[str, Any]], bool]:
    def fits(data: Mapping[str, Any]) -> bool:
        entries = _holder(data, key)[0].get(key)
        return isinstance(entries, list) and any(
            isinstance(entry, Mapping)
            and (bool(PEOPLE & entry.keys()) or any(_are_steps(entry.get(inner)) for inner in INSIDE))
            for entry in entries
        )

    return fits


def _anywhere(*keys: str) -> Callable[[Mapping[str, Any]], bool]:
    """Whether the file or its `workflow` has each of the keys."""
    return lambda data: all(key in data or key in _inner(data) for key in keys)


def _takt(data: Mapping[str, Any]) -> bool:
    """Steps that lead on by rules (`rules: [{condition, next}]`, `transitions`), with or without a first one named."""
    if "movements" in data or ("initial_step" in data and "steps" in data):
        return True
    steps = data.get("steps")
    leading = ("rules", "transitions")
    return isinstance(steps, list) and any(
        isinstance(step, Mapping)
        and "id" not in step
        and any(isinstance(step.get(key), list) for key in leading)
        for step in steps
    )


def _archon(data: Mapping[str, Any]) -> bool:
    nodes = data.get("nodes")
    does = {"prompt", "command", "bash", "loop", "script"}
    return isinstance(nodes, list) and any(
        isinstance(node, Mapping) and bool(does & node.keys()) for node in nodes
    )


def _github(data: Mapping[str, Any]) -> bool:
    jobs = data.get("jobs")
    return isinstance(jobs, Mapping) and any(
        isinstance(job, Mapping) and bool({"runs-on", "uses"} & job.keys()) for job in jobs.values()
    )


def _squad(data: Mapping[str, Any]) -> bool:
    return "slashPrefix" in data or (
        isinstance(data.get("components"), Mapping) and bool({"aios", "aiox"} & data.keys())
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
    Relative("a list of squads' agents (`agent_sequence`)", _anywhere("agent_sequence"),
             "it says who is asked next, not what is done: write the steps"),
    Relative("a squad of AIOS", _squad, "it lists what belongs together: one of its workflows is what runs"),
    Relative("a workflow of conductor", _anywhere("entry_point", "agents"), "run it with conductor, or write its steps"),
    Relative("a workflow of takt", _takt, "run it with takt, or write its steps"),
    Relative("a workflow of Archon", _archon, "run it with Archon, or write its nodes as steps"),
    Relative("a flow of CAO", _has("agent_profile", "schedule"), "run it with CAO, or write its steps and start it by a timer"),
    Relative("a run file of fabro", lambda data: isinstance(data.get("graph"), str) and "goal" in data,
             "run it with fabro, or write the steps of its graph"),
    Relative("a workflow of GitHub Actions", _github, "GitHub runs it; a step `run` of ours runs the same commands"),
    Relative("a workflow of BMAD v6", lambda data: ("instructions" in data and "template" in data) or ("instructions" in data and "installed_path" in data),
             "it configures one prompt and has no steps: call its agent from a step"),
    Relative("a path of BMAD v6", _v6_path, "it lists commands for a person to choose from: write the steps"),
    Relative("a workflow of BMAD v3", _v3, items=_personas),
    Relative("a workflow of BMAD's v4 drafts", _stages_in_list, items=_listed_in("stages")),
    Relative("a workflow of a writing pack", _phases_of_work, items=_phases),
    Relative("a list of phases", _works_in("phases"), items=_listed_in("phases")),
    Relative("a list of lanes", _works_in("lanes"), items=_listed_in("lanes")),
    Relative("a plain list of steps", _agents_in_steps, items=_steps),
)  # fmt: skip
