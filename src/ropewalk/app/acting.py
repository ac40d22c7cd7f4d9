"""What people and programs do through a door: start runs (once a key), and every verb on a run by its name.

The actor is who came through the door, never what was sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

import msgspec
from msgspec import Struct

from ropewalk.core import Options
from ropewalk.core import commands as c
from ropewalk.core.events import Event, NotePublished
from ropewalk.definition import SECRET_MARK, secret_inputs
from ropewalk.errors import (
    InvalidRequest,
    KeyReused,
    NoSuchRun,
    NoSuchStep,
    NoSuchWorkflow,
    Refused,
    RopewalkError,
)
from ropewalk.formats import Loaded, list_workflows
from ropewalk.runtime import new_run_id

if TYPE_CHECKING:
    from ropewalk.app.open import Ropewalk

VERBS: Final[tuple[str, ...]] = (
    "pause",
    "resume",
    "abort",
    "retry",
    "exec",
    "skip",
    "fact",
    "budget",
    "publish",
)
"""What a run can be told; `start`, `fork`, `answer` and `land` are functions of their own."""

_starting: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()


class StartRequest(Struct, frozen=True, omit_defaults=True):
    """A run as it is asked for: a workflow's name (never a path), its inputs, known facts, and how it is to go."""

    workflow: str
    inputs: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    labels: dict[str, str] = {}
    parallel: int = 0
    sequential: bool = False
    rehearse: bool = False
    with_changes: bool = False


async def named(ropewalk: Ropewalk, name: str) -> Loaded:
    """A workflow by name, one of those that are listed: a door opens no file by its path. Raises NoSuchWorkflow."""

    def look() -> Loaded:
        entries = {entry.name: entry for entry in list_workflows(ropewalk.folder)}
        if name not in entries:
            from ropewalk.definition import nearest

            near = nearest(name, entries)
            raise NoSuchWorkflow(
                name=name, nearest=f"did you mean {near}?" if near else "it lists what there is"
            )
        from ropewalk.app.known import load_known

        return load_known(entries[name].path, ropewalk.folder, ropewalk.settings)

    return await asyncio.to_thread(look)


async def start(ropewalk: Ropewalk, wanted: StartRequest, by: str, key: str = "") -> tuple[str, bool]:
    """Put a run on record; it is driven by any process that drives the store. Gives its id and whether it is new.

    The same `key` with the same request gives the same run, also after a crash in between. Raises KeyReused, InvalidInput,
    NoSuchWorkflow, InvalidDefinition, WorkspaceError.
    """
    if not key:
        return await _start(ropewalk, wanted, by, ""), True
    name = f"start/{sha256(f'{by}/{key}'.encode()).hexdigest()}"
    lock = _starting.setdefault((id(ropewalk), name), asyncio.Lock())
    async with lock:
        loaded = await named(ropewalk, wanted.workflow)
        digest = _digest(wanted, loaded)
        kept = await ropewalk.store.recall(name)
        if kept is not None and kept["digest"] != digest:
            raise KeyReused(key=key)
        if kept is not None and await _is_there(ropewalk, kept["run"]):
            return str(kept["run"]), False
        run = str(kept["run"]) if kept is not None else new_run_id(ropewalk.engine.clock.now())
        await ropewalk.store.remember(name, {"digest": digest, "run": run})
        return await _start(ropewalk, wanted, by, run, loaded), True


def _digest(wanted: StartRequest, loaded: Loaded) -> str:
    """What tells two requests apart. Secrets do not count: a digest of one that is kept could be guessed from."""
    secret = dict.fromkeys(secret_inputs(loaded.workflow), SECRET_MARK)
    shown = {name: secret.get(name, value) for name, value in wanted.inputs.items()}
    asked = msgspec.structs.replace(wanted, inputs=shown)
    return sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()


async def _start(
    ropewalk: Ropewalk, wanted: StartRequest, by: str, run: str, loaded: Loaded | None = None
) -> str:
    loaded = loaded or await named(ropewalk, wanted.workflow)
    options = Options(
        parallel=wanted.parallel, sequential=wanted.sequential, rehearse="" if wanted.rehearse else None
    )
    return await ropewalk.start(
        loaded.workflow,
        inputs=wanted.inputs,
        facts=wanted.facts,
        labels=wanted.labels,
        options=options,
        with_changes=wanted.with_changes,
        run=run,
        actor=by,
        where=loaded.where,
    )


