"""One attempt from folder to outcome: prepare, perform, demand evidence, judge, keep what was left.

Whatever happens in it becomes a classed Outcome; only being cancelled goes through. What it wrote is kept either way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from ropewalk.core import Failure, Outcome, Verdict
from ropewalk.definition import Timeouts
from ropewalk.errors import RopewalkError, StillRunning
from ropewalk.processes import await_end
from ropewalk.runtime.assignment import Assignment, Link
from ropewalk.runtime.clock import Clock
from ropewalk.runtime.desk import AttemptDesk
from ropewalk.runtime.handoff import handed
from ropewalk.runtime.judging import Judged, Judges
from ropewalk.runtime.leaks import Leaks, cleared
from ropewalk.runtime.merging import commits_of, disagreed, start_from, start_merged, start_tree, unseen
from ropewalk.runtime.outcomes import classed, clean, counted, joined, unfinished, unkept, with_kept
from ropewalk.runtime.patience import failure_of, patiently
from ropewalk.runtime.requirements import lacking
from ropewalk.runtime.vault import NOTHING, HeldSecrets, Secrets, Vault
from ropewalk.runtime.watch import Watch
from ropewalk.steps.port import GateKind, Kind, Tools
from ropewalk.transient import passing_trouble
from ropewalk.workspace import attempt_name, slug
from ropewalk.workspace.port import AttemptId, Base, Folder, FolderNote, Kept, Merged, Workspace

T = TypeVar("T")


class Attempts:
    """Does assignments in this process. `spool` holds a private folder for each attempt, outside of its workspace."""

    def __init__(
        self,
        kinds: Callable[[str], Kind],
        gates: Callable[[str], GateKind],
        tools: Callable[[], Tools],
        workspace: Callable[[str, Base, Mapping[str, str]], Workspace],
        spool: Path,
        clock: Clock,
        secrets: Secrets | None = None,
    ) -> None:
        self.kinds = kinds
        self.gates = gates
        self.tools = tools
        self.workspace = workspace
        self.spool = spool
        self.clock = clock
        self.secrets = secrets or Secrets(Vault(), spool)

    async def perform(self, assignment: Assignment, link: Link) -> Outcome:
        """Do it; gives an Outcome unless cancelled."""
        held = NOTHING
        try:
            kind = self.kinds(assignment.brief.kind)
            if _needs_nothing(kind, assignment):
                desk = AttemptDesk(_NOWHERE, _NOWHERE, link, self.clock, 0)
                return await kind.perform(assignment.brief, desk, self.tools())
            held = await self.secrets.held(assignment, self._spool_of(assignment.spot))
            if kind.workspace == "commits":
                return clean(await self._on_commits(assignment, link, kind, held), held)
            return clean(await self._in_place(assignment, link, kind, held), held)
        except RopewalkError as error:
            return clean(unfinished(Outcome(), error), held)
        except Exception as error:  # noqa: BLE001 - a plug-in may raise anything, and the run must hear of it
            if passing_trouble(error):
                return clean(Outcome(failure=failure_of(error)), held)
            message = f"ropewalk itself failed here, please report it: {type(error).__name__}: {error}"
            return clean(Outcome(failure=Failure(kind="permanent", message=message)), held)

    async def abandon(self, spot: AttemptId) -> bool:
        """Wait for the proof that nothing lives of a dead driver's attempt on this host: its keepers end it by themselves.

        Raises StillRunning when there is none in time; nothing may be tried again next to what still works.
        """
        spool = self._spool_of(spot)
        keepers = await await_end(spool, _END_SECONDS)
        if keepers:
            raise StillRunning(run=spot.run, step=spot.step, keepers=", ".join(map(str, keepers)))
        return (spool / AT_WORK).exists()

    async def begin(self, assignment: Assignment, child: str) -> Base | Outcome:
        """What a called run starts from. Raises WorkspaceError."""
        base = assignment.base
        if not base.commit:
            return msgspec.structs.replace(base, within=base.within or assignment.spot.run)
        workspace = self._workspace_of(assignment)
        merged = await start_merged(assignment, workspace)
        if merged.conflicts:
            return disagreed(assignment, workspace, merged)
        begun = msgspec.structs.replace(
            base, commit=merged.commit, judged=base.judged or base.commit, warnings=()
        )
        await workspace.adopt(child, begun, ())
        return begun

    async def hold(self, assignment: Assignment, commit: str) -> bool:
        """Whether the commit is there, and kept from now on."""
        try:
            await self._workspace_of(assignment).hold(assignment.spot, commit)
        except RopewalkError:
            return False
        return True

    async def starts_from(self, assignment: Assignment) -> str | None:
        """None where nothing is versioned, or what it needs does not fit together: the attempt itself tells that."""
        if assignment.mode == "none":
            return ""
        if assignment.mode == "shared" or not assignment.base.commit:
            return None
        return await start_tree(assignment, self._workspace_of(assignment))

    async def end(self, run: str, base: Base) -> None:
        """Give the run's folders back. A run that never had one has nothing to give."""
        if not base.root:
            return
        with suppress(RopewalkError):  # What cannot be cleared away now stays where it is, for `cleanup`.
            await self.workspace(run, base, {}).end(run)

    async def _in_place(self, assignment: Assignment, link: Link, kind: Kind, held: HeldSecrets) -> Outcome:
        spot, workspace = assignment.spot, self._workspace_of(assignment)
        mode = assignment.mode
        if kind.workspace == "none" and mode == "own":
            mode = "read" if assignment.gates else "none"

        from ropewalk.steps import declared_names

        async def prepare() -> Folder | Merged:
            parts = await start_from(assignment, workspace)
            if isinstance(parts, Merged):
                return parts
            if _only_gates_look(kind, assignment):
                return await unseen(assignment, workspace, parts)
            if held.redactor:
                await cleared(workspace, spot, held.redactor)
            note = FolderNote(tuple(declared_names(assignment.brief)), secret=bool(held.redactor))
            return await workspace.open(spot, assignment.base, parts, mode, note)

        place = await self._patiently(link, "preparing its folder", prepare)
        if isinstance(place, Merged):
            return disagreed(assignment, workspace, place)
        outcome = Outcome(failure=Failure(kind="lost", message="the attempt was stopped"))
        left: tuple[str, ...] = ()
        desk = self._desk(assignment, link, place, held)
        leaks = Leaks(desk, everything=bool(spot.takes_over))
        try:
            desk.spool.mkdir(parents=True, exist_ok=True)
            watch = Watch(self.clock, desk, assignment.brief.timeout)
            work = _Work(assignment, kind, workspace, place, desk, link)
            outcome = await watch.run(self._work(work, leaks))
            outcome = await leaks.judged(outcome)
        except RopewalkError as error:
            outcome = unfinished(Outcome(), error)
        finally:
            kept = outcome.failure is None
            if not kept:
                await asyncio.shield(leaks.taken_out())
                if held.redactor and place.writable:
                    await workspace.looked_through(place.path)
            left = await asyncio.shield(self._put_away(assignment, workspace, place, kept, link))
        return msgspec.structs.replace(outcome, warnings=(*outcome.warnings, *left))

    async def _patiently(self, link: Link, doing: str, action: Callable[[], Awaitable[T]]) -> T:
        """Work of ropewalk's own, which may wait for the host as long as it takes: the step has not failed by that."""
        return await patiently(self.clock, doing, action, link.waits)

    async def _for_a_while(self, link: Link, doing: str, action: Callable[[], Awaitable[T]]) -> T:
        """The same at the end of an attempt, which may be that of the whole process."""
        until = self.clock.monotonic() + PUT_AWAY_SECONDS
        over = lambda: self.clock.monotonic() > until  # noqa: E731 - asked again and again
        return await patiently(self.clock, doing, action, link.waits, gives_up=over)

    async def _on_commits(self, assignment: Assignment, link: Link, kind: Kind, held: HeldSecrets) -> Outcome:
        """A kind that works on commits: it opens no folder, asks for the gates itself, and may be done again as a whole."""
        workspace = self._workspace_of(assignment)
        desk = self._desk(assignment, link, Folder(str(_NOWHERE)), held)
        known: dict[tuple[str, int], Verdict] = {}

        async def judge(base: Base, merged: Merged) -> list[Verdict]:
            desk.spool.mkdir(parents=True, exist_ok=True)
            judged = Judged(Outcome(), Folder(str(_NOWHERE), merged.commit), merged.commit, base)
            verdicts = await Judges(assignment, workspace, self.gates, self.tools, desk, known).judge(judged)
            await desk.flush()
            return verdicts

        commits = commits_of(assignment, workspace, judge if assignment.gates else None)
        tools = msgspec.structs.replace(self.tools(), commits=commits)

        async def work() -> Outcome:
            outcome = await kind.perform(assignment.brief, desk, tools)
            await desk.close()
            return outcome

        return await self._patiently(link, "merging", work)

    def _workspace_of(self, assignment: Assignment) -> Workspace:
        return self.workspace(assignment.spot.run, assignment.base, assignment.policies)

    async def _work(self, work: _Work, leaks: Leaks) -> Outcome:
        brief, desk = work.assignment.brief, work.desk
        if brief.requires and work.assignment.mode != "none":
            lack = await asyncio.to_thread(lacking, work.assignment, desk.folder)
            if lack is not None:
                return Outcome(failure=lack)
        mark = desk.spool / AT_WORK
        mark.touch()
        leaks.begin(mark)
        try:
            outcome = await work.kind.perform(brief, desk, self.tools())
        except (RopewalkError, OSError) as error:
            if not (desk.heard and brief.role_name):
                raise  # nothing was paid for: where the host is in the way it is done again as if it had not been tried
            return Outcome(failure=counted(classed(error)), agent=(*brief.role.agents, brief.role_name)[0])
        finally:
            mark.unlink(missing_ok=True)
        outcome = await leaks.judged(outcome)
        if outcome.failure is not None:
            return outcome
        try:
            return await self._kept_and_judged(work, outcome)
        except (RopewalkError, OSError) as error:
            if not brief.role_name:
                raise
            stopped = unfinished(outcome, error)
            return msgspec.structs.replace(stopped, failure=counted(classed(error)))

    async def _kept_and_judged(self, work: _Work, outcome: Outcome) -> Outcome:
        """What was done is done, and what it took is known: whatever goes wrong from here on, that is told."""
        from ropewalk.steps import check_outcome, declared_files

        assignment, brief, place, folder = (
            work.assignment,
            work.assignment.brief,
            work.place,
            work.desk.folder,
        )
        also = await asyncio.to_thread(declared_files, brief, folder)
        kept = await self._patiently(work.link, "keeping its work", lambda: self._keep(work, also))
        if kept.lost:
            return with_kept(outcome, kept, failure=unkept(kept))
        missing = check_outcome(brief, outcome, kept.artifacts, folder)
        if missing is not None:
            return with_kept(outcome, kept, failure=missing)
        judged = Judged(outcome, place, kept.commit, assignment.base)
        judges = Judges(assignment, work.workspace, self.gates, self.tools, work.desk)
        verdicts = await self._patiently(work.link, "judging its work", lambda: judges.judge(judged))
        if assignment.earlier:
            kept = msgspec.structs.replace(kept, artifacts=joined(assignment.earlier, kept.artifacts))
        handoff = handed(brief, outcome, kept.artifacts)
        return with_kept(outcome, kept, verdicts=(*outcome.verdicts, *verdicts), handoff=handoff)

    async def _keep(self, work: _Work, also: list[str]) -> Kept:
        spot, place = work.assignment.spot, work.place
        if work.kind.workspace == "none" and not place.writable:
            return Kept(commit=place.base)  # Such a kind never saw the folder.
        title = work.assignment.brief.title
        return await work.workspace.keep(spot, place, succeeded=True, message=title, also=also)

    async def _put_away(
        self, assignment: Assignment, workspace: Workspace, place: Folder, kept: bool, link: Link
    ) -> tuple[str, ...]:
        """Give the folder back once what is in it is kept, under the attempt's own ref where it failed or was stopped.

        Gives what people should know: a folder of which something is kept nowhere stays, whatever else becomes of the run.
        """
        left = (
            "" if kept or not place.writable else await self._keep_failed(assignment, workspace, place, link)
        )
        if not kept and place.writable and await link.rests():
            return ()
        if left:
            return (f"not all that it left could be kept ({left}), so its folder stays: {place.path}",)
        try:
            await self._for_a_while(
                link, "putting its folder away", lambda: workspace.close(assignment.spot, place)
            )
        except (RopewalkError, OSError) as error:
            return (str(error),)
        return ()

    async def _keep_failed(
        self, assignment: Assignment, workspace: Workspace, place: Folder, link: Link
    ) -> str:
        """Why the folder has to stay, or nothing."""
        from ropewalk.steps import declared_names

        spot, title = assignment.spot, assignment.brief.title
        names = declared_names(assignment.brief)
        try:
            kept = await self._for_a_while(
                link,
                "keeping what it left",
                lambda: workspace.keep(spot, place, succeeded=False, message=title, also=names),
            )
        except (RopewalkError, OSError) as error:
            return str(error)
        return "; ".join(kept.lost)

    def _desk(
        self, assignment: Assignment, link: Link, place: Folder, held: HeldSecrets = NOTHING
    ) -> AttemptDesk:
        spool, output_bytes = self._spool_of(assignment.spot), assignment.brief.output_bytes
        desk = AttemptDesk(Path(place.path), spool, link, self.clock, output_bytes, held)
        desk.reads, desk.hides = place.reads, place.hides
        return desk

    def _spool_of(self, spot: AttemptId) -> Path:
        return self.spool / slug(spot.run) / attempt_name(spot)


class _Work(NamedTuple):
    """One attempt in its folder."""

    assignment: Assignment
    kind: Kind
    workspace: Workspace
    place: Folder
    desk: AttemptDesk
    link: Link


def _needs_nothing(kind: Kind, assignment: Assignment) -> bool:
    """Whether it is done without a folder, a time limit or a secret."""
    asked = assignment.gates or assignment.secrets
    return kind.workspace == "none" and not asked and assignment.brief.timeout == _NO_LIMITS


def _only_gates_look(kind: Kind, assignment: Assignment) -> bool:
    """Whether what does the step never sees a folder, and nothing is declared that would be looked for in it."""
    brief = assignment.brief
    looked_for = brief.creates or brief.updates or brief.requires
    unseen = kind.workspace == "none" and assignment.mode in ("own", "read") and not looked_for
    return bool(unseen and assignment.gates and assignment.base.commit)


PUT_AWAY_SECONDS = 30.0
"""How long a run that ends waits for the host to take a folder away."""
AT_WORK = "at-work"
"""Stands in an attempt's spool while its kind performs; found after a crash, it says what the crash may be due to."""

_END_SECONDS = 10.0
_NOWHERE = Path("/nonexistent")
_NO_LIMITS = Timeouts()
