"""One look at all that a workflow will need here, before it is started: the workflows that it calls, agents, functions.

Everything that is not there is told at once, each with its place, so that nothing is paid for before a fault that could be known.
What only a step lacks that the run may do without is a warning: it may never be needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from ropewalk.app.known import load_known
from ropewalk.definition import (
    Fault,
    Findings,
    Nowhere,
    Role,
    Step,
    Where,
    Workflow,
    brought_along,
    errors_in,
    faults_in_order,
    may_be_left_out,
    names_of,
    needs_of,
)
from ropewalk.errors import CannotStart, InvalidDefinition, NoSuchWorkflow, RopewalkError, VariantNeeded
from ropewalk.formats import Loaded, find_workflow
from ropewalk.runtime import call_faults
from ropewalk.steps.port import Tools

Place = tuple[str | int, ...]
Load = Callable[[str, str], Loaded]
"""Finds a workflow by its name and the file of who calls it. Raises NoSuchWorkflow, InvalidDefinition, VariantNeeded."""


class FoundCall(NamedTuple):
    """A step's call: the file that it stands in, the name there, and the workflow that was found by it."""

    caller: str
    name: str
    loaded: Loaded


class Calls(NamedTuple):
    """All that a workflow calls, and what that calls in turn; `faults` of the calls and of the files that are called."""

    called: tuple[FoundCall, ...]
    faults: tuple[Fault, ...]


def calls_of(workflow: Workflow, where: Where, load: Load) -> Calls:
    """Each workflow is looked at once, also where they call each other in a circle. Reads files."""
    called: dict[tuple[str, str], FoundCall] = {}
    faults: list[Fault] = []
    seen = {workflow.source}
    todo = [(workflow, where)]
    while todo:
        caller, places = todo.pop()
        findings = _findings(caller, places)
        for index, step in enumerate(caller.steps):
            if step.kind != "call":
                continue
            at: Place = ("steps", index, "call")
            name = str(step.args.get("workflow", ""))
            try:
                key = (caller.source, name)
                found_call = called.get(key) or FoundCall(caller.source, name, load(name, caller.source))
            except InvalidDefinition as error:
                faults += error.faults
                continue
            except (NoSuchWorkflow, VariantNeeded, OSError) as error:
                findings.fault(at, str(error))
                continue
            called[key] = found_call
            flow = found_call.loaded.workflow
            for name_given, reason in call_faults(caller, step, flow):
                findings.fault(at, f"the input `{name_given}` of `{flow.name}`: {reason}")
            if flow.source not in seen:
                seen.add(flow.source)
                todo.append((flow, found_call.loaded.where))
        faults += findings.faults
    return Calls(tuple(called.values()), tuple(faults))


def faults_of(path: Path, top: Path, **how: Any) -> list[Fault]:
    """All that is wrong with the workflow in a file of the project at `top` and with what it calls, and their warnings; agents
    are not asked and no function is imported. `how` as `load_known` takes it. Raises VariantNeeded, SettingsError.
    """

    def load(name: str, caller: str) -> Loaded:
        return load_known(find_workflow(name, top, (top / caller).parent if caller else None), top)

    try:
        loaded = load_known(path, top, **how)
    except InvalidDefinition as error:
        return error.faults
    return [*loaded.warnings, *calls_of(loaded.workflow, loaded.where, load).faults]


class Starting(NamedTuple):
    """Where a run is to begin; `versioned` unless its steps see none of these files."""

    folder: Path
    with_changes: bool = False
    versioned: bool = True


