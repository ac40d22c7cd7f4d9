"""What the shell may complete: ids of runs and names of workflows. A shell is never told an error."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ropewalk.errors import RopewalkError


def workflows(incomplete: str) -> list[str]:
    """Names of workflows that begin so."""
    from ropewalk.app import project_folder, workflow_files

    try:
        names = [place.name for place in workflow_files(project_folder(Path.cwd()))]
    except OSError:
        return []
    return [name for name in names if name.startswith(incomplete)]


def runs(incomplete: str) -> list[str]:
    """Ids of the newest runs that begin so."""
    import asyncio

    try:
        return [run for run in ["last", *asyncio.run(_newest())] if run.startswith(incomplete)]
    except (RopewalkError, OSError):
        return []


async def _newest() -> list[str]:
    from ropewalk.app import RunQuery
    from ropewalk.cli.context import CommandContext

    async with CommandContext(None, None, reads=True).ropewalk() as ropewalk:
        return [row.run for row in await ropewalk.store.runs(RunQuery(limit=100, parent=""))]


OFFERS: dict[str, Callable[[str], list[str]]] = {"run": runs, "workflow": workflows}
