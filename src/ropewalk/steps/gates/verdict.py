"""The gate `verdict`: a role judges the work against criteria, one by one, and says what it saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from ropewalk.agents import fenced_value, schema_faults
from ropewalk.agents.port import Desk
from ropewalk.core import Brief, Changes, Outcome, Verdict
from ropewalk.definition import Role
from ropewalk.errors import GateError
from ropewalk.rendering import literal
from ropewalk.steps.port import Tools
from ropewalk.steps.role import RoleKind

ANSWER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "verdict": {"enum": ["PASS", "CONCERNS", "FAIL", "WAIVED"]},
        "findings": {"type": "array", "items": {"type": "string"}, "maxItems": 100},
        "evidence": {"type": "object"},
        "reason": {"type": "string"},
    },
    "required": ["verdict", "findings"],
    "if": {"properties": {"verdict": {"const": "WAIVED"}}},
    "then": {"required": ["reason"]},
}

_ASK = """Judge {work}, as it lies in your working folder. Change nothing in it.
Read the files themselves; what is said about them is no evidence.
{asked}
The criteria:
{criteria}

PASS: each is met. CONCERNS: each is met, but somebody should know something. FAIL: one is not met.
WAIVED: one is not met and there is a stated reason to let it pass; give it as "reason".
Each finding is one sentence that names the file and what would fix it. Give under "evidence" for each criterion what you saw.
{more}"""


class Reviewed:
    """Args: `role` (its name), `criteria`, `prompt`, and `who`: the role itself as plain data, else any usable agent judges.

    Raises GateError when nobody could judge; its `where` has the judge's own `failure`, and `usage`, what it took.
    """

    name = "verdict"
    steered = "agent"
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {
            "role": {"type": "string"},
            "criteria": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "prompt": {"type": "string"},
            "who": {"type": "object"},
        },
        "required": ["criteria"],
        "additionalProperties": False,
    }

    async def judge(
        self, args: Mapping[str, Any], brief: Brief, outcome: Outcome, desk: Desk, tools: Tools
    ) -> Verdict:
        judge = msgspec.convert(args.get("who", {}), Role)
        aside = cast("Desk", _Aside(desk, judge.secrets))
        changes = await tools.changed() if tools.changed is not None else None
        judged = await RoleKind().perform(_brief(args, brief, outcome, judge, changes), aside, tools)
        usage = None if judged.rehearsed else judged.usage
        if judged.failure is not None:
            raise GateError(
                gate=self.name, reason=judged.failure.message, failure=judged.failure, usage=usage
            )
        faults = schema_faults(judged.outputs, ANSWER, "the verdict")
        if faults:
            raise GateError(gate=self.name, reason="; ".join(faults), usage=usage)
        reply = judged.outputs
        return Verdict(
            gate=self.name,
            verdict=reply["verdict"],
            findings=tuple(reply["findings"]),
            evidence={**reply.get("evidence", {}), "agent": judged.agent, "rehearsed": judged.rehearsed},
            by=str(args.get("role", "")) or judged.agent,
            reason=reply.get("reason", ""),
            usage=usage,
        )


class _Aside:
    """The same desk with the judge's own secrets; what it notes (its session) must not be taken for the worker's."""

    def __init__(self, desk: Desk, secrets: Mapping[str, str]) -> None:
        self._desk = desk
        held = getattr(desk, "held", None)
        known = held.by_name if held else {}  # without those of a judge that is rehearsed, who needs none
        self.secrets = {name: known[secret] for name, secret in secrets.items() if secret in known}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)

    async def note(self, note: Mapping[str, Any]) -> None:
        self._desk.alive()


def _brief(
    args: Mapping[str, Any], brief: Brief, outcome: Outcome, judge: Role, changes: Changes | None
) -> Brief:
    """A brief that asks for nothing but the verdict. What was passed to the step, and what it says of its work, goes along."""
    criteria = "\n".join(f"{number}. {text}" for number, text in enumerate(args["criteria"], 1))
    title = f" ({literal(fenced_value(brief.title, brief))})" if brief.title else ""
    of_run = changes is not None and changes.of_run
    work = "the work of the run so far, for the step" if of_run else "the work of the step"
    prompt = _ASK.format(
        work=f"{work} `{brief.step}`{title}",
        asked=f"\nThis is what the step was asked for:\n\n{brief.prompt}\n" if brief.prompt else "",
        criteria=criteria,
        more=args.get("prompt", ""),
    )
    own = () if outcome.handoff is None else (outcome.handoff,)
    return msgspec.structs.replace(
        brief,
        kind="verdict",
        args={},
        role_name=str(args.get("role", "")),
        role=judge,
        prompt=prompt,
        artifacts=outcome.artifacts or (changes.files if changes is not None else ()),
        changes=changes,
        creates=(),
        updates=(),
        requires=(),
        feedback=(),
        handoffs=(*brief.handoffs, *own),
        next_handoff=None,
        wants_facts={},
        wants_route=(),
        route_titles=(),
        output_schema=ANSWER,
        template="",
        resume={},
        secrets=judge.secrets,
    )
