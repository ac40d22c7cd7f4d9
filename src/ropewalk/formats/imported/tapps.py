"""Workflows of TappsCodingAgents: `next` chains, artifacts, gates that send back or lead to repairs, parallel tasks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, Final

import msgspec

from ropewalk.counting import times
from ropewalk.definition import (
    ASKED_RETURN,
    BackTo,
    Decision,
    Fault,
    Findings,
    Limits,
    Ref,
    Retry,
    Route,
    Step,
    Workflow,
    definition_error,
)
from ropewalk.documents import as_list, as_text, as_texts
from ropewalk.formats.imported.kit import wording
from ropewalk.formats.imported.kit.gate_metrics import metrics
from ropewalk.formats.imported.kit.item_places import ItemPlaces
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext, Keys, persona
from ropewalk.formats.imported.kit.pack import Pack, find_pack
from ropewalk.formats.imported.kit.people import Crew
from ropewalk.formats.imported.kit.policy import FIX_CAP, LOOP_CAP
from ropewalk.formats.imported.kit.references import has_blank, pattern, tokens
from ropewalk.formats.imported.kit.settling import settle
from ropewalk.formats.imported.kit.values import number
from ropewalk.formats.imported.kit.work import finished, with_leftover
from ropewalk.formats.reading import PLAIN, Reading, ReadOptions
from ropewalk.yaml import Path, YamlDocument

TAKEN: Final = frozenset({"id", "name", "description", "version", "steps", "parallel_tasks"})
PARALLEL: Final = "parallel_tasks"


def recognises(data: Any) -> bool:
    """Whether data holds a list of steps with agents and ids, or parallel tasks, and no sequence."""
    holder = _holder(data)
    steps = holder.get("steps")
    tasks = isinstance(holder.get(PARALLEL), list) and "workflow" in data
    if not isinstance(steps, list) or any(str(key).endswith("sequence") for key in holder):
        return tasks
    entries = [step for step in steps if isinstance(step, Mapping)]
    if isinstance(data, Mapping) and data.get("workflow") is holder:
        working = [step for step in entries if "agent" in step]
        return bool(working) and (tasks or all("id" in step or _OWN & step.keys() for step in working))
    return (
        bool(entries)
        and all("agent" in step and "id" in step for step in entries)
        and any({"action", "requires", *_OWN} & step.keys() for step in entries)
    )


_OWN: Final = frozenset({"gate", "next", "context_tier", "scoring", "consults"})
"""Keys of a step by which this format is known, also where the step has no id."""


def _holder(data: Any) -> Mapping[str, Any]:
    inner = data.get("workflow") if isinstance(data, Mapping) else None
    if isinstance(inner, Mapping):
        return inner
    return data if isinstance(data, Mapping) else {}


def items_of(document: YamlDocument) -> list[Item]:
    """The tasks and steps of a document, in order."""
    holder, above = (
        _holder(document.data),
        ("workflow",) if isinstance(document.data.get("workflow"), Mapping) else (),
    )
    items = []
    for key, mark in ((PARALLEL, "t"), ("steps", "")):
        for index, raw in enumerate(as_list(holder.get(key))):
            path: Path = (*above, key, index)
            data = {str(name): value for name, value in raw.items()} if isinstance(raw, Mapping) else {}
            line = document.positions.value(path)[0]
            items.append(
                Item(
                    f"{mark}{index + 1}",
                    path,
                    line,
                    "task",
                    as_text(data.get("id") or data.get("agent_id")),
                    data,
                )
            )
    return items


def read(document: YamlDocument, file: str, name: str, options: ReadOptions = PLAIN) -> Reading:
    """The workflow of a document that `recognises`. InvalidDefinition: a step is no mapping, or leads nowhere."""
    holder = _holder(document.data)
    items = items_of(document)
    pack = find_pack(FilePath(file)) if file and FilePath(file).is_file() else Pack()
    making = ImportContext(options, pack, {})
    reading = _TappsReading(holder, items, making)
    faults = [
        Fault(file, *document.positions.value(path), what, hint=hint) for path, what, hint in reading.faults()
    ]
    if faults:
        raise definition_error(file, faults)
    steps = reading.steps()
    settings = holder.get("settings")
    at_once = number(settings.get("max_parallel_agents") if isinstance(settings, Mapping) else 0, {})
    workflow = Workflow(
        name=as_text(holder.get("id")) or name,
        steps=tuple(steps),
        description=as_text(holder.get("description")) or as_text(holder.get("name")),
        version=as_text(holder.get("version")),
        format="tapps",
        source=file,
        facts=making.facts,
        roles={role: persona(role, about[0], making) for role, about in making.roles.items()},
        limits=Limits(parallel=at_once) if at_once else Limits(),
        warnings=tuple(making.warnings),
        extra={
            str(key): value for key, value in {**_root(document.data), **holder}.items() if key not in TAKEN
        },
    )
    numbers = {item.number: item.path for item in items}
    paths = [numbers.get(str(step.extra.get("item", {}).get("number", "")), ()) for step in steps]
    where = ItemPlaces(document.positions, paths)
    return Reading(workflow, Findings(file, where, [step.id for step in steps]), where)


def _root(data: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in data.items() if key != "workflow"}


class _TappsReading:
    """One file: its items by name, what leads to what, and the steps that come of it."""

    def __init__(self, holder: Mapping[str, Any], items: list[Item], making: ImportContext) -> None:
        self.items = items
        self.making = making
        self.at = {item.name: index for index, item in reversed(list(enumerate(items))) if item.name}
        self.tasks = [item for item in items if item.number.startswith("t")]
        settings = holder.get("settings")
        self.settings: Mapping[str, Any] = settings if isinstance(settings, Mapping) else {}
        loopback = self.settings.get("loopback")
        self.cap = number(loopback.get("max_attempts"), {}) if isinstance(loopback, Mapping) else 0
        self.ids: dict[str, str] = {}
        self.deciders: dict[str, str] = {}

    def faults(self) -> list[tuple[Path, str, str]]:
        """What leads nowhere, and what is no step at all."""
        faults: list[tuple[Path, str, str]] = []
        for item in self.items:
            if not item.data:
                faults.append((item.path, "a step is no mapping", "give it an `id` and an `agent`"))
            gate = self._gate(item)
            targets: dict[Path, Any] = {("next",): item.data.get("next")}
            targets |= {("gate", side): gate.get(side) for side in ("on_pass", "on_fail")}
            for path, target in targets.items():
                if isinstance(target, str) and target not in self.at and not _is_end(target):
                    near = ", ".join(self.at)
                    faults.append(
                        ((*item.path, *path), f"there is no step `{target}`", f"the steps are {near}")
                    )
        return faults

    def _gate(self, item: Item) -> Mapping[str, Any]:
        gate = item.data.get("gate")
        return gate if isinstance(gate, Mapping) else {}

    def steps(self) -> list[Step]:
        """All steps in the order of the file; a gate that leads on to repairs has its decision right behind it."""
        for item in self.items:
            self.ids[item.number] = self.making.id(
                item.name or f"{as_text(item.data.get('agent'))}-{item.number}"
            )
        made = [self._made(item) for item in self.items]
        wired = []
        for index, (item, (step, decision)) in enumerate(zip(self.items, made, strict=True)):
            why = self.making.inferred.get(step.id)
            extra = {**step.extra, "inferred": why} if why else step.extra
            wired.append(msgspec.structs.replace(step, needs=self._needs(index, item), extra=extra))
            if decision is not None:
                chosen = self._decision(index, item, decision)
                wired.append(msgspec.structs.replace(decision, decision=chosen, needs=(step.id,)))
        return wired

    def _made(self, item: Item) -> tuple[Step, Step | None]:
        keys = Keys(item.data)
        step_id = self.ids[item.number]
        agent = keys.text("agent", "role")
        keys.text("id", "id")
        keys.text("agent_id", "id")
        condition = settle(keys, step_id, item, self.making)
        notes = tuple(text for name in ("notes", "description") if (text := keys.text(name, "notes")))
        creates = _refs(keys.take("creates", "creates"))
        requires = [
            need
            for need in as_texts(keys.take("requires", "requires"))
            if need != PARALLEL and need not in self.at
        ]
        metadata = keys.take("metadata", "retry")
        about: Mapping[str, Any] = metadata if isinstance(metadata, Mapping) else {}
        instruction = as_text(about.get("instruction"))
        tries = number(about.get("retry") or about.get("retries"), {})
        for name in ("next", "depends_on"):
            keys.take(name, "needs")
        crew = Crew("role", (agent,)) if agent else Crew("engine")
        idle = agent.lower() in ("orchestrator", "system", "") and not creates
        step = Step(
            step_id,
            "noop" if idle else "role",
            title=wording.title((agent or "orchestrator", step_id), keys.text("action", "prompt") or step_id),
            role="" if idle else self.making.role(agent),
            prompt=wording.prompt(keys, creates, (), "", [], crew),
            requires=_refs(requires),
            creates=creates,
            when=condition.when,
            optional=condition.sort == "optional",
            notes=(*notes, *([instruction] if instruction else []), *self._more(about), *_consulted(keys)),
            retry=Retry(attempts=tries + 1, on=ASKED_RETURN) if tries else Retry(),
            group=PARALLEL if item.number.startswith("t") else "",
        )
        step, decision = self._judged(item, keys, step)
        step = self._again(item, step)
        return with_leftover(finished(step, item, keys)), decision

    def _again(self, item: Item, step: Step) -> Step:
        """A `next` that leads back is a loop with a cap."""
        target = self.at.get(as_text(item.data.get("next")))
        if target is None or target > self.items.index(item) or step.back_to is not None:
            return step
        back = BackTo(self.ids[self.items[target].number], "true", self.cap or LOOP_CAP)
        self.making.why(
            step.id,
            f"`next` leads back to `{back.to}`, at most {times(back.at_most)}, then a person is asked",
        )
        return msgspec.structs.replace(step, back_to=back)

    def _more(self, about: Mapping[str, Any]) -> tuple[str, ...]:
        rest = {key: value for key, value in about.items() if key not in ("instruction", "retry", "retries")}
        return tuple(f"{key}: {as_text(value)}" for key, value in rest.items())

    def _judged(self, item: Item, keys: Keys, step: Step) -> tuple[Step, Step | None]:
        """The step with its gates, or with a decision behind it where failing leads on to repairs."""
        scoring, gate = keys.take("scoring", "gate"), keys.take("gate", "gate")
        asked = metrics(scoring, gate, off=self.settings.get("quality_gates") is False)
        if asked is None:
            return step, None
        step = msgspec.structs.replace(step, output=asked.schema())
        on_fail = as_text(self._gate(item).get("on_fail"))
        index = self.items.index(item)
        if on_fail in self.at and self.at[on_fail] > index:
            self.deciders[item.number] = self.making.id(f"{step.id}-gate")
            return step, Step(
                self.deciders[item.number],
                "decide",
                title=f"{step.id}: passed?",
                decision=Decision(routes=(Route("pass", asked.holds(step.id)), Route("fail"))),
                extra={"item": {"number": item.number, "keys": {"gate": "decide"}}},
                line=item.line,
            )
        back = (
            BackTo(self.ids[self.items[self.at[on_fail]].number], at_most=self.cap or FIX_CAP)
            if on_fail in self.at
            else None
        )
        if back is not None:
            self.making.why(
                step.id,
                f"a failed gate sends back to `{back.to}`, at most {times(back.at_most)}, then a person is asked",
            )
        return msgspec.structs.replace(step, gates=asked.gates(), back_to=back), None

    # ------------------------------------------------------------------------------------------------------- the order

    def _after(self, index: int) -> list[str]:
        """The names that an item leads to: where a gate passes, else `next`; a step of a list without any leads nowhere."""
        item = self.items[index]
        gate = self._gate(item)
        name = as_text(gate.get("on_pass")) or as_text(item.data.get("next"))
        return [name] if name in self.at else []

    def _needs(self, index: int, item: Item) -> tuple[str, ...]:
        """Steps that lead here, steps and tasks named in `requires`; a closing step waits for all that nobody waits for."""
        needs = [
            self._exit(at) for at in range(len(self.items)) if item.name in self._after(at) and at < index
        ]
        for name in (*as_texts(item.data.get("requires")), *as_texts(item.data.get("depends_on"))):
            if name == PARALLEL:
                needs += [self.ids[task.number] for task in self.tasks]
            elif name in self.at and self.at[name] != index:
                needs.append(self._exit(self.at[name]))
        says = item.data.get("requires") or item.data.get("creates")
        if not needs and not says and index and index == len(self.items) - 1:
            needs = self._leaves(index)
        if self.tasks and not needs and not item.number.startswith("t") and not item.data.get("requires"):
            needs = [self.ids[task.number] for task in self.tasks]
        return tuple(dict.fromkeys(needs))

    def _exit(self, at: int) -> str:
        number_ = self.items[at].number
        return self.deciders.get(number_, self.ids[number_])

    def _leaves(self, index: int) -> list[str]:
        """The steps above that nobody waits for, by name or by what they make."""
        made = {ref: at for at in range(index) for ref in as_texts(self.items[at].data.get("creates"))}
        waited = {need for at in range(index) for need in self._needs(at, self.items[at])}
        for at in range(index):
            required = as_texts(self.items[at].data.get("requires"))
            waited |= {self._exit(made[ref]) for ref in required if ref in made and made[ref] != at}
        return [self._exit(at) for at in range(index) if self._exit(at) not in waited]

    def _decision(self, index: int, item: Item, step: Step) -> Decision:
        gate = self._gate(item)
        goals = {
            "pass": as_text(gate.get("on_pass")) or as_text(item.data.get("next")),
            "fail": as_text(gate.get("on_fail")),
        }
        entries = [self.at[name] for name in goals.values() if name in self.at]
        routes = []
        for route in step.decision.routes if step.decision else ():
            start = self.at.get(goals[route.name])
            reached = self._reached(start) if start is not None else set()
            to = tuple(self.ids[self.items[at].number] for at in dict.fromkeys(entries) if at in reached)
            routes.append(Route(route.name, route.when, to, start is None))
        return Decision(tuple(routes))

    def _reached(self, start: int) -> set[int]:
        seen, todo = {start}, [start]
        while todo:
            for name in self._after(todo.pop()):
                if self.at[name] not in seen:
                    seen.add(self.at[name])
                    todo.append(self.at[name])
        return seen


def _refs(value: Any) -> tuple[Ref, ...]:
    """Files and folders where the file says that they are; a name that is neither is a label."""
    refs = []
    for token in tokens(value):
        names = tuple(pattern(name) if has_blank(name) else name for name in token.alternatives)
        name = pattern(token.name) if has_blank(token.name) else token.name
        refs.append(
            Ref(
                name,
                token.soft or token.everything,
                () if token.label else names,
                False,
                token.everything,
                token.label,
            )
        )
    return tuple(dict.fromkeys(refs))


def _is_end(target: str) -> bool:
    return target.lower() in ("end", "complete", "done", "finish", "stop", "fail", "abort", "none", "")


def _consulted(keys: Keys) -> tuple[str, ...]:
    experts = as_texts(keys.take("consults", "notes"))
    return (f"Consult: {', '.join(experts)}",) if experts else ()
