"""What can be started and by whom it would be done: the workflows that are found here, their plans, and the agents.

As with runs, every door gives these structs and nothing of its own making."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import UNSET, Struct, UnsetType, structs

from ropewalk.agents import AgentStatus, Breakers, Status, Statuses, statuses_after
from ropewalk.agents.port import Probe
from ropewalk.app.acting import named
from ropewalk.app.known import known_here
from ropewalk.app.settings import Settings
from ropewalk.definition import Fact, Fault, Input, Phase
from ropewalk.errors import InvalidDefinition, NoSuchAgent, VariantNeeded
from ropewalk.formats import Loaded, list_workflows, load_workflow_text
from ropewalk.observe import probe_agent
from ropewalk.preview import Plan, dot, mermaid, plan_workflow
from ropewalk.store import read_feed

if TYPE_CHECKING:
    from ropewalk.app.open import Ropewalk

OF_AGENTS: Final = ("attempt.noted", "attempt.failed", "ask.*", "step.*")


class WorkflowRow(Struct, frozen=True):
    """One workflow of the list; `source` is where it was found, `problem` says why it cannot be started."""

    name: str
    path: str
    source: str
    format: str
    description: str
    problem: str


class StepOutline(Struct, frozen=True):
    """One step of a workflow that is shown."""

    id: str
    kind: str
    title: str
    role: str
    phase: str


class WorkflowView(Struct, frozen=True):
    """A workflow: what a form for its inputs needs, and what it is made of."""

    name: str
    title: str
    description: str
    format: str
    digest: str
    inputs: dict[str, Input]
    facts: dict[str, Fact]
    phases: tuple[Phase, ...]
    steps: tuple[StepOutline, ...]
    warnings: tuple[str, ...]


class WorkflowCheck(Struct, frozen=True):
    """What is wrong with a workflow, each fault with its place; `workflow` when it could be started."""

    valid: bool
    faults: tuple[Fault, ...]
    workflow: WorkflowView | None = None


class AttemptRow(Struct, frozen=True):
    """What an agent works on."""

    run: str
    step: str


class AgentRow(Struct, frozen=True):
    """An agent and what it does now; `rests_until` in unix seconds; `probe` where it was asked whether it can be used."""

    agent: str
    rehearses: bool
    status: Status
    working: tuple[AttemptRow, ...]
    waiting: tuple[AttemptRow, ...]
    rests_until: float | None
    failure: str
    probe: Probe | UnsetType = UNSET


def workflows_in(folder: Path) -> tuple[WorkflowRow, ...]:
    """Every workflow that can be named there, in the order in which names are looked up. It reads every file."""
    return tuple(
        WorkflowRow(entry.name, str(entry.path), entry.source, entry.kind, entry.description, entry.problem)
        for entry in list_workflows(folder)
    )


async def workflows(ropewalk: Ropewalk) -> tuple[WorkflowRow, ...]:
    """The same of a project that is open, with the reading in a thread."""
    return await asyncio.to_thread(workflows_in, ropewalk.folder)


async def workflow(ropewalk: Ropewalk, name: str) -> WorkflowView:
    """One workflow. Raises NoSuchWorkflow, InvalidDefinition."""
    return described(name, await named(ropewalk, name))


def described(name: str, loaded: Loaded) -> WorkflowView:
    """The same of one that is loaded."""
    flow = loaded.workflow
    return WorkflowView(
        name=name,
        title=flow.name,
        description=flow.description,
        format=flow.format,
        digest=loaded.digest,
        inputs=flow.inputs,
        facts=flow.facts,
        phases=flow.phases,
        steps=tuple(StepOutline(s.id, s.kind, s.title, s.role, s.phase) for s in flow.steps),
        warnings=tuple(str(warning) for warning in loaded.warnings),
    )


async def plan_of(ropewalk: Ropewalk, name: str) -> Plan:
    """What would run, in which order and what side by side."""
    return plan_workflow((await named(ropewalk, name)).workflow)


async def graph_of(ropewalk: Ropewalk, name: str, form: str = "mermaid") -> str:
    """A drawing of a workflow, as Mermaid or DOT."""
    drawn = plan_workflow((await named(ropewalk, name)).workflow)
    return dot(drawn) if form == "dot" else mermaid(drawn)


async def validate(ropewalk: Ropewalk, text: str, name: str = "workflow") -> WorkflowCheck:
    """Check a workflow's text whole. Nothing is kept."""
    return await asyncio.to_thread(check, text, name, ropewalk.settings)


def check(text: str, name: str = "workflow", settings: Settings | None = None) -> WorkflowCheck:
    """What is wrong with a text, in a project with these settings (the defaults)."""
    try:
        loaded = load_workflow_text(text, name=name, known=known_here(lambda: settings or Settings()))
    except InvalidDefinition as error:
        return WorkflowCheck(valid=False, faults=tuple(error.faults))
    except VariantNeeded as error:
        return WorkflowCheck(valid=False, faults=(Fault("", 0, 0, error.message, hint=error.how),))
    return WorkflowCheck(
        valid=True, faults=tuple(loaded.warnings), workflow=described(loaded.workflow.name, loaded)
    )


async def agents(ropewalk: Ropewalk, *, probed: bool = False) -> tuple[AgentRow, ...]:
    """Every agent that there is here: what it does now, in the runs that are unfinished. `probed`: ask each whether it can
    be used, which may start its program."""
    now = ropewalk.engine.clock.now()
    statuses = await _statuses(ropewalk)
    known = ropewalk.tools().agents
    names = [*known, *(name for name in statuses if name not in known)]
    rows = [await _agent(ropewalk, name, statuses.get(name, AgentStatus(name)), now) for name in names]
    if not probed:
        return tuple(rows)
    return tuple(
        [
            structs.replace(row, probe=await probe_agent(row.agent, known))
            if row.agent in set(known)
            else row
            for row in rows
        ]
    )


async def _agent(ropewalk: Ropewalk, name: str, status: AgentStatus, now: float) -> AgentRow:
    breakers: Breakers = ropewalk.tools().settings["breakers"]
    of_breaker = await breakers.rests_until(name, now)
    rests = max((at for at in (status.rests_until, of_breaker) if at), default=None)
    known = ropewalk.tools().agents
    agent = known[name] if name in set(known) else None
    return AgentRow(
        agent=name,
        rehearses=bool(agent is not None and agent.rehearses),
        status="resting" if rests and rests > now and not status.working else status.status(now),
        working=tuple(AttemptRow(run, step) for run, step in status.working),
        waiting=tuple(AttemptRow(run, step) for run, step in status.waiting),
        rests_until=rests,
        failure=status.failure,
    )


async def _statuses(ropewalk: Ropewalk) -> Statuses:
    statuses: Statuses = {}
    for run in await ropewalk.store.unfinished():
        async for record in read_feed(ropewalk.store, 0, OF_AGENTS, run):
            statuses = statuses_after(statuses, run, record.event, record.at)
    return statuses


async def probe(ropewalk: Ropewalk, name: str) -> Probe:
    """Whether an agent can be used here, and what to do if not. Raises NoSuchAgent."""
    known = ropewalk.tools().agents
    if name not in set(known):
        raise NoSuchAgent(name=name)
    return await probe_agent(name, known)
