"""What every door shows of runs: the list, one run, its steps, what attempts said, its files and its asks.

Each function takes the opened project and gives the structs of `ropewalk.app.objects`; nothing here changes a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

from ropewalk.app import results
from ropewalk.app.driven import explain_run
from ropewalk.app.objects import (
    ArtifactRow,
    AskView,
    RecordView,
    RunView,
    StepRow,
    StepView,
    artifact_rows,
    ask_of,
    find_step,
    record_of,
    recorded,
    run_of,
    step_of,
    steps_of,
)
from ropewalk.core import Artifact, State, StepState
from ropewalk.core.events import AskOpened
from ropewalk.errors import InvalidRequest, NoSuchFile, RopewalkError
from ropewalk.observe import Bar, Explanation, bars_of
from ropewalk.store.port import RunQuery, RunRow

if TYPE_CHECKING:
    from ropewalk.app.folded import Folded
    from ropewalk.app.open import Ropewalk

EVENTS_AT_ONCE: Final = 1_000


class RunPage(Struct, frozen=True):
    """A page of the run list, newest first; `next` goes into `after` for the next one, and is empty at the end."""

    runs: tuple[RunRow, ...]
    next: str


class RecordPage(Struct, frozen=True):
    """A page of records; `next` goes into `after` for the next one."""

    events: tuple[RecordView, ...]
    next: int


class OutputRow(Struct, frozen=True):
    """What there is of what one attempt (`step/round.n`) said, in bytes."""

    attempt: str
    size: int


class Output(NamedTuple):
    """A piece of what an attempt said, and how long the whole is."""

    data: bytes
    size: int


async def runs(ropewalk: Ropewalk, query: RunQuery = RunQuery()) -> RunPage:
    """A page of the run list, newest first."""
    rows = await ropewalk.store.runs(query)
    return RunPage(tuple(rows), rows[-1].run if len(rows) == query.limit else "")


async def run(folded: Folded, ropewalk: Ropewalk, name: str, version: int | None = None) -> RunView:
    """One run whole, also as it was at a version. Raises NoSuchRun, InvalidRequest."""
    state = await _state(folded, ropewalk, name, version)
    now = ropewalk.engine.clock.now() if version is None else state.updated_at
    return await view(ropewalk, state, now)


async def view(ropewalk: Ropewalk, state: State, now: float) -> RunView:
    """The same of a state that is at hand."""
    folders = await results.kept_folders(ropewalk, state)
    return run_of(state, now, await made(ropewalk, state), tuple(folders))


async def made(ropewalk: Ropewalk, state: State) -> tuple[ArtifactRow, ...]:
    """The files of a run: of the merge so far, or as its steps tell where nobody can look."""
    try:
        return artifact_rows((await results.run_files(ropewalk, state)).made.values())
    except RopewalkError:
        return recorded(state)


async def _state(folded: Folded, ropewalk: Ropewalk, name: str, version: int | None) -> State:
    run = await ropewalk.store.find(name)
    if version is None:
        return await folded.state(run)
    state = await ropewalk.engine.fold(run, version)
    if not 0 < version <= state.version:
        raise InvalidRequest(reason=f"run {run} has versions 1 to {state.version}")
    return state


async def explain(folded: Folded, ropewalk: Ropewalk, name: str) -> Explanation:
    """Why a run is where it is, in one sentence, and what can be done."""
    return await explain_run(ropewalk, await ropewalk.store.find(name), folded.state)


async def timeline(ropewalk: Ropewalk, name: str) -> list[Bar]:
    """The attempts and waits of a run as bars, in the order in which they began."""
    records = await ropewalk.store.read(await ropewalk.store.find(name))
    return bars_of((record.at, record.event) for record in records)


# Steps ----------------------------------------------------------------------------------------------------------------


async def steps(folded: Folded, ropewalk: Ropewalk, name: str) -> tuple[StepRow, ...]:
    """Every step of a run in written order."""
    return steps_of(await folded.state(await ropewalk.store.find(name)))


async def step(folded: Folded, ropewalk: Ropewalk, name: str, key: str) -> StepView:
    """Everything about one step. Raises NoSuchStep."""
    state, st = await _step(folded, ropewalk, name, key)
    return step_of(state, st)


async def _step(folded: Folded, ropewalk: Ropewalk, name: str, key: str) -> tuple[State, StepState]:
    state = await folded.state(await ropewalk.store.find(name))
    return state, find_step(state, key)


async def outputs(ropewalk: Ropewalk, name: str) -> list[OutputRow]:
    """What there is of what attempts said."""
    sizes = await ropewalk.store.outputs(await ropewalk.store.find(name))
    return [OutputRow(attempt, size) for attempt, size in sizes]


async def output(
    ropewalk: Ropewalk, name: str, attempt: str, offset: int = 0, limit: int = 1 << 20
) -> Output:
    """A piece of what one attempt said. An attempt that said nothing is empty."""
    run = await ropewalk.store.find(name)
    size = dict(await ropewalk.store.outputs(run)).get(attempt, 0)
    data = await ropewalk.store.read_output(run, attempt, offset, limit) if size else b""
    return Output(data, size)


# Files ----------------------------------------------------------------------------------------------------------------


workspace = results.workspace_of


async def artifacts(folded: Folded, ropewalk: Ropewalk, name: str) -> tuple[ArtifactRow, ...]:
    """Every file that a run made, as it is in the result or in the merge so far, with the step that wrote it last."""
    state = await folded.state(await ropewalk.store.find(name))
    return artifact_rows((await results.run_files(ropewalk, state)).made.values())


async def artifact(
    folded: Folded, ropewalk: Ropewalk, name: str, path: str, step: str = ""
) -> tuple[bytes, Artifact]:
    """A file that a run made: as it is in the result or in the merge so far, or as `step` left it. Raises NoSuchFile."""
    state = await folded.state(await ropewalk.store.find(name))
    if not step:
        files = await results.run_files(ropewalk, state)
        content = await results.file_content(ropewalk, state, files, path)
        if content is None:
            raise NoSuchFile(run=state.run, path=path)
        return content, files.made[path].artifact
    result = state.steps[step].result if step in state.steps else None
    for made in result.artifacts if result is not None else ():
        if made.path == path and made.change != "deleted" and result is not None:
            content = await workspace(ropewalk, state).read(made.commit or result.commit, path)
            if content is not None:
                return content, made
    raise NoSuchFile(run=state.run, path=path)


async def shown(folded: Folded, ropewalk: Ropewalk, name: str, ask: str, path: str) -> bytes:
    """A file that an ask shows, as it was when it was asked. Raises NoSuchFile."""
    state = await folded.state(await ropewalk.store.find(name))
    opened = state.asks.get(ask)
    if opened is not None and any(artifact.path == path for artifact in opened.show):
        content = await results.shown_content(ropewalk, state, opened, path)
        if content is not None:
            return content
    raise NoSuchFile(run=state.run, path=path)


async def diff(folded: Folded, ropewalk: Ropewalk, name: str, key: str, path: str = "") -> bytes:
    """What a step changed, as a patch; empty where it changed nothing, or where nothing is versioned."""
    state, st = await _step(folded, ropewalk, name, key)
    if st.result is None or not st.result.commit or not state.base.get("commit"):
        return b""
    return await workspace(ropewalk, state).diff(f"{st.result.commit}^", st.result.commit, path)


# Asks and events ------------------------------------------------------------------------------------------------------


async def asks(ropewalk: Ropewalk, name: str = "") -> list[AskView]:
    """What people are asked, in one run or in all, oldest first."""
    wanted = await ropewalk.store.find(name) if name else ""
    return [ask_of(run, opened, at) for run, opened, at in await open_asks(ropewalk, wanted)]


async def open_asks(ropewalk: Ropewalk, wanted: str = "") -> list[tuple[str, AskOpened, float]]:
    """Every open ask of a run, or of all, with when it was asked; of a conflict with what answers have settled so far."""
    opened_asks: list[tuple[str, AskOpened, float]] = []
    for run, record in await ropewalk.store.asks():
        opened = record.event
        if not isinstance(opened, AskOpened) or wanted not in {"", run}:
            continue
        if opened.about == "conflict":
            opened = (await ropewalk.engine.fold(run)).asks.get(opened.ask, opened)
        opened_asks.append((run, opened, record.at))
    return opened_asks


async def events(
    ropewalk: Ropewalk, after: int = 0, limit: int = 100, patterns: Sequence[str] = (), name: str = ""
) -> RecordPage:
    """A page of the feed after a position, and where the next begins; `next` is `after` again at the end."""
    run = await ropewalk.store.find(name) if name else ""
    records = await ropewalk.store.feed(after, min(limit, EVENTS_AT_ONCE), patterns, run)
    return RecordPage(tuple(map(record_of, records)), records[-1].position if records else after)


async def history(ropewalk: Ropewalk, name: str, after: int = 0, limit: int = 100) -> RecordPage:
    """A page of one run's records after a version; `next` is 0 at the end."""
    run = await ropewalk.store.find(name)
    limit = min(limit, EVENTS_AT_ONCE)
    records = await ropewalk.store.read(run, after=after, limit=limit)
    return RecordPage(tuple(map(record_of, records)), records[-1].version if len(records) == limit else 0)
