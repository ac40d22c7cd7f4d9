"""What can be started and by whom it would be done: the workflows that are found here, their plans, and the agents."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from ropewalk.agents import AgentStatus, Statuses, statuses_after
from ropewalk.app.acting import named
from ropewalk.app.known import known_here
from ropewalk.app.objects import plain_data
from ropewalk.definition import Workflow
from ropewalk.errors import InvalidDefinition, VariantNeeded
from ropewalk.formats import Loaded, list_workflows, load_workflow_text
from ropewalk.preview import dot, mermaid, plan_workflow
from ropewalk.store import read_feed

if TYPE_CHECKING:
    from ropewalk.app.open import Ropewalk

OF_AGENTS: Final = ("attempt.noted", "attempt.failed", "ask.*", "step.*")


async def workflows(ropewalk: Ropewalk) -> list[dict[str, Any]]:
    """Every workflow that can be named here, in the order in which names are looked up."""
    entries = await asyncio.to_thread(list_workflows, ropewalk.folder)
    return [
        {
            "name": entry.name,
            "source": entry.source,
            "format": entry.kind,
            "description": entry.description,
            "problem": entry.problem,
        }
        for entry in entries
    ]


async def workflow(ropewalk: Ropewalk, name: str) -> dict[str, Any]:
    """One workflow: what a form for its inputs needs, its phases and steps. Raises NoSuchWorkflow, InvalidDefinition."""
    loaded = await named(ropewalk, name)
    return described(name, loaded)


def described(name: str, loaded: Loaded) -> dict[str, Any]:
    """The same of one that is loaded."""
    flow: Workflow = loaded.workflow
    description: dict[str, Any] = plain_data(
        {
            "name": name,
            "title": flow.name,
            "description": flow.description,
            "format": flow.format,
            "digest": loaded.digest,
            "inputs": flow.inputs,
            "facts": flow.facts,
            "phases": flow.phases,
            "steps": [
                {"id": s.id, "kind": s.kind, "title": s.title, "role": s.role, "phase": s.phase}
                for s in flow.steps
            ],
            "warnings": [str(warning) for warning in loaded.warnings],
        }
    )
    return description


async def plan_of(ropewalk: Ropewalk, name: str) -> dict[str, Any]:
    """What would run, in which order and what side by side."""
    plan: dict[str, Any] = plain_data(plan_workflow((await named(ropewalk, name)).workflow))
    return plan


async def graph_of(ropewalk: Ropewalk, name: str, form: str = "mermaid") -> str:
    """A drawing of a workflow, as Mermaid or DOT."""
    drawn = plan_workflow((await named(ropewalk, name)).workflow)
    return dot(drawn) if form == "dot" else mermaid(drawn)


async def validate(ropewalk: Ropewalk, text: str, name: str = "workflow") -> dict[str, Any]:
    """Check a workflow's text whole: what is wrong with it, each fault with its place. Nothing is kept."""

    def check() -> dict[str, Any]:
        try:
            loaded = load_workflow_text(text, name=name, known=known_here())
        except InvalidDefinition as error:
            return {"valid": False, "faults": [plain_data(fault) for fault in error.faults], "workflow": None}
        except VariantNeeded as error:
            return {
                "valid": False,
                "faults": [{"message": error.message, "hint": error.how}],
                "workflow": None,
            }
        warnings = [plain_data(fault) for fault in loaded.warnings]
        return {"valid": True, "faults": warnings, "workflow": described(loaded.workflow.name, loaded)}

    return await asyncio.to_thread(check)


async def agents(ropewalk: Ropewalk) -> list[dict[str, Any]]:
    """Every agent that there is here: what it does now, in the runs that are unfinished, and whether it can be used."""
    now = ropewalk.engine.clock.now()
    statuses = await _statuses(ropewalk)
    known = ropewalk.tools().agents
    names = [*known, *(name for name in statuses if name not in known)]
    return [await _agent(ropewalk, name, statuses.get(name, AgentStatus(name)), now) for name in names]


async def _agent(ropewalk: Ropewalk, name: str, status: AgentStatus, now: float) -> dict[str, Any]:
    breakers = ropewalk.tools().settings["breakers"]
    rests = max((at for at in (status.rests_until, breakers.rests_until(name, now)) if at), default=None)
    known = ropewalk.tools().agents
    agent = known[name] if name in set(known) else None
    return {
        "agent": name,
        "rehearses": bool(agent is not None and agent.rehearses),
        "status": "resting" if rests and rests > now and not status.working else status.status(now),
        "working": [{"run": run, "step": step} for run, step in status.working],
        "waiting": [{"run": run, "step": step} for run, step in status.waiting],
        "rests_until": rests,
        "failure": status.failure,
    }


async def _statuses(ropewalk: Ropewalk) -> Statuses:
    statuses: Statuses = {}
    for run in await ropewalk.store.unfinished():
        async for record in read_feed(ropewalk.store, 0, OF_AGENTS, run):
            statuses = statuses_after(statuses, run, record.event, record.at)
    return statuses


async def probe(ropewalk: Ropewalk, name: str) -> dict[str, Any]:
    """Whether an agent can be used here, and what to do if not. Raises KeyError."""
    answer: dict[str, Any] = plain_data(await ropewalk.tools().agents[name].probe())
    return answer
