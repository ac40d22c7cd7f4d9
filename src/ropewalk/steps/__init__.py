"""The plug-in contract and the built-in kinds, one kind a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.steps.evidence import check_outcome as check_outcome, declared_files as declared_files
    from ropewalk.steps.evidence import declared_names as declared_names
    from ropewalk.steps.function import function_fault as function_fault
    from ropewalk.steps.merge import disagreement as disagreement, resolve as resolve
    from ropewalk.steps.registry import CORE_KINDS as CORE_KINDS, GATES as GATES, KINDS as KINDS
    from ropewalk.steps.registry import Gates as Gates, Kinds as Kinds, notifiers as notifiers
    from ropewalk.steps.registry import plugin_agents as plugin_agents
    from ropewalk.steps.role import candidates as candidates, why_not as why_not
    from ropewalk.steps.scope import template_scope as template_scope
    from ropewalk.steps.shell import notices_pipes as notices_pipes
else:
    __getattr__ = lazy(
        __name__,
        {
            "steps.evidence": "check_outcome declared_files declared_names",
            "steps.function": "function_fault",
            "steps.merge": "disagreement resolve",
            "steps.registry": "CORE_KINDS GATES KINDS Gates Kinds notifiers plugin_agents",
            "steps.role": "candidates why_not",
            "steps.scope": "template_scope",
            "steps.shell": "notices_pipes",
        },
    )
