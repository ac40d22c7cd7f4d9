"""Brings the result of a run to a branch: the run's last step does it once more, as an attempt on record like any other, so that
the next driver of the run finishes what a crash left half done."""

from __future__ import annotations

from pathlib import Path

import msgspec

from ropewalk.app.people import People
from ropewalk.core import State
from ropewalk.core import commands as c
from ropewalk.core.events import Event
from ropewalk.definition import Workflow, names_of
from ropewalk.errors import LeaseHeld, NotLanded, Refused, WorkspaceError
from ropewalk.runtime import EventListener
from ropewalk.workspace.port import Base

LOOK_SECONDS = 1.0
"""How often it looks at a run that another process drives, when the store says nothing."""


async def landing_warnings(workflow: Workflow, folder: Path) -> tuple[str, ...]:
    """What to know before a run starts in a folder whose result is to land by itself: what would refuse it at the end."""
    if workflow.land != "merge":
        return ()
    from ropewalk.workspace import in_the_way, listed

    made = {name for step in workflow.steps for ref in step.creates for name in names_of(ref)}
    try:
        branch, paths = await in_the_way(folder, made)
    except WorkspaceError:  # a plan needs no git, and a start that does says so itself
        return ()
    if not paths:
        return ()
    warning = (
        f"`land: merge` will be refused at the end as long as {branch}, which is checked out here, has what is not committed: "
        f"{listed(paths)}; commit it, stash it or move it away before"
    )
    return (warning,)


def landing_base(state: State) -> Base:
    """What the run began from. Raises Refused while there is no result in git that could go anywhere."""
    if not state.base.get("commit"):
        raise Refused(verb="land", reason="the run's files are not in git")
    if not state.commit:
        raise Refused(verb="land", reason=f"the run is {state.status} and has merged no result")
    return msgspec.convert(state.base, Base)


async def ask_to_land(
    ropewalk: People, run: str, target: str = "", by: str = "", squash: bool | str = False
) -> list[Event]:
    """Put on record that a run is to land on a branch (the one that it began from unless told), with `squash` as one commit, of
    which a text is the message. It is done by who drives the run. Raises Refused."""
    state = await ropewalk.engine.fold(run)
    base = landing_base(state)
    target = target or base.target
    if not target:
        raise Refused(verb="land", reason="the run began from no branch; say where with --to BRANCH")
    message = squash if isinstance(squash, str) else ""
    if squash is True and not state.workflow.squash:
        message = state.title or state.workflow.name
    return await ropewalk.engine.tell(run, c.Land(target=target, by=by, squash=message), by or ropewalk.actor)


async def land(
    ropewalk: People,
    run: str,
    target: str = "",
    by: str = "",
    listener: EventListener | None = None,
    *,
    squash: bool | str = False,
) -> State:
    """Ask for it, and drive the run until it has landed, or wait for a process that drives it. Gives the run as it is then.

    Raises Refused where it makes no sense, NotLanded with what stands in the way: a gate that says no, a dirty checkout. Where the result disagrees with what
    came to the branch meanwhile, a person is asked, and the run is paused until that is answered.
    """
    await ask_to_land(ropewalk, run, target, by, squash)
    try:
        state = await ropewalk.drive(run, listener)
    except LeaseHeld:
        state = await _landed_elsewhere(ropewalk, run)
    if state.landing is None and state.not_landed:
        raise NotLanded(run=run, reason=state.not_landed.rstrip("."))
    return state


async def _landed_elsewhere(ropewalk: People, run: str) -> State:
    while True:
        position = await ropewalk.store.position()
        state = await ropewalk.engine.fold(run)
        if state.landing is None or state.status == "paused":
            return state
        await ropewalk.store.wait(position, LOOK_SECONDS)