async def _is_there(ropewalk: Ropewalk, run: str) -> bool:
    try:
        await ropewalk.store.row(run)
    except NoSuchRun:
        return False
    return True


def command_from(verb: str, values: Mapping[str, Any], by: str) -> c.Command:
    """The command that a verb means. Raises InvalidRequest."""
    text = {name: str(values.get(name) or "") for name in ("reason", "step", "name")}
    match verb:
        case "pause":
            return c.Pause(by=by, reason=text["reason"])
        case "resume":
            return c.Resume(by=by)
        case "abort":
            return c.Abort(reason=text["reason"], by=by)
        case "retry":
            return c.RetryStep(step=text["step"], by=by, reason=text["reason"])
        case "exec":
            return c.ExecuteStep(step=text["step"], by=by)
        case "skip":
            return c.SkipStep(step=text["step"], by=by, reason=text["reason"])
        case "fact":
            return c.SetFact(name=text["name"], value=values.get("value"), by=by)
        case "budget":
            more = {name: values.get(name) for name in ("cost_usd", "tokens", "attempts", "seconds")}
            if all(value is None for value in more.values()):
                raise InvalidRequest(
                    reason="say of what there is to be more: cost_usd, tokens, attempts or seconds"
                )
            return c.RaiseBudget(**more, by=by)
        case "publish":
            events: tuple[Event, ...] = tuple(
                NotePublished(name=str(note.get("name", "")), data=dict(note.get("data") or {}))
                for note in values.get("events") or ()
            )
            return c.Publish(events)
        case _:
            raise RopewalkError(f"There is no verb {verb}.")


async def act(ropewalk: Ropewalk, run: str, verb: str, values: Mapping[str, Any], by: str) -> list[Event]:
    """Do a verb on a run. Raises NoSuchRun, NoSuchStep, Refused; then nothing has changed."""
    return await ropewalk.engine.tell(await ropewalk.store.find(run), command_from(verb, values, by), by)


async def fork(ropewalk: Ropewalk, run: str, step: str, values: Mapping[str, Any], by: str) -> str:
    """A new run that does `step` of another one again and what comes after it. Raises NoSuchRun, NoSuchStep."""
    name = await ropewalk.store.find(run)
    state = await ropewalk.engine.fold(name)
    if step not in state.steps:
        raise NoSuchStep(run=name, step=step, nearest=", ".join(list(state.steps)[:3]))
    return await ropewalk.fork(name, step, inputs=values.get("inputs"), facts=values.get("facts"), by=by)


async def land(ropewalk: Ropewalk, run: str, target: str, by: str) -> list[Event]:
    """Bring the result of a run that has ended to a branch ("": the one that it began from); who drives the run does it.
    Raises NoSuchRun, Refused."""
    from ropewalk.app.landing import ask_to_land

    return await ask_to_land(ropewalk, await ropewalk.store.find(run), target, by)


async def give(ropewalk: Ropewalk, run: str, values: Mapping[str, Any], by: str) -> None:
    """Values of secret inputs, for a run that waits for them. Raises NoSuchRun, InvalidInput, Refused."""
    await ropewalk.give(await ropewalk.store.find(run), values, by)


async def delete(ropewalk: Ropewalk, run: str, unlanded: bool = False) -> None:
    """Remove a run that has ended, with all that is left of it: record, outputs, folders, refs. `unlanded`: also when its
    result is nowhere else. Raises NoSuchRun, Refused.
    """
    from ropewalk.app.cleaning import remove

    name = await ropewalk.store.find(run)
    row = await ropewalk.store.row(name)
    if row.ended_at is None:
        raise Refused(verb="delete", reason=f"run {name} is {row.status}; abort it first")
    why = await remove(ropewalk, await ropewalk.engine.fold(name), unlanded)
    if why:
        raise Refused(verb="delete", reason=why)
