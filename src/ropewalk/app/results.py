"""The files of a run as they are in what its steps left joined: in its result, or in the merge so far.

Where nothing is versioned, or the steps disagree, each file is as the step left it that wrote it last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from weakref import WeakKeyDictionary

import msgspec
from msgspec import Struct

from ropewalk.app.merging import MERGE
from ropewalk.app.people import People
from ropewalk.core import Artifact, State
from ropewalk.core.events import AskOpened
from ropewalk.errors import NoSuchFile, NotKept, WorkspaceError
from ropewalk.observe import MadeFile, files_made_in, last_written, merged_result
from ropewalk.runtime import Briefing
from ropewalk.workspace import attempt_name
from ropewalk.workspace.port import AttemptId, Base, Part, Workspace


class RunFiles(Struct, frozen=True):
    """By path; `commit` is the merge that they are read from, "" where each is of a commit of its own."""

    commit: str
    made: dict[str, MadeFile]


_known: WeakKeyDictionary[People, dict[str, tuple[tuple[str, ...], RunFiles]]] = WeakKeyDictionary()


async def run_files(ropewalk: People, state: State) -> RunFiles:
    """The files of a run. Raises WorkspaceError when its repository is not there."""
    end = merged_result(state)
    if end is not None:
        return _by_path(end.commit, files_made_in(state, end.commit, end.artifacts))
    if not state.base.get("commit") or MERGE not in state.steps:
        return _by_path("", last_written(state))
    base = msgspec.convert(state.base, Base)
    parts = Briefing(state, base, True).parts(state.steps[MERGE])
    known = _known.setdefault(ropewalk, {})
    commits = tuple(part.commit for part in parts)
    if known.get(state.run, ((), None))[0] != commits or not commits:
        known[state.run] = (commits, await _so_far(ropewalk, state, base, parts))
    return known[state.run][1]


async def _so_far(ropewalk: People, state: State, base: Base, parts: Iterable[Part]) -> RunFiles:
    workspace = workspace_of(ropewalk, state)
    merged = await workspace.merge(state.run, base, tuple(parts), state.workflow.merge)
    if merged.conflicts:
        return _by_path("", last_written(state))
    made = files_made_in(state, merged.commit, await workspace.made(base.commit, merged.commit))
    return _by_path(merged.commit, made)


def _by_path(commit: str, made: Iterable[MadeFile]) -> RunFiles:
    return RunFiles(commit, {file.artifact.path: file for file in made})


async def kept_folders(ropewalk: People, state: State) -> list[str]:
    """Folders of attempts that ended, were aborted or were killed, and that stayed: they hold what may be kept nowhere else."""
    if not state.base.get("commit"):
        return []
    from ropewalk.workspace import attempts_path, folders_kept

    at_work = [st for st in state.steps.values() if st.status == "running"]
    busy = [attempt_name(AttemptId(state.run, st.key, st.round, st.attempt)) for st in at_work]
    try:
        places = await attempts_path(ropewalk.home, ropewalk.folder)
    except WorkspaceError:
        return []  # Where the repository cannot be looked at, so can none of its folders; the run itself is shown.
    return await asyncio.to_thread(folders_kept, places, state.run, busy)


def workspace_of(ropewalk: People, state: State) -> Workspace:
    """Where the files of a run are."""
    base = msgspec.convert(state.base, Base) if state.base else Base(root=str(ropewalk.folder))
    return ropewalk.workspace(state.run, base, state.workflow.merge)


async def file_content(ropewalk: People, state: State, files: RunFiles, path: str) -> bytes | None:
    """The bytes of a file that the run made; None for a link. Raises NoSuchFile, NotKept."""
    if path not in files.made:
        raise NoSuchFile(run=state.run, path=path)
    workspace, commit = workspace_of(ropewalk, state), files.made[path].artifact.commit
    data = await workspace.read(commit, path)
    if data is None and await workspace.link(commit, path) is None:
        raise NotKept(run=state.run, path=path)
    return data


async def shown_content(ropewalk: People, state: State, opened: AskOpened, path: str) -> bytes | None:
    """A file that an ask shows, as it was when it was asked; None when there is none. Where the steps that wrote it side by side
    disagree, it is the version of each below its name."""
    shown = next((artifact for artifact in opened.show if artifact.path == path), None)
    st = state.steps[opened.step]
    workspace = workspace_of(ropewalk, state)
    if shown is None or not shown.merged_from:
        commit = (shown.commit if shown else "") or (st.result.commit if st.result else "")
        return await workspace.read(commit, path)
    base = msgspec.convert(state.base, Base)
    parts, own = _written_by(state, shown), state.graph.steps[st.index].merge
    merged = await workspace.merge(state.run, base, parts, {**state.workflow.merge, **own})
    if not merged.conflicts:
        return await workspace.read(merged.commit, path)
    versions = [(part.step, await workspace.read(part.commit, path)) for part in parts]
    return b"".join(
        b"==> %s <==\n%s\n" % (step.encode(), text) for step, text in versions if text is not None
    )


def _written_by(state: State, shown: Artifact) -> tuple[Part, ...]:
    """The commits that were to be merged when it was asked: what ended since is no part of what was shown."""
    by = {st.result.commit: st for st in state.steps.values() if st.result is not None}
    return tuple(
        Part(by[commit].key, commit, state.graph.steps[by[commit].index].merge)
        if commit in by
        else Part("", commit)
        for commit in shown.merged_from
    )
