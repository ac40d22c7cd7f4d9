"""The git workspace: each writing attempt has a worktree of its own, and what it leaves is a commit under `refs/ropewalk/`.

The user's checkout, index, configuration and hooks are never touched; a folder without git gets a private repository.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from msgspec import structs

from ropewalk.core import Artifact
from ropewalk.errors import WorkspaceError
from ropewalk.workspace import amendment, cleanup, history, landing, pinning, private, squash, sweeping
from ropewalk.workspace.attempt_folders import AttemptFolders, give_back, note_of, put_note, remove_folder
from ropewalk.workspace.attributes import attributes_at
from ropewalk.workspace.commits import changes_between, read_header
from ropewalk.workspace.folder import FolderWorkspace
from ropewalk.workspace.gathering import Caps
from ropewalk.workspace.git import Git
from ropewalk.workspace.ground import RepoContext, ground, ground_of
from ropewalk.workspace.harvest import artifacts_of
from ropewalk.workspace.judging import layout
from ropewalk.workspace.judging.overlay import overlay
from ropewalk.workspace.keeper import WorkKeeper
from ropewalk.workspace.merge import Merger, MergeRequest, MergeResult
from ropewalk.workspace.names import attempt_name, attempt_ref, base_ref, given_ref, passing_name, slug
from ropewalk.workspace.owned import Owning, process_owning
from ropewalk.workspace.port import (
    AttemptId,
    Base,
    Choice,
    Folder,
    FolderNote,
    JudgeFolder,
    JudgeRules,
    Kept,
    Merged,
    Mode,
    Part,
)
from ropewalk.workspace.repository import Repository, stores_of
from ropewalk.workspace.settler import Choices

_AT_ONCE = 8


def _with_surroundings(place: Folder, repository: Repository) -> Folder:
    """The place with what its git borrows from; the user's checkout and the rest of the repository are not its business."""
    hides = tuple(filter(None, (repository.top, repository.common)))
    return structs.replace(place, reads=stores_of(repository.objects), hides=hides)


