"""`weft doctor`: looks at everything that a run needs here, and says how to mend what is not in order."""

from __future__ import annotations

import msgspec

from weft.cli import exits
from weft.cli.grammar import Command
from weft.cli.here import Here
from weft.errors import WeftError
from weft.observe import health
from weft.observe.health import Check

SIGNS = {"good": ("green", "✓"), "warning": ("magenta", "!"), "bad": ("red", "✗")}


async def perform(here: Here) -> int:
    """Every check; exit code 1 when one is bad."""
    checks = [health.python_check(), health.parts_check(), await health.git_check()]
    try:
        async with here.weft() as weft:
            checks.append(await health.store_check(weft.store))
            checks.append(health.disk_check(weft.home))
            checks.append(health.state_check(weft.home, weft.store.name))
            checks += await health.agents_check(weft.tools().agents)
    except WeftError as error:
        checks.append(Check("project", "bad", error.message, error.how or "mend that first"))
    checks.append(_plugins())
    here.screen.give({"checks": [msgspec.to_builtins(check) for check in checks]})
    width = max(len(check.name) for check in checks)
    for check in checks:
        style, sign = SIGNS[check.grade]
        here.screen.line(f"{here.screen.paint(style, sign)} {check.name:<{width}}  {check.said}")
        if check.mend:
            here.screen.line(f"  {'':<{width}}  → {check.mend}")
    return exits.FAILED if any(check.grade == "bad" for check in checks) else exits.COMPLETED


def _plugins() -> Check:
    from weft.steps.registry import GATES, KINDS, Gates, Kinds, agents

    registries = (Kinds(), Gates(), agents())
    faults = [fault for registry in registries for fault in registry.load_all()]
    names = [name for registry in registries for name in registry.names()]
    return health.plugins_check(faults, [name for name in names if name not in {**KINDS, **GATES}])


DOCTOR = Command("doctor", "Check this installation and say how to mend it", perform)
