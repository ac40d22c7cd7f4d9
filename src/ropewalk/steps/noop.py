"""The kind `noop`: does nothing, and gives the outputs that were written down. A step that is only a gate is one too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ropewalk.agents.port import Desk
from ropewalk.core import Brief, Failure, Outcome
from ropewalk.errors import TemplateError
from ropewalk.rendering import render_within
from ropewalk.steps.port import Tools
from ropewalk.steps.scope import template_scope

_DONE = Outcome()


class Noop:
    """Outputs: `args.outputs`, its texts rendered."""

    name = "noop"
    workspace = "none"
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {"outputs": {"type": "object"}},
        "additionalProperties": False,
    }

    async def perform(self, brief: Brief, desk: Desk, tools: Tools) -> Outcome:
        written = brief.args.get("outputs")
        if not written:
            return _DONE
        try:
            return Outcome(outputs=render_within(written, template_scope(brief)))
        except TemplateError as fault:
            return Outcome(failure=Failure(kind="permanent", message=str(fault)))
