"""Letting go of runs that ended long ago: record, outputs, folders, refs. A result that is nowhere else stays unless told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ropewalk.app.people import People
from ropewalk.core import ENDED, State
from ropewalk.errors import LeaseHeld, NoSuchRun, Refused, RopewalkError
from ropewalk.store.port import RunQuery, RunRow
from ropewalk.workspace import remove_folder, slug
from ropewalk.workspace.port import Base

DAY = 86_400.0
PAGE = 200
LETS_GO = "--unlanded (in the API `unlanded=true`) lets it go"
UNLANDED = f"its result is part of no other branch; {LETS_GO}"


class Cleaned(Struct, frozen=True):
    """Runs that went (or would), oldest last; those that stay although their time has come, each with the reason."""

    removed: tuple[str, ...]
    kept: dict[str, str]


async def cleanup(
    ropewalk: People,
    days: float,
    *,
    status: Sequence[str] = (),
    unlanded: bool = False,
    dry_run: bool = False,
) -> Cleaned:
    """Remove what ended more than so many days ago; `status` names some of completed, failed, aborted (all without).

    What a run without success left in git goes only with `unlanded`, or when its status is named.
    """
    before = ropewalk.engine.clock.now() - days * DAY
    removed: list[str] = []
    kept: dict[str, str] = {}
    if not dry_run:
        await tidy(ropewalk)
    for row in await _ended(ropewalk, tuple(status), before):
        allow_unlanded = unlanded or bool(status and row.status != "completed")
        try:
            why = await remove(ropewalk, await ropewalk.engine.fold(row.run), allow_unlanded, dry_run)
        except (RopewalkError, OSError) as error:
            why = str(error)  # the others go all the same
        if why:
            kept[row.run] = why
        else:
            removed.append(row.run)
    if not dry_run:
        # No run ended before the beginning of time: this only collects outputs and blobs that nobody names.
        await ropewalk.store.prune(0.0, output_before=before)
    return Cleaned(tuple(removed), kept)


async def tidy(ropewalk: People) -> dict[str, tuple[str, ...]]:
    """Take away what is left of the folders of runs that have ended, as the end of a run that was not cut short does.

    Gives by run what has to stay, with the reasons: `show` names it, and the next time tries again.
    """
    stay: dict[str, tuple[str, ...]] = {}
    for run in await _with_folders(ropewalk):
        try:
            if not await _is_over(ropewalk, run):
                continue
            base = msgspec.convert((await ropewalk.engine.fold(run)).base, Base)
            left = await ropewalk.workspace(run, base, {}).end(run)
        except (RopewalkError, OSError) as error:
            left = (str(error),)
        if left:
            stay[run] = left
    return stay


async def _with_folders(ropewalk: People) -> list[str]:
    """The runs of which a folder of an attempt is there, in git or next to it."""
    from ropewalk.workspace import attempts_path, run_folders, runs_with_folders

    places = await attempts_path(ropewalk.home, ropewalk.folder)
    runs = dict.fromkeys(await asyncio.to_thread(run_folders, places))
    for state in {places.parent, ropewalk.home}:
        runs |= dict.fromkeys(await asyncio.to_thread(runs_with_folders, state))
    return list(runs)


async def _is_over(ropewalk: People, run: str) -> bool:
    """Whether it has ended, and nobody is about to clear up after it."""
    try:
        row = await ropewalk.store.row(run)
    except NoSuchRun:
        return False
    return row.ended_at is not None and await ropewalk.engine.leases.holder(run) is None


async def _ended(ropewalk: People, status: tuple[str, ...], before: float) -> list[RunRow]:
    """All of them before any goes: pages are counted by runs that are there."""
    ended: list[RunRow] = []
    after = ""
    while True:
        page = await ropewalk.store.runs(
            RunQuery(status=status or tuple(sorted(ENDED)), limit=PAGE, after=after)
        )
        ended += [row for row in page if row.ended_at is not None and row.ended_at < before]
        if len(page) < PAGE:
            return ended
        after = page[-1].run


async def _only_here(ropewalk: People, state: State) -> str:
    """Why something of the run would be lost, or nothing."""
    base = state.base.get("commit", "")
    left = [st.result.commit for st in state.steps.values() if st.result is not None and st.result.commit]
    held = await _held(ropewalk, state) if base else None
    if held is None:
        return ""
    if held.folders:
        return f"{held.folders[0]} holds what is kept nowhere else; {LETS_GO}"
    unchanged = all(commit == base for commit in (*left, state.commit or base))
    return "" if unchanged or held.landed else UNLANDED


async def _held(ropewalk: People, state: State) -> Any:
    from ropewalk.workspace import GitWorkspace

    workspace = ropewalk.workspace(state.run, msgspec.convert(state.base, Base), {})
    if not isinstance(workspace, GitWorkspace):
        return None
    return next((work for work in await workspace.held() if work.run == state.run), None)


async def remove(ropewalk: People, state: State, unlanded: bool, dry_run: bool = False) -> str:
    """Take a run away with all that is left of it. Gives the reason when it has to stay.

    Its record goes last: cut short anywhere, the run is still there and can be removed once more.
    """
    try:
        await ropewalk.engine.leases.take(state.run)
    except LeaseHeld as held:
        return held.message
    try:
        return await _remove_held(ropewalk, state, unlanded, dry_run)
    finally:
        await ropewalk.engine.leases.give(state.run)


async def _remove_held(ropewalk: People, state: State, unlanded: bool, dry_run: bool) -> str:
    """While nobody else can drive it."""
    try:
        await ropewalk.store.may_delete(state.run)
    except Refused as refusal:
        return refusal.message
    why = "" if unlanded else await _only_here(ropewalk, state)
    if why or dry_run:
        return why
    if state.base:
        from ropewalk.workspace import GitWorkspace

        workspace = ropewalk.workspace(state.run, msgspec.convert(state.base, Base), {})
        if isinstance(workspace, GitWorkspace):
            await workspace.forget(state.run, unlanded=True)
        else:
            await workspace.end(state.run)
    for kind in ("attempts", "runs"):
        await asyncio.to_thread(_remove_folder, ropewalk.home, kind, slug(state.run))
    await asyncio.to_thread((ropewalk.home / "drive" / f"{slug(state.run)}.log").unlink, missing_ok=True)
    await ropewalk.store.delete(state.run)
    return ""


def _remove_folder(home: Path, kind: str, name: str) -> None:
    """Only what lies in ropewalk's own folder itself: where a link leads out of it nothing is removed."""
    folder = home / kind / name
    if folder.parent.resolve() == home.resolve() / kind and folder.name == name:
        remove_folder(folder)
