"""Process files of BotArmy: stages of tasks with roles, artifacts that have titles, checkpoints where people decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ropewalk.definition import (
    Approval,
    Fault,
    Findings,
    Input,
    Phase,
    Ref,
    Role,
    Step,
    Workflow,
    definition_error,
    nearest,
    translate_botarmy,
)
from ropewalk.documents import as_list, as_text, as_texts
from ropewalk.formats.imported.kit import wording
from ropewalk.formats.imported.kit.conditions import facts_of
from ropewalk.formats.imported.kit.item_places import ItemPlaces
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, Keys, persona
from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.formats.imported.kit.people import Crew, role_id
from ropewalk.formats.imported.kit.references import FILE
from ropewalk.formats.imported.kit.values import number
from ropewalk.formats.imported.kit.work import finished, with_leftover
from ropewalk.formats.reading import PLAIN, Reading, ReadOptions
from ropewalk.yaml import Path, YamlDocument

TAKEN: Final = frozenset({"process_name", "name", "description", "version", "roles", "stages"})


def recognises(data: Any) -> bool:
    """Whether data is a mapping of stages that hold tasks."""
    stages = data.get("stages") if isinstance(data, Mapping) else None
    if not isinstance(stages, Mapping) or not stages:
        return False
    return any(
        isinstance(stage, Mapping) and isinstance(stage.get("tasks"), list) for stage in stages.values()
    )


def items_of(document: YamlDocument) -> list[Item]:
    """The tasks of all stages, in order, numbered by their stage."""
    items = []
    for stage, body in document.data["stages"].items():
        for index, raw in enumerate(as_list(body.get("tasks")) if isinstance(body, Mapping) else ()):
            path: Path = ("stages", stage, "tasks", index)
            data = {str(key): value for key, value in raw.items()} if isinstance(raw, Mapping) else {}
            line = document.positions.value(path)[0]
            items.append(Item(f"{stage}.{index + 1}", path, line, "task", as_text(data.get("name")), data))
    return items


def read(document: YamlDocument, file: str, name: str, options: ReadOptions = PLAIN) -> Reading:
    """The workflow of a document that `recognises`. InvalidDefinition: a task is no mapping, or depends on none there is."""
    items = items_of(document)
    faults = [
        Fault(file, *document.positions.value(path), what, near, hint)
        for path, what, near, hint in _faults(items)
    ]
    if faults:
        raise definition_error(file, faults)
    data: Mapping[str, Any] = document.data
    process = _Process(data, items, ImportContext(options, Pack(), {}))
    steps = process.steps()
    making = process.making
    workflow = Workflow(
        name=role_id(as_text(data.get("process_name") or data.get("name")) or name),
        steps=tuple(steps),
        description=as_text(data.get("description")) or as_text(data.get("process_name")),
        version=as_text(data.get("version")),
        format="botarmy",
        source=file,
        inputs={
            "idea": Input(required=False, default="", description="What is wanted, in a sentence or more.")
        },
        facts=making.facts,
        roles={role: process.role(role, about[0]) for role, about in making.roles.items()},
        phases=tuple(Phase(role_id(stage), stage, _as_text(body)) for stage, body in data["stages"].items()),
        warnings=tuple(making.warnings),
        extra={str(key): value for key, value in data.items() if key not in TAKEN} | process.stages_extra(),
    )
    numbers = {item.number: item.path for item in items}
    paths = [numbers.get(str(step.extra.get("item", {}).get("number", "")), ()) for step in steps]
    where = ItemPlaces(document.positions, paths)
    return Reading(workflow, Findings(file, where, [step.id for step in steps]), where)


def _as_text(body: Any) -> str:
    return as_text(body.get("description")) if isinstance(body, Mapping) else ""


def _faults(items: list[Item]) -> list[tuple[Path, str, str, str]]:
    names = [item.name for item in items]
    faults = []
    for item in items:
        if not item.data:
            faults.append((item.path, "a task is no mapping", "", "give it a `name` and a `role`"))
        for need in as_texts(item.data.get("depends_on")):
            if need not in names:
                path = (*item.path, "depends_on")
                faults.append(
                    (path, f"there is no task `{need}`", nearest(need, names), "name a task of this file")
                )
    return faults


class _Process:
    """One file: its stages in order, each waiting for the one before it and for the person who looks at that."""

    def __init__(self, data: Mapping[str, Any], items: list[Item], making: ImportContext) -> None:
        self.data = data
        self.items = items
        self.making = making
        self.ids = {
            item.number: making.id(role_id(item.name or as_text(item.data.get("role")))) for item in items
        }
        flow = data.get("workflow_config")
        self.at_once = isinstance(flow, Mapping) and flow.get("parallel_execution") is True
        self.made = {title for item in items for title in as_texts(item.data.get("output_artifacts"))}
        self.described = {
            as_text(role.get("name")): role
            for role in as_list(data.get("roles"))
            if isinstance(role, Mapping)
        }

    def steps(self) -> list[Step]:
        """All tasks and checkpoints; a task waits for those it depends on and for the stage before its own."""
        steps: list[Step] = []
        barrier: tuple[str, ...] = ()
        for stage in self.data["stages"]:
            inside = [item for item in self.items if item.path[1] == stage]
            before: tuple[str, ...] = barrier
            for item in inside:
                waits = as_texts(item.data.get("depends_on"))
                named = tuple(self.ids[other.number] for other in self.items if other.name in waits)
                steps.append(
                    self._task(
                        item, role_id(stage), (*(barrier if named or self.at_once else before), *named)
                    )
                )
                before = (self.ids[item.number],)
            barrier = tuple(self.ids[item.number] for item in inside) or barrier
            checkpoint = self._checkpoint(stage, barrier)
            if checkpoint is not None:
                steps.append(checkpoint)
                barrier = (checkpoint.id,)
        return steps

    def _task(self, item: Item, phase: str, needs: tuple[str, ...]) -> Step:
        keys = Keys(item.data)
        title = keys.text("name", "title")
        role = keys.text("role", "role") or keys.text("agent", "role") or "team"
        notes = tuple(
            text for name in ("description", "notes", "instructions") if (text := keys.text(name, "notes"))
        )
        keys.take("depends_on", "needs")
        creates = self._titles(keys.take("output_artifacts", "creates"), soft=False)
        when = translate_botarmy(keys.text("condition", "when"))
        self.making.declare(facts_of(when))
        step = Step(
            self.ids[item.number],
            "role",
            title=title,
            phase=phase,
            role=self.making.role(role),
            prompt=wording.prompt(keys, creates, (), "", [], Crew("role", (role,))),
            needs=tuple(dict.fromkeys(needs)),
            when="" if when == "true" else when,
            requires=self._titles(keys.take("input_artifacts", "requires"), soft=True),
            creates=creates,
            notes=notes,
        )
        return with_leftover(finished(step, item, keys))

    def _titles(self, value: Any, soft: bool) -> tuple[Ref, ...]:
        """Artifacts by title: a title that is a path is one, any other is a label; what nobody makes comes from outside."""
        return tuple(
            Ref(
                title,
                soft,
                external=soft and title not in self.made,
                label=not FILE.search(title) or " " in title,
            )
            for title in dict.fromkeys(as_texts(value))
        )

    def _checkpoint(self, stage: str, needs: tuple[str, ...]) -> Step | None:
        """The question at the end of a stage, where `interactive_config` puts one; it may answer itself in time."""
        config = self.data.get("interactive_config")
        settings: Mapping[str, Any] = config if isinstance(config, Mapping) else {}
        for point in as_list(settings.get("hitl_checkpoints")):
            if not isinstance(point, Mapping) or as_text(point.get("stage")).casefold() != stage.casefold():
                continue
            if point.get("required") is False:
                return None
            minutes = number(point.get("timeout_minutes"), {})
            goes_on = settings.get("auto_proceed_on_timeout") is True and minutes > 0
            ask = Approval(
                prompt=as_text(point.get("message") or point.get("description"))
                or f"Stage “{stage}” is done: go on?",
                expires_seconds=minutes * 60.0 if goes_on else None,
                default="approve" if goes_on else "",
                on_reject="fail",
            )
            extra = {"inferred": ["a person looks at the stage: `hitl_checkpoints`"]}
            step_id = self.making.id(f"{role_id(stage)}-checkpoint")
            return Step(
                step_id,
                "ask",
                title=f"{stage}: go on?",
                phase=role_id(stage),
                needs=needs,
                ask=ask,
                extra=extra,
            )
        return None

    def role(self, name: str, title: str) -> Role:
        """A role as the file describes it, else one from its name."""
        described = self.described.get(title)
        persona_text = as_text(described.get("description") or described.get("prompt")) if described else ""
        return Role(title=title, persona=persona_text) if persona_text else persona(name, title, self.making)

    def stages_extra(self) -> dict[str, Any]:
        """What stages and roles say next to their tasks and descriptions."""
        stages = {
            str(stage): {key: value for key, value in body.items() if key not in ("description", "tasks")}
            for stage, body in self.data["stages"].items()
            if isinstance(body, Mapping)
        }
        roles = {
            name: {str(key): value for key, value in described.items() if key not in ("name", "description")}
            for name, described in self.described.items()
        }
        extra = {
            "stages": {k: v for k, v in stages.items() if v},
            "roles": {k: v for k, v in roles.items() if v},
        }
        return {key: value for key, value in extra.items() if value}
