"""What every door shows of runs: the list, one run, its steps, what attempts said, its files and its asks; as plain data.

Each function takes the opened project and gives what JSON can say, in the words of the design; nothing here changes a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ropewalk.app import results
from ropewalk.app.driven import explained
from ropewalk.app.objects import ask_of, find_step, plain, record_of, run_of, step_of
from ropewalk.core.events import AskOpened
from ropewalk.core.state import State, StepState
from ropewalk.core.work import Artifact
from ropewalk.errors import InvalidRequest, NoSuchFile, RopewalkError
from ropewalk.observe.summary import artifacts as artifacts_of
from ropewalk.observe.summary import listed
from ropewalk.observe.summary import step_of as row_of
from ropewalk.observe.timeline import bars
from ropewalk.store.port import RunQuery

if TYPE_CHECKING:
    from ropewalk.app.folded import Folded
    from ropewalk.app.open import Ropewalk

EVENTS_AT_ONCE: Final = 1_000


async def runs(ropewalk: Ropewalk, query: RunQuery = RunQuery()) -> dict[str, Any]:
    """A page of the run list, newest first, and where the next one begins ("" at the end)."""
    found = await ropewalk.store.runs(query)
    return {"runs": [plain(row) for row in found], "next": found[-1].run if len(found) == query.limit else ""}


async def run(folded: Folded, ropewalk: Ropewalk, name: str, version: int | None = None) -> dict[str, Any]:
    """One run whole, also as it was at a version. Raises NoSuchRun, InvalidRequest."""
    state = await _state(folded, ropewalk, name, version)
    now = ropewalk.engine.clock.now() if version is None else state.updated_at
    made, folders = await _made(ropewalk, state), await results.kept_folders(ropewalk, state)
    return run_of(state, now, made, folders)


async def _made(ropewalk: Ropewalk, state: State) -> list[dict[str, Any]]:
    try:
        return [*(await results.files(ropewalk, state)).rows()]
    except RopewalkError:
        return artifacts_of(state)


async def _state(folded: Folded, ropewalk: Ropewalk, name: str, version: int | None) -> State:
    found = await ropewalk.store.find(name)
    if version is None:
        return await folded.state(found)
    state = await ropewalk.engine.fold(found, version)
    if not 0 < version <= state.version:
        raise InvalidRequest(reason=f"run {found} has versions 1 to {state.version}")
    return state


async def explain(folded: Folded, ropewalk: Ropewalk, name: str) -> dict[str, Any]:
    """Why a run is where it is, in one sentence, and what can be done."""
    found: dict[str, Any] = plain(await explained(ropewalk, await ropewalk.store.find(name), folded.state))
    return found


async def timeline(ropewalk: Ropewalk, name: str) -> list[dict[str, Any]]:
    """The attempts and waits of a run as bars, in the order in which they began."""
    records = await ropewalk.store.read(await ropewalk.store.find(name))
    found: list[dict[str, Any]] = plain(bars((record.at, record.event) for record in records))
    return found


# Steps ----------------------------------------------------------------------------------------------------------------


async def steps(folded: Folded, ropewalk: Ropewalk, name: str) -> list[dict[str, Any]]:
    """Every step of a run in written order."""
    state = await folded.state(await ropewalk.store.find(name))
    found: list[dict[str, Any]] = [plain(row_of(st)) for st in listed(state)]
    return found


async def step(folded: Folded, ropewalk: Ropewalk, name: str, key: str) -> dict[str, Any]:
    """Everything about one step. Raises NoSuchStep."""
    state, st = await _step(folded, ropewalk, name, key)
    return step_of(state, st)


async def _step(folded: Folded, ropewalk: Ropewalk, name: str, key: str) -> tuple[State, StepState]:
    state = await folded.state(await ropewalk.store.find(name))
    return state, find_step(state, key)


async def outputs(ropewalk: Ropewalk, name: str) -> list[dict[str, Any]]:
    """What there is of what attempts said: `step/round.n` and its bytes."""
    found = await ropewalk.store.outputs(await ropewalk.store.find(name))
    return [{"attempt": attempt, "size": size} for attempt, size in found]


async def output(
    ropewalk: Ropewalk, name: str, attempt: str, offset: int = 0, limit: int = 1 << 20
) -> tuple[bytes, int]:
    """A piece of what one attempt said, and how long the whole is. An attempt that said nothing is empty."""
    found = await ropewalk.store.find(name)
    size = dict(await ropewalk.store.outputs(found)).get(attempt, 0)
    return (await ropewalk.store.read_output(found, attempt, offset, limit) if size else b""), size


# Files ----------------------------------------------------------------------------------------------------------------


workspace = results.space


async def artifacts(folded: Folded, ropewalk: Ropewalk, name: str) -> list[dict[str, Any]]:
    """Every file that a run made, as it is in the result or in the merge so far, with the step that wrote it last."""
    return [*(await results.files(ropewalk, await folded.state(await ropewalk.store.find(name)))).rows()]


async def artifact(
    folded: Folded, ropewalk: Ropewalk, name: str, path: str, step: str = ""
) -> tuple[bytes, Artifact]:
    """A file that a run made: as it is in the result or in the merge so far, or as `step` left it. Raises NoSuchFile."""
    state = await folded.state(await ropewalk.store.find(name))
    if not step:
        found = await results.files(ropewalk, state)
        content = await results.content(ropewalk, state, found, path)
        if content is None:
            raise NoSuchFile(run=state.run, path=path)
        return content, found.made[path].artifact
    result = state.steps[step].result if step in state.steps else None
    for one in result.artifacts if result is not None else ():
        if one.path == path and one.change != "deleted" and result is not None:
            content = await workspace(ropewalk, state).read(one.commit or result.commit, path)
            if content is not None:
                return content, one
    raise NoSuchFile(run=state.run, path=path)


async def shown(folded: Folded, ropewalk: Ropewalk, name: str, ask: str, path: str) -> bytes:
    """A file that an ask shows, as it was when it was asked. Raises NoSuchFile."""
    state = await folded.state(await ropewalk.store.find(name))
    opened = state.asks.get(ask)
    for one in opened.show if opened is not None else ():
        if one.path == path:
            result = state.steps[opened.step].result if opened else None
            commit = one.commit or (result.commit if result else "")
            content = await workspace(ropewalk, state).read(commit, path)
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


async def asks(ropewalk: Ropewalk, name: str = "") -> list[dict[str, Any]]:
    """What people are asked, in one run or in all, oldest first."""
    wanted = await ropewalk.store.find(name) if name else ""
    opened = [(run, record) for run, record in await ropewalk.store.asks() if wanted in {"", run}]
    return [ask_of(run, r.event, r.at) for run, r in opened if isinstance(r.event, AskOpened)]


async def events(
    ropewalk: Ropewalk, after: int = 0, limit: int = 100, patterns: Sequence[str] = (), name: str = ""
) -> dict[str, Any]:
    """A page of the feed after a position, and where the next begins; `next` is `after` again at the end."""
    found = await ropewalk.store.find(name) if name else ""
    records = await ropewalk.store.feed(after, min(limit, EVENTS_AT_ONCE), patterns, found)
    return {"events": [record_of(r) for r in records], "next": records[-1].position if records else after}


async def history(ropewalk: Ropewalk, name: str, after: int = 0, limit: int = 100) -> dict[str, Any]:
    """A page of one run's records after a version; `next` is 0 at the end."""
    found = await ropewalk.store.find(name)
    limit = min(limit, EVENTS_AT_ONCE)
    records = await ropewalk.store.read(found, after=after, limit=limit)
    return {
        "events": [record_of(record) for record in records],
        "next": records[-1].version if len(records) == limit else 0,
    }
