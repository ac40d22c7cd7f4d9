"""The gate `condition`: a CEL expression over the step's own outputs and the usual names must hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ropewalk.agents.port import Desk
from ropewalk.core import Brief, Outcome, Verdict
from ropewalk.rendering import render_template
from ropewalk.steps.port import Tools
from ropewalk.steps.scope import template_scope


class ConditionGate:
    """Args: `condition`, `message` (the finding when it does not hold, a template). Raises ConditionError or TemplateError when a name
    is missing."""

    name = "condition"
    steered = "none"
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {"condition": {"type": "string", "minLength": 1}, "message": {"type": "string"}},
        "required": ["condition"],
        "additionalProperties": False,
    }

    async def judge(
        self, args: Mapping[str, Any], brief: Brief, outcome: Outcome, desk: Desk, tools: Tools
    ) -> Verdict:
        from ropewalk.definition import compile_condition

        condition = compile_condition(str(args["condition"]))
        names = template_scope(brief, outcome)
        values = {name: _value(names, name) for name in sorted(condition.names)}
        if condition.holds(names):
            return Verdict(condition.source, "PASS", evidence=values)
        read = ", ".join(f"{name} is {value!r}" for name, value in values.items())
        message = render_template(str(args.get("message") or ""), names)
        finding = message or f"`{condition.source}` does not hold: {read}"
        return Verdict(condition.source, "FAIL", (finding,), values)


def _value(names: Mapping[str, Any], path: str) -> Any:
    value: Any = names
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return value