async def look_ahead(
    workflow: Workflow, where: Where | None, load: Load, tools: Tools, project: Starting, *, rehearsed: bool
) -> tuple[tuple[FoundCall, ...], list[Fault]]:
    """What the workflow calls, and what people should know. Raises CannotStart with all that keeps it from being done here.

    `rehearsed`: no agent is asked for, and what a role would read may be missing. Asks agents whether they can be used, which may start their programs; imports the
    modules of functions.
    """
    places = where or Nowhere()
    # A thread costs more than all the rest of a start: it is asked for only where something is to be looked at.
    calls = Calls((), ())
    if _has(workflow, "call"):
        calls = await asyncio.to_thread(calls_of, workflow, places, load)
    flows = {workflow.source: (workflow, places)}
    for found_call in calls.called:
        flows.setdefault(
            found_call.loaded.workflow.source, (found_call.loaded.workflow, found_call.loaded.where)
        )
    faults = list(calls.faults)
    if project.versioned:  # what is called starts from what its caller made
        findings = _findings(workflow, places)
        await _files(workflow, findings, project, rehearsed)
        await _folders(workflow, findings, project, rehearsed)
        faults += findings.faults
    sure = _sure_to_be_called(workflow, calls.called)
    for flow, its_places in flows.values():
        findings = _findings(flow, its_places)
        if _has(flow, "function"):
            await asyncio.to_thread(_functions, flow, findings, tools)
        if not rehearsed:
            await _agents(flow, findings, tools)
        faults += findings.faults if flow.source in sure else map(_as_warning, findings.faults)
    faults = faults_in_order(faults)
    if errors := errors_in(faults):
        raise CannotStart(count=len(errors), file=workflow.source or workflow.name, faults=faults)
    return calls.called, faults


def _has(workflow: Workflow, kind: str) -> bool:
    return any(step.kind == kind for step in workflow.steps)


def _sure_to_be_called(workflow: Workflow, called: tuple[FoundCall, ...]) -> set[str]:
    """The files of the workflows that no run of this one does without, its own among them."""
    by_name = {(call.caller, call.name): call.loaded.workflow for call in called}
    sure, todo = {workflow.source}, [workflow]
    while todo:
        caller = todo.pop()
        spared = _Spared(caller)
        for step in caller.steps:
            flow = (
                by_name.get((caller.source, str(step.args.get("workflow", ""))))
                if step.kind == "call"
                else None
            )
            if flow is not None and step.id not in spared and flow.source not in sure:
                sure.add(flow.source)
                todo.append(flow)
    return sure


def _as_warning(fault: Fault) -> Fault:
    return msgspec.structs.replace(fault, severity="warning")


def _findings(workflow: Workflow, where: Where) -> Findings:
    return Findings(workflow.source or workflow.name, where, [step.id for step in workflow.steps])


async def _files(workflow: Workflow, findings: Findings, project: Starting, rehearsed: bool) -> None:
    """Files that no step creates, as the steps would see them. Who only rehearses reads none of them."""
    spared = _Spared(workflow, rehearsed=rehearsed)
    for at, ref in brought_along(workflow):
        names = names_of(ref)
        if not any("{{" in name for name in names):
            unseen = await _unseen(names, project, "put it there and commit it")
            if unseen:
                severity = _severity(workflow.steps[at[1]].id in spared)
                findings.fault(at, f"`{ref.name}` {unseen.message}", unseen.hint, severity=severity)


async def _folders(workflow: Workflow, findings: Findings, project: Starting, rehearsed: bool) -> None:
    """Where the steps begin that wait for no step that could make the folder."""
    if not any(step.folder for step in workflow.steps):
        return
    spared, needs = _Spared(workflow, rehearsed=rehearsed), needs_of(workflow)
    for index, step in enumerate(workflow.steps):
        if not step.folder or "{" in step.folder or needs[step.id] or step.final:
            continue
        at, severity = ("steps", index, "folder"), _severity(step.id in spared)
        if (project.folder / step.folder).is_file():
            hint = "name the folder that it lies in, from the top of the repository"
            findings.fault(
                at, f"`{step.folder}` is a file, and `dir` names a folder", hint, severity=severity
            )
        elif unseen := await _unseen((step.folder,), project, "put a file into it and commit it"):
            findings.fault(at, f"`{step.folder}` {unseen.message}", unseen.hint, severity=severity)


class _Unseen(NamedTuple):
    """Why a step would not find something, and what to do."""

    message: str
    hint: str


