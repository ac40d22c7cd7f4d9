"""What people do to runs from any door: answer with content, fork, drive what is unfinished, clean up."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ropewalk.app.forms import refuse_unfit
from ropewalk.core import Artifact, State, decoded_definition, definition_digest, fold_imported, kept_events
from ropewalk.core import commands as c
from ropewalk.core.decide import decide
from ropewalk.core.events import Event, StepSucceeded
from ropewalk.definition import encode_workflow
from ropewalk.errors import LeaseHeld, NoSuchAsk, Refused, RopewalkError, StoreError
from ropewalk.runtime import (
    Engine,
    EventListener,
    changed_inputs,
    checked_facts,
    is_at_rest,
    new_run_id,
    secret_values,
    until_ended,
)
from ropewalk.store.port import Append, Parcel, Store
from ropewalk.workspace.port import AttemptId, Base, Workspace


class People(ABC):
    """The part of an opened project that people act through."""

    folder: Path
    actor: str
    store: Store
    engine: Engine

    @property
    @abstractmethod
    def home(self) -> Path:
        """ropewalk's own folder in the project."""

    @abstractmethod
    def workspace(self, run: str, base: Base, policies: Mapping[str, str]) -> Workspace:
        """The workspace of a run that began from this base."""

    async def drive(
        self, run: str, listener: EventListener | None = None, *, fresh: bool = False, wait: bool = False
    ) -> State:
        """Drive a run until it ends or only others can move it on (`wait`: until it ends)."""
        return await self.engine.drive(run, until_ended if wait else is_at_rest, listener, fresh=fresh)

    async def answer(
        self,
        run: str,
        ask: str,
        verdict: str,
        *,
        reason: str = "",
        value: Any = None,
        content: Mapping[str, bytes] | None = None,
        by: str = "",
        digest: str = "",
        path: str = "",
        hunk: int | None = None,
    ) -> list[Event]:
        """Answer an ask; `content` (path to bytes) replaces artifacts when amending. Of a conflict a side, or content, may be
        for one `path` alone, or for one `hunk` of it (numbered from 1). Raises NoSuchAsk, Refused."""
        command = c.Answer(
            ask=ask, verdict=verdict, by=by or self.actor, reason=reason, value=value, digest=digest
        )
        state = await self.engine.fold(run)
        if content or path or hunk is not None:
            command = await self._in_full(state, command, content or {}, path, hunk)
        if ask in state.asks:
            refuse_unfit(state.asks[ask], command.verdict, command.value)
        return await self.engine.tell(run, command, command.by)

    async def _in_full(
        self, state: State, command: c.Answer, content: Mapping[str, bytes], path: str, hunk: int | None
    ) -> c.Answer:
        """The answer with all that it is about; files that replace artifacts are kept first."""
        run = state.run
        opened = state.asks.get(command.ask)
        if opened is None:
            if command.ask in state.answers:
                return command
            raise NoSuchAsk(run=run, ask=command.ask)
        if opened.about == "conflict":
            return _of_places(command, content, path, hunk)
        if path or hunk is not None:
            raise Refused(
                verb="answer", reason=f"{command.ask} is no conflict of which a part could be settled"
            )
        if command.verdict != "amend":
            raise Refused(
                verb="answer", reason=f"content is given to amend what is shown, not to {command.verdict}"
            )
        st = state.steps[opened.step]
        attempt, result = AttemptId(run, st.key, st.round, st.attempt), st.result
        known = [a.path for a in result.artifacts] if result else []
        strange = [path for path in content if path not in known]
        if strange:
            raise Refused(
                verb="amend",
                reason=f"{strange[0]} is no file that {st.key} wrote; there is {', '.join(known) or 'no file'}",
            )
        decide(state, command, self.engine.clock.now())  # what is refused has touched no file
        base = msgspec.convert(state.base, Base) if state.base else Base(root=str(self.folder))
        workspace = self.workspace(run, base, state.workflow.merge)
        commit = result.commit if result else ""
        artifacts: list[Artifact] = []
        for path, data in content.items():
            done = await workspace.amend(attempt, commit, path, data, command.by)
            commit = done.commit
            artifacts += done.artifacts
        return msgspec.structs.replace(command, artifacts=tuple(artifacts), commit=commit)

    async def fork(
        self,
        run: str,
        step: str,
        *,
        inputs: Mapping[str, Any] | None = None,
        facts: Mapping[str, Any] | None = None,
        by: str = "",
    ) -> str:
        """A new run that keeps what does not come after `step` and does the rest again. Gives its id.

        Raises InvalidInput, NoSuchStep, WorkspaceError when what it would keep is not there any more.
        """
        state = await self.engine.fold(run)
        kept, name = kept_events(state, step), new_run_id(self.engine.clock.now())
        workflow, called = state.workflow, state.called
        if state.imported:  # the folder that its file was in is somebody else's: nothing is looked for there
            workflow = msgspec.structs.replace(workflow, source="")
            called = {**called, "": called.get(state.workflow.source, {})}
        changed, known = changed_inputs(workflow, inputs or {}), checked_facts(workflow, facts or {})
        if state.base.get("commit"):
            base = msgspec.convert(state.base, Base)
            commits = [e.result.commit for e in kept if isinstance(e, StepSucceeded) and e.result.commit]
            await self.workspace(name, base, state.workflow.merge).adopt(name, base, commits)
        self.engine.vault.put(name, self.engine.vault.of(run))
        return await self.engine.create(
            workflow,
            encode_workflow(workflow),
            run=name,
            inputs={**state.inputs, **changed},
            facts={**state.facts, **known},
            options=state.options,
            base=state.base,
            labels=state.labels,
            forked_from=f"{run}/{step}",
            kept=kept,
            called=called,
            actor=by or self.actor,
        )

    async def take_in(self, lines: AsyncIterable[bytes]) -> str:
        """Take in a run that `ropewalk export` wrote, and give its id. It is only looked at until somebody resumes it, and what
        it calls its folder is this project's. Raises StoreError, Refused; then nothing of it is here."""
        now = self.engine.clock.now()

        def judge(parcel: Parcel) -> Append:
            history = [(record.event, record.at) for record in parcel.records]
            run = parcel.run
            try:
                stored = parcel.blobs.get(definition_digest(history))
                if stored is None:
                    raise ValueError("its definition is not there")
                state = fold_imported(run, decoded_definition(stored), history)
                msgspec.convert(state.base or {"root": ""}, Base)
            except (ValueError, msgspec.ValidationError) as error:
                raise StoreError(f"Run {run} cannot be taken in: {error}.") from error
            version = state.version
            events = decide(state, c.Import(root=str(self.folder), by=self.actor), now)
            return Append(run, version, events, now, self.actor, "Import")

        return await self.store.load(lines, judge)

    async def give(self, run: str, values: Mapping[str, Any], by: str = "") -> None:
        """Values of secret inputs for a run that is there, held by this process alone; one that waits for them goes on.

        Raises NoSuchRun, InvalidInput, Refused for a run that has ended.
        """
        state = await self.engine.fold(run)
        if state.ended:
            raise Refused(verb="giving a secret", reason=f"run {run} is {state.status}")
        self.engine.vault.put(run, secret_values(state.workflow, values))
        if state.status == "paused" and state.reason == "secret" and not self.engine.vault.lacking(state):
            await self.engine.tell(run, c.Resume(by=by or self.actor), by or self.actor)

    async def drive_all(self, listener: EventListener | None = None) -> dict[str, State | RopewalkError]:
        """Drive everything that is unfinished and not driven elsewhere, until nothing can move. Gives by run its state, or the
        error that kept it from being driven: the others go on."""
        ended: dict[str, State | RopewalkError] = {}
        while todo := [run for run in await self._own() if run not in ended]:
            driven = await asyncio.gather(*(self._drive(run, listener) for run in todo))
            ended |= zip(todo, driven, strict=True)
        return ended

    async def _drive(self, run: str, listener: EventListener | None) -> State | RopewalkError:
        try:
            try:
                return await self.drive(run, listener)
            except LeaseHeld:
                return await self.engine.fold(run)
        except RopewalkError as error:
            return error

    async def _own(self) -> list[str]:
        """Unfinished runs that no unfinished run has called: those are driven by the run that called them."""
        unfinished = await self.store.unfinished()
        open_runs = set(unfinished)
        return [run for run in unfinished if (await self.store.row(run)).parent not in open_runs]


def _of_places(answer: c.Answer, content: Mapping[str, bytes], path: str, hunk: int | None) -> c.Answer:
    """An answer to a conflict as it stands on record: by path what becomes of it."""
    if hunk is not None and hunk < 1:
        raise Refused(verb="answer", reason=f"there is no hunk {hunk}: hunks are numbered from 1")
    if answer.verdict == "amend" and content:
        wanted: dict[str, Any] = {name: _text_of(name, data) for name, data in content.items()}
    elif answer.verdict in {"ours", "theirs"} and path and answer.value is None:
        wanted = {path: {"take": answer.verdict}}
    else:
        reason = f"`{answer.verdict}` is for the whole conflict; `ours`, `theirs` and an amended text may be for a part of it"
        raise Refused(verb="answer", reason=reason)
    if hunk is not None:
        [(path, how)] = wanted.items() if len(wanted) == 1 else [("", None)]
        wanted = {path: {"hunks": {str(hunk): how["take"] if isinstance(how, dict) else {"text": how}}}}
    return msgspec.structs.replace(answer, verdict="resolved", value=wanted)


def _text_of(path: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        reason = f"what is given for {path} is no text in UTF-8; take one side of it"
        raise Refused(verb="amend", reason=reason) from None
