"""The confinement of one project: what its settings ask for, what of ropewalk's own and of the project nobody confined sees.

What asks for it where it is not to be had is refused before a run begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ropewalk.agents import Confinement, demand_confinement
from ropewalk.app.served import served
from ropewalk.app.settings import Settings

if TYPE_CHECKING:
    from ropewalk.definition import Workflow


def confinement_of(settings: Settings, folder: Path, home: Path) -> Confinement:
    """`home` is ropewalk's own folder in the project `folder`: the store, the tokens, what other attempts left.

    Projects of the same user that have a door are hidden as well.
    """
    hidden = dict.fromkeys((str(folder), *own_paths(settings, home), *served()))
    return Confinement(settings.confine, settings.network, settings.readable, tuple(hidden))


def own_paths(settings: Settings, home: Path) -> tuple[str, ...]:
    """What lets somebody in at this project's door: ropewalk's own folder, and the store where it lies elsewhere."""
    return (str(home), *_store_files(settings.store))


def _store_files(url: str) -> Iterator[str]:
    """A store that lies elsewhere: its file and those that SQLite puts next to it."""
    scheme, colon, rest = url.partition(":")
    path = rest.removeprefix("//") if colon and scheme == "sqlite" else url
    if path and (not colon or scheme == "sqlite"):
        full = str(Path(path).expanduser().absolute())
        yield from (full, f"{full}-wal", f"{full}-shm")


def check_confinement(workflow: Workflow, settings: Settings, *, rehearsed: bool) -> None:
    """Raises Unconfinable when a run of it would meet a step that is to be confined and cannot be."""
    if asks(workflow, settings, rehearsed=rehearsed):
        demand_confinement()


def asks(workflow: Workflow, settings: Settings, *, rehearsed: bool = False) -> bool:
    """Whether anything of a workflow is to be confined for certain."""
    return settings.confine == "worktree" or any(_asks(workflow, settings, rehearsed))


def _asks(workflow: Workflow, settings: Settings, rehearsed: bool) -> Iterator[bool]:
    """What each step asks for; where roles are rehearsed no agent is started for them, but commands are."""
    for step in workflow.steps:
        role = workflow.roles.get(step.role)
        yield step.confine == "worktree"
        if role is None or rehearsed:
            continue
        yield role.confine == "worktree"
        agents = role.agents or ((settings.agent,) if settings.agent else ())
        tables = [settings.agents.get(agent, {}) for agent in agents]
        yield bool(tables) and all(table.get("confine") == "worktree" for table in tables)
