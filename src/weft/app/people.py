"""What people do to runs from any door: answer with content, fork, drive what is unfinished, clean up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from weft.core import commands as c
from weft.core.events import Event
from weft.core.fork import kept
from weft.core.state import State
from weft.core.work import Artifact
from weft.definition.stored import encode
from weft.errors import LeaseHeld, NoSuchAsk, Refused
from weft.runtime.driver import Told
from weft.runtime.ids import new_run_id
from weft.workspace.port import Base, Spot

if TYPE_CHECKING:
    from weft.app.open import Weft


async def answer(
    weft: Weft,
    run: str,
    ask: str,
    verdict: str,
    *,
    reason: str = "",
    value: Any = None,
    content: Mapping[str, bytes] | None = None,
    by: str = "",
    digest: str = "",
) -> list[Event]:
    """Answer an ask; `content` (path to bytes) replaces artifacts when amending. Raises NoSuchAsk, Refused."""
    command = c.Answer(
        ask=ask, verdict=verdict, by=by or weft.actor, reason=reason, value=value, digest=digest
    )
    if content:
        command = await _with_content(weft, run, command, content)
    return await weft.engine.tell(run, command, command.by)


async def _with_content(weft: Weft, run: str, command: c.Answer, content: Mapping[str, bytes]) -> c.Answer:
    state = await weft.engine.fold(run)
    opened = state.asks.get(command.ask)
    if opened is None:
        if command.ask in state.answers:
            return command
        raise NoSuchAsk(run=run, ask=command.ask)
    st = state.steps[opened.step]
    known = [a.path for a in st.result.artifacts] if st.result else []
    strange = [path for path in content if path not in known]
    if strange:
        raise Refused(
            verb="amend",
            reason=f"{strange[0]} is not what was shown; there is {', '.join(known) or 'no file'}",
        )
    base = msgspec.convert(state.base, Base) if state.base else Base(root=str(weft.folder))
    workspace = weft.workspace(run, base, state.workflow.weave)
    commit = st.result.commit if st.result else ""
    artifacts: list[Artifact] = []
    for path, data in content.items():
        done = await workspace.amend(Spot(run, st.key, st.round, st.attempt), commit, path, data, command.by)
        commit = done.commit
        artifacts += done.artifacts
    return msgspec.structs.replace(command, artifacts=tuple(artifacts), commit=commit)


async def fork(
    weft: Weft,
    run: str,
    step: str,
    *,
    inputs: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    by: str = "",
) -> str:
    """A new run that keeps what does not come after `step` and does the rest again. Gives its id."""
    state = await weft.engine.fold(run)
    return await weft.engine.create(
        state.workflow,
        encode(state.workflow),
        run=new_run_id(weft.engine.clock.now()),
        inputs={**state.inputs, **(inputs or {})},
        facts={**state.facts, **(facts or {})},
        options=state.options,
        base=state.base,
        labels=state.labels,
        forked_from=f"{run}/{step}",
        given=kept(state, step),
        actor=by or weft.actor,
    )


async def drive_all(weft: Weft, told: Told | None = None) -> dict[str, State]:
    """Drive everything that is unfinished and not driven elsewhere, until nothing can move. Gives the states by run."""
    ended: dict[str, State] = {}
    while True:
        todo = [run for run in await _own(weft) if run not in ended]
        if not todo:
            return ended
        for run, state in zip(
            todo, await asyncio.gather(*(_drive(weft, run, told) for run in todo)), strict=True
        ):
            ended[run] = state if state is not None else await weft.engine.fold(run)


async def _drive(weft: Weft, run: str, told: Told | None) -> State | None:
    try:
        return await weft.drive(run, told)
    except LeaseHeld:
        return None


async def _own(weft: Weft) -> list[str]:
    """Unfinished runs that no unfinished run has called: those are driven by the run that called them."""
    unfinished = await weft.store.unfinished()
    open_runs = set(unfinished)
    return [run for run in unfinished if (await weft.store.row(run)).parent not in open_runs]