class GitWorkspace:
    """The workspace of a run in a repository. `state` is ropewalk's own folder; `root` the user's, if already known.

    `policies` are the run's merge policies, for the merges of `open`. `began` is what the run began from: its repository
    is looked for at `root` first, and then where it was.
    """

    name = "git"

    def __init__(
        self,
        state: Path,
        root: Path | None = None,
        policies: Mapping[str, str] | None = None,
        caps: Caps | None = None,
        began: Base | None = None,
        owning: Owning | None = None,
    ) -> None:
        self._state = state
        self._root = root
        self._policies = dict(policies or {})
        self._caps = caps or Caps()
        self._began = began
        self._owning = owning or process_owning()
        self._bound: RepoContext | None = None
        self._places: AttemptFolders | None = None
        self._binding = asyncio.Lock()
        self._attributes: dict[str, Path] = {}
        self._folders: dict[str, FolderWorkspace] = {}
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def _ground(self, root: Path | None = None, alone: bool = False) -> RepoContext:
        async with self._binding:
            root = root or self._root
            if root is None:
                raise WorkspaceError(place=str(self._state), reason="no folder to work on has been named")
            if self._bound is None or self._root != root:
                if self._began is not None:
                    self._bound = await ground_of(self._state, root, self._began)
                else:
                    self._bound = await ground(self._state, root, alone)
                self._root = root
                self._places = AttemptFolders(self._bound.places, self._bound.repository, self._owning)
        return self._bound

    async def _at(self, base: Base) -> tuple[RepoContext, AttemptFolders]:
        """What a base stands on; a workspace that knows its ground already stays there."""
        known = self._bound is not None or self._began is not None
        on = await self._ground(None if known else Path(base.root), base.private)
        return on, self._places or AttemptFolders(on.places, on.repository, self._owning)

    async def _git(self) -> Git:
        return (await self._ground()).repository.git

    @asynccontextmanager
    async def _scratch(self, run: str) -> AsyncIterator[Path]:
        on = await self._ground()
        folder = (self._places or AttemptFolders(on.places, on.repository, self._owning)).scratch(slug(run))
        try:
            yield folder
        finally:
            await asyncio.to_thread(remove_folder, folder)

    def _folder(self, on: RepoContext, run: str) -> FolderWorkspace:
        if run not in self._folders:
            self._folders[run] = FolderWorkspace(on.state, run, owning=self._owning)
        return self._folders[run]

    async def prepare(
        self, run: str, root: Path, with_changes: bool = False, target: str = "", at: float = 0.0
    ) -> Base:
        on = await self._ground(root)
        async with self._scratch(run) as scratch:
            return await pinning.prepare(on, scratch, self._caps, run, with_changes, target, at)

    async def open(
        self, spot: AttemptId, base: Base, needs: Sequence[Part], mode: Mode, note: FolderNote = FolderNote()
    ) -> Folder | Merged:
        on, _ = await self._at(base)
        if mode in ("none", "shared"):
            opened = await self._folder(on, spot.run).open(spot, base, needs, mode)
            return _with_surroundings(opened, on.repository) if isinstance(opened, Folder) else opened
        result = await self._merge(spot.run, base, needs, self._policies)
        if result.conflicts:
            return Merged("", "", result.conflicts, result.applied)
        place = await self._placed(spot, base, result, mode == "own")
        if place.writable:
            await asyncio.to_thread(put_note, Path(place.path), note)
        return place

    async def cut_off(self, spot: AttemptId) -> list[str]:
        on = await self._ground()
        places = self._places or AttemptFolders(on.places, on.repository, self._owning)
        return await asyncio.to_thread(sweeping.cut_off, places, spot)

    async def looked_through(self, folder: str) -> None:
        note = await asyncio.to_thread(note_of, Path(folder))
        await asyncio.to_thread(put_note, Path(folder), structs.replace(note, secret=False))

    async def _placed(self, spot: AttemptId, base: Base, result: MergeResult, writable: bool) -> Folder:
        """A folder that no other attempt sees, also to read in: what one reader writes no other may find."""
        on, places = await self._at(base)
        run = slug(spot.run)
        async with self._at_once:
            named = attempt_name if writable else partial(passing_name, suffix="read")
            before = range(
                spot.takes_over, 0, -1
            )  # that one may itself have gone on in the folder of an earlier
            names = [named(structs.replace(spot, attempt=attempt)) for attempt in before]
            left = await asyncio.to_thread(places.taken_over, run, names) if names else None
            name, passing = named(spot), not writable
            folder = left or await places.own(run, name, result.commit, base.target, base.commit, passing)
        at = base.at or (await read_header(on.repository.git, result.commit)).at
        place = Folder(str(folder), result.commit, writable, result.parents, result.disputed, at)
        return _with_surroundings(place, on.repository)

    async def dispute(
        self, spot: AttemptId, base: Base, parts: Sequence[Part], policies: Mapping[str, str]
    ) -> Folder:
        result = await self._merge(spot.run, base, parts, policies, markers=True)
        return await self._placed(spot, base, result, writable=True)

    async def keep(
        self, spot: AttemptId, place: Folder, *, succeeded: bool, message: str = "", also: Sequence[str] = ()
    ) -> Kept:
        on = await self._ground()
        if not place.base:
            folder = self._folder(on, spot.run)
            return await folder.keep(spot, place, succeeded=succeeded, message=message, also=also)
        async with self._scratch(spot.run) as scratch:
            keeper = WorkKeeper(on.repository.git.at(place.path).aside(scratch), place, scratch, self._caps)
            if not place.writable:
                return await keeper.look()
            return await keeper.keep(spot, succeeded, message, also)

    async def judge(
        self, spot: AttemptId, base: Base, place: Folder, commit: str, rules: JudgeRules
    ) -> JudgeFolder:
        on, places = await self._at(base)
        git, trusted = on.repository.git, base.judged or base.commit
        if not commit:
            copied = await self._folder(on, spot.run).judge(spot, base, place, commit, rules)
            laid = await layout.lay_over_copy(git, trusted, Path(copied.place.path), rules)
            return layout.described(_with_surroundings(copied.place, on.repository), trusted, laid)
        laid_over = await overlay(git, trusted, commit, rules)
        async with self._scratch(spot.run) as scratch, self._at_once:
            judged = await layout.judged_commit(git, spot.run, base, commit, laid_over, scratch)
            run, name = slug(spot.run), passing_name(spot, "judge")
            folder = await places.own(run, name, judged, base.target, base.commit, passing=True)
        place = _with_surroundings(Folder(str(folder), judged, at=base.at), on.repository)
        return layout.described(place, trusted, laid_over)

    async def close(self, spot: AttemptId, place: Folder) -> None:
        if not place.base:
            await self._folder(await self._ground(), spot.run).close(spot, place)
        else:
            await asyncio.to_thread(give_back, Path(place.path), self._owning)

    async def read(self, commit: str, path: str) -> bytes | None:
        """Through a symbolic link there is no file."""
        on = await self._ground()
        if not commit:
            return await self._folder(on, "").read(commit, path)
        return await amendment.read(on.repository.git, commit, path)

    async def link(self, commit: str, path: str) -> bytes | None:
        on = await self._ground()
        if not commit:
            return await self._folder(on, "").link(commit, path)
        return await amendment.link(on.repository.git, commit, path)

    async def amend(self, spot: AttemptId, commit: str, path: str, content: bytes, by: str) -> Kept:
        git = await self._git()
        async with self._scratch(spot.run) as scratch:
            return await amendment.amend(git, scratch, spot, commit, path, content, by)

    async def merge(self, run: str, base: Base, parts: Sequence[Part], policies: Mapping[str, str]) -> Merged:
        result = await self._merge(run, base, parts, policies)
        if result.conflicts:
            return Merged("", "", result.conflicts, result.applied)
        return Merged(result.commit, result.tree, (), result.applied)

    async def resolve(
        self,
        spot: AttemptId,
        base: Base,
        parts: Sequence[Part],
        policies: Mapping[str, str],
        choices: Mapping[str, Choice],
        by: str,
    ) -> Merged:
        result = await self._merge(spot.run, base, parts, policies, choices, by)
        if result.conflicts:
            return Merged("", "", result.conflicts, result.applied)
        git = await self._git()
        await git.run("update-ref", f"{attempt_ref(spot)}.resolved", result.commit)
        return Merged(result.commit, result.tree, (), result.applied)

    async def _merge(
        self,
        run: str,
        base: Base,
        parts: Sequence[Part],
        policies: Mapping[str, str],
        choices: Choices | None = None,
        by: str = "",
        markers: bool = False,
    ) -> MergeResult:
        on, places = await self._at(base)
        git = on.repository.git.at(await self._attributes_of(on, base.commit))
        name = base.target or "the base"
        order = MergeRequest(run, base.commit, name, base.at, policies, choices or {}, by, markers)
        return await Merger(git, lambda: places.scratch(slug(run)), remove_folder).merge(order, parts)

    async def _attributes_of(self, on: RepoContext, commit: str) -> Path:
        if commit not in self._attributes:
            self._attributes[commit] = await attributes_at(on.repository.git, on.state / "attributes", commit)
        return self._attributes[commit]

    async def hold(self, spot: AttemptId, commit: str) -> None:
        await self._point([(attempt_ref(spot), commit)])

    async def adopt(self, run: str, base: Base, commits: Sequence[str]) -> None:
        await self._at(base)
        refs = [(given_ref(run, commit), commit) for commit in dict.fromkeys(commits)]
        await self._point([(base_ref(run), base.commit), *refs])

    async def _point(self, refs: Sequence[tuple[str, str]]) -> None:
        git = await self._git()
        lines = "".join(f"update {name} {commit}\n" for name, commit in refs)
        await git.run("update-ref", "--stdin", stdin=lines.encode())

    async def made(self, old: str, new: str) -> tuple[Artifact, ...]:
        git = await self._git()
        return await artifacts_of(git, await changes_between(git, old, new), new)

    async def publish(self, run: str, commit: str) -> str:
        return await landing.publish((await self._ground()).repository, run, commit)

    async def squash(self, run: str, base: Base, merged: Merged, message: str) -> Merged:
        return await squash.squash(await self._git(), run, base, merged, message)

    async def squashed(self, run: str, base: Base, target: str) -> tuple[Base, Merged] | None:
        return await squash.squashed(await self._git(), run, base, target)

    async def land(self, run: str, base: Base, commit: str, target: str, follow: bool = False) -> str | None:
        on, _ = await self._at(base)
        return await landing.land(on.repository, base, commit, target, follow)

    async def refresh(self, base: Base, target: str) -> Base:
        on, _ = await self._at(base)
        if on.private:
            async with self._scratch("refresh") as scratch:
                await private.snapshot(on.repository, scratch, self._caps, "", base.at)
        return await landing.refreshed(on.repository, base, target)

    async def diff(self, old: str, new: str, path: str = "") -> bytes:
        return await history.patch(await self._git(), old, new, path)

    async def history(self, commit: str, path: str) -> tuple[history.Origin, ...]:
        """The commits that made a file what it is, newest first."""
        return await history.history(await self._git(), commit, path)

    async def held(self) -> list[cleanup.HeldRun]:
        """What is kept of every run, this one and others."""
        on = await self._ground()
        return await cleanup.held(on.repository.git, on.places)

    async def forget(self, run: str, unlanded: bool = False) -> tuple[str, ...]:
        """Let go of all that is kept of a run; gives the names of its refs. Refused while its result has not landed.

        First the folders, then the refs: cut short, it is found again by either and can be done again.
        """
        on = await self._ground()
        await cleanup.may_go(on.repository.git, run, unlanded)
        await cleanup.drop(on.state, run, self._owning)
        return await cleanup.forget(on.repository.git, run, unlanded)

    async def end(self, run: str) -> tuple[str, ...]:
        on = await self._ground()
        places = self._places or AttemptFolders(on.places, on.repository, self._owning)
        await self._folder(on, run).end(run)
        return await sweeping.sweep(on.repository.git, places, run, self._caps)