async def _unseen(names: tuple[str, ...], project: Starting, absent: str) -> _Unseen | None:
    from ropewalk.workspace import is_seen

    seen = [await is_seen(project.folder, name, project.with_changes) for name in names]
    if any(answer is not False for answer in seen):
        return None
    if any((project.folder / name).exists() for name in names):
        hint = "commit it, or take it along with `--with-changes` if git does not ignore it"
        return _Unseen("is not under version control, so no step would see it", hint)
    return _Unseen("is not there, and no step creates it", absent)


class _Spared:
    """The steps whose lack stops nobody: a run may do without them, or they are only rehearsed. They are gathered when the
    first one is asked for: in a workflow that lacks nothing nobody asks, and a start costs the less.
    """

    def __init__(self, workflow: Workflow, *, rehearsed: bool = False) -> None:
        self._workflow, self._rehearsed = workflow, rehearsed

    def __contains__(self, step: str) -> bool:
        return step in self._ids

    @cached_property
    def _ids(self) -> frozenset[str]:
        played = {step.id for step in self._workflow.steps if self._rehearsed and _wants_agent(step)}
        return may_be_left_out(self._workflow) | played


def _severity(spared: bool) -> Literal["error", "warning"]:
    return "warning" if spared else "error"


def _functions(workflow: Workflow, findings: Findings, tools: Tools) -> None:
    spared = _Spared(workflow)
    for index, step in enumerate(workflow.steps):
        if step.kind == "function":
            from ropewalk.steps import function_fault

            if fault := function_fault(step, workflow, tools):
                at = ("steps", index, "args", "name")
                findings.fault(at, fault, severity=_severity(step.id in spared))


class _RoleAtWork(NamedTuple):
    """Something that a role is to do; `confine` as its step asks. `spared`: the run may do without."""

    role: str
    confine: str
    at: Place
    spared: bool = False


def _roles_at_work(workflow: Workflow) -> Iterator[_RoleAtWork]:
    spared = _Spared(workflow)
    for index, step in enumerate(workflow.steps):
        at: Place = ("steps", index)
        if _wants_agent(step):
            place = (*at, "role") if step.role else at
            yield _RoleAtWork(step.role, step.confine, place, step.id in spared)
        for number, gate in enumerate(step.gates):
            if gate.kind == "verdict":
                role = str(gate.args.get("role", ""))
                yield _RoleAtWork(role, step.confine, (*at, "gates", number), step.id in spared)
    for number, gate in enumerate(workflow.gates):
        if gate.kind == "verdict":
            yield _RoleAtWork(str(gate.args.get("role", "")), "", ("gates", number))


def _wants_agent(step: Step) -> bool:
    decided = step.kind == "decide" and step.decision is not None and step.decision.by == "role"
    return step.kind == "role" or decided


async def _agents(workflow: Workflow, findings: Findings, tools: Tools) -> None:
    """A role is of use when one of its agents is; of the others people are told."""
    looked: dict[tuple[str, str], _RoleAtWork] = {}
    for work in _roles_at_work(workflow):
        known = looked.setdefault((work.role, work.confine), work)
        if known.spared and not work.spared:
            looked[work.role, work.confine] = work
    if not looked:
        return
    from ropewalk.steps import candidates

    for work in looked.values():
        role = workflow.roles.get(work.role, Role())
        names = candidates(role, tools)
        lacks = await asyncio.gather(*(_lack(name, role, work.confine, tools) for name in names))
        usable = [name for name, lack in zip(names, lacks, strict=True) if not lack]
        reasons = [f"{name}{lack}" for name, lack in zip(names, lacks, strict=True) if lack]
        who = f"the role `{work.role}`" if work.role else "what names no role"
        at = ("roles", work.role, "agents") if role.agents else work.at
        if not usable:
            reason = "; ".join(reasons) or "no agent is installed"
            message = f"no agent for {who} can be used here: {reason}"
            findings.fault(at, message, "`--rehearse` needs none", severity=_severity(work.spared))
        elif role.agents and reasons:
            findings.warning(at, f"{who} has to do without {'; '.join(reasons)}")


async def _lack(name: str, role: Role, confine: str, tools: Tools) -> str:
    from ropewalk.steps import why_not

    try:
        return await why_not(name, role, confine, tools)
    except RopewalkError as error:
        return f": {error}"
