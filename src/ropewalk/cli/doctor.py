"""`ropewalk doctor`: looks at everything that a run needs here, and says how to fix what is not in order."""

from __future__ import annotations

import msgspec

from ropewalk.app import (
    HealthCheck,
    agents_check,
    disk_check,
    git_check,
    parts_check,
    plugins_check,
    python_check,
    shell_check,
    state_check,
    store_check,
)
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Verb
from ropewalk.errors import RopewalkError

SIGNS = {"good": ("green", "✓"), "warning": ("magenta", "!"), "bad": ("red", "✗")}


async def perform(context: CommandContext) -> int:
    """Every check; exit code 1 when one is bad."""
    checks = [python_check(), parts_check(), await git_check(), await shell_check()]
    try:
        async with context.ropewalk() as ropewalk:
            checks.append(await store_check(ropewalk.store))
            checks.append(disk_check(ropewalk.home))
            checks.append(state_check(ropewalk.home, ropewalk.store.name))
            checks += await agents_check(ropewalk.tools().agents)
    except RopewalkError as error:
        checks.append(HealthCheck("project", "bad", error.message, error.how or "fix that first"))
    checks.append(_plugins())
    context.screen.give({"checks": [msgspec.to_builtins(check) for check in checks]})
    width = max(len(check.name) for check in checks)
    for check in checks:
        style, sign = SIGNS[check.grade]
        context.screen.line(f"{context.screen.paint(style, sign)} {check.name:<{width}}  {check.detail}")
        if check.hint:
            context.screen.line(f"  {'':<{width}}  → {check.hint}")
    return exits.FAILED if any(check.grade == "bad" for check in checks) else exits.COMPLETED


def _plugins() -> HealthCheck:
    from ropewalk.app import GATES, KINDS, Gates, Kinds, notifiers, plugin_agents

    registries = (Kinds(), Gates(), plugin_agents(), notifiers())
    faults = [fault for registry in registries for fault in registry.load_all()]
    names = [name for registry in registries for name in registry.names()]
    return plugins_check(faults, [name for name in names if name not in {**KINDS, **GATES}])


DOCTOR = Verb("doctor", "Check this installation and say how to fix it", perform)
