"""The kinds `role` and `decide`: the first usable agent of the role does the work, or picks one of the routes.

An agent that rests after failures is passed over for the role's next one; when all rest, the step waits for the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from ropewalk.agents import NOT_CONFINED, Breakers, Confinement, fenced_value
from ropewalk.agents.port import Agent, Confining, Desk, Probe
from ropewalk.core import Brief, Failure, Outcome, Usage
from ropewalk.definition import ErrorClass, Role
from ropewalk.errors import AgentError, TemplateError
from ropewalk.rendering import render_template
from ropewalk.steps.port import Tools
from ropewalk.steps.scope import template_scope

REHEARSAL = "rehearsal"


class RoleKind:
    """Takes `Brief.role`, else the agent that `settings["agent"]` names, else the first usable one there is."""

    name = "role"
    workspace = "own"
    schema: Mapping[str, Any] = {"type": "object", "additionalProperties": False}

    async def perform(self, brief: Brief, desk: Desk, tools: Tools) -> Outcome:
        """`settings["breakers"]` (Breakers) may keep an agent from being asked; it hears how this attempt ends."""
        breakers: Breakers = tools.settings.get("breakers") or Breakers()
        spent = Usage()
        asked = 0
        while True:
            try:
                agent = await choose(brief, tools, breakers, desk.now())
                complete = filled_in(brief)
            except (AgentError, TemplateError) as fault:
                resting = fault.where.get("retry_at") if isinstance(fault, AgentError) else None
                kind: ErrorClass = "permanent" if resting is None else "quota"
                failure = Failure(kind=kind, message=str(fault), retry_at=resting)
                return Outcome(failure=failure, usage=spent)
            await breakers.begin(agent.name, desk.now())
            asked += 1
            await desk.note({"agent": agent.name})
            outcome = await agent.perform(complete, desk)
            if not agent.rehearses:
                await breakers.heard(agent.name, outcome.failure, desk.now())
            spent = _sum(spent, outcome.usage)
            outcome = msgspec.structs.replace(
                outcome,
                usage=spent,
                agent=outcome.agent or agent.name,
                rehearsed=outcome.rehearsed or agent.rehearses,
            )
            # A rehearsal has no other agent, and none is asked a second time in one attempt.
            last = agent.rehearses or asked >= len(brief.role.agents)
            if last or not await _falls_back(outcome.failure, brief, breakers, desk.now()):
                return outcome
            desk.say(
                f"[ropewalk: {agent.name} rests until its quota is free again, the role's next agent goes on]\n"
            )


class Decide(RoleKind):
    """A role picks a route. Outputs: `route`."""

    name = "decide"
    workspace = "read"

    async def perform(self, brief: Brief, desk: Desk, tools: Tools) -> Outcome:
        outcome = await super().perform(brief, desk, tools)
        if outcome.failure is not None:
            return outcome
        return msgspec.structs.replace(outcome, outputs={**outcome.outputs, "route": outcome.route})


async def _falls_back(failure: Failure | None, brief: Brief, breakers: Breakers, now: float) -> bool:
    """Whether a quota that is used up sends the work to another agent of the role at once."""
    if failure is None or failure.kind != "quota" or failure.retry_at is None:
        return False
    return None in [await breakers.rests_until(name, now) for name in brief.role.agents]


def _sum(first: Usage, second: Usage) -> Usage:
    """Both; a cost that one of them does not know is unknown, unless it used nothing."""
    costs = [usage.cost_usd for usage in (first, second) if usage != Usage()]
    known = [cost for cost in costs if cost is not None]
    return Usage(
        first.tokens_in + second.tokens_in,
        first.tokens_out + second.tokens_out,
        sum(known) if known and len(known) == len(costs) else None,
        first.estimated or second.estimated,
    )


async def choose(brief: Brief, tools: Tools, breakers: Breakers, now: float) -> Agent:
    """The agent for a brief. Raises AgentError that says of each candidate why not; with `retry_at` when one rests."""
    if brief.rehearse is not None:
        return _agent(REHEARSAL, tools)
    reasons: list[str] = []
    rests: list[float] = []
    for name in candidates(brief.role, tools):
        until = await breakers.rests_until(name, now)
        if until is not None:
            rests.append(until)
            reasons.append(f"{name} rests after failures")
            continue
        lacks = await why_not(name, brief.role, brief.confine, tools)
        if not lacks:
            return tools.agents[name]
        reasons.append(f"{name}{lacks}")
    wanted = brief.role_name or brief.step
    reason = "; ".join(reasons) or "no agent is configured"
    raise AgentError(agent=f"for role {wanted}", reason=reason, retry_at=min(rests) if rests else None)


def candidates(role: Role, tools: Tools) -> tuple[str, ...]:
    """The agents that may do what the role is to do, in the order in which they are tried."""
    names = role.agents or (tools.settings.get("agent") or _any_of(tools))
    return (names,) if isinstance(names, str) else tuple(names)


async def why_not(name: str, role: Role, confine: str, tools: Tools) -> str:
    """Why an agent cannot be used for a role, in a step that asks to be confined so; "" when it can."""
    if name not in tools.agents:
        return " is not known"
    agent = tools.agents[name]
    confinement: Confinement = tools.settings.get("confinement", NOT_CONFINED)
    confined = confinement.wanted(role.confine, confine)
    probe = await _probed(agent, confined=confined)
    return _lacks(agent, role, confined=confined) if probe.usable else _unusable(probe)


async def _probed(agent: Agent, *, confined: bool) -> Probe:
    """One that is to be confined is so from its first word on."""
    if confined and getattr(agent, "confines", False):
        return await cast("Confining", agent).probe(confined=True)
    return await agent.probe()


def _lacks(agent: Agent, role: Role, *, confined: bool) -> str:
    """What the role or the step asks for and the agent cannot do; "" when it can.

    One that does not say that it can (a plug-in's) would be taken at a word that it has never heard of.
    """
    if agent.rehearses:
        return ""
    if confined and not getattr(agent, "confines", False):
        return " cannot be confined"
    if role.options and not getattr(agent, "takes_options", False):
        return f" takes no `options` ({', '.join(role.options)})"
    if role.permissions not in ("", "allow") and not getattr(agent, "asks", False):
        return f" asks for no permission, so that `permissions: {role.permissions}` would mean nothing (`confine` does)"
    return ""


def _unusable(probe: Probe) -> str:
    return f": {probe.reason or 'not usable'}" + (f" ({probe.hint})" if probe.hint else "")


def filled_in(brief: Brief) -> Brief:
    """The brief with its prompt, notes, role, environment and folder rendered; what an agent reads of values is marked as data.

    Raises TemplateError.
    """
    names, role = template_scope(brief), brief.role

    def text(template: str) -> str:
        return render_template(template, names, finalize=lambda value: fenced_value(value, brief))

    title = " ".join(render_template(role.title, names).split())
    return msgspec.structs.replace(
        brief,
        prompt=text(brief.prompt),
        folder=render_template(brief.folder, names),
        env={name: render_template(value, names) for name, value in brief.env.items()},
        notes=tuple(map(text, brief.notes)),
        role=msgspec.structs.replace(role, title=title, persona=text(role.persona)),
    )


def _agent(name: str, tools: Tools) -> Agent:
    if name not in tools.agents:
        raise AgentError(agent=name, reason="it is not known here")
    return tools.agents[name]


def _any_of(tools: Tools) -> tuple[str, ...]:
    return tuple(name for name, agent in tools.agents.items() if not agent.rehearses)
