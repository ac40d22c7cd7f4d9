"""The process of one attempt and all that belongs to it, from its start to its end; whatever happens becomes an Outcome."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from acp.connection import Connection
from acp.exceptions import RequestError

from ropewalk.agents.acp import faults
from ropewalk.agents.acp.client import Client
from ropewalk.agents.acp.files import AgentFiles
from ropewalk.agents.acp.permissions import Permissions
from ropewalk.agents.acp.session import Session
from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.agents.acp.surroundings import Surroundings
from ropewalk.agents.acp.terminals import Terminals
from ropewalk.agents.acp.updates import Updates
from ropewalk.agents.acp.usage import UsageMeter
from ropewalk.agents.acp.wire import Wire
from ropewalk.agents.inside import folder_inside
from ropewalk.agents.port import Desk
from ropewalk.agents.prices import price_note
from ropewalk.agents.redaction import Redactor
from ropewalk.core import Brief, Failure, Outcome
from ropewalk.processes import Child

_PULSE_SECONDS = 0.5
_CANCEL_SECONDS = 1.0
_LEAVE_SECONDS = 0.5
_LAST_SECONDS = 2.0


class Conversation:
    """`begin` it, then `hold` it."""

    def __init__(
        self,
        name: str,
        settings: AcpSettings,
        argv: Sequence[str],
        brief: Brief,
        desk: Desk,
        around: Surroundings,
        redactor: Redactor,
    ) -> None:
        self._name = name
        self._settings = settings
        self._brief = brief
        self._desk = desk
        self._around = around
        self._wire = Wire(desk, redactor, brief.output_bytes)
        self._updates = Updates(_bounded(desk, redactor, brief.output_bytes * 3 // 4))
        self._meter = UsageMeter(settings.usage)
        self._permissions = Permissions(desk, settings.permissions, settings.rules, redactor.data)
        self._terminals = Terminals(desk, around.bare, around.wrap, settings.limits, brief.folder)
        self._argv = around.wrap(argv)

    async def begin(self) -> None:
        """Start the process. Raises OSError or ValueError when it cannot be started."""
        try:
            self._child = await Child.start(
                self._argv,
                self._wire,
                folder=folder_inside(self._desk.folder, self._brief.folder),
                env=self._around.env,
                talks=True,
                limits=self._settings.limits,
                spool=self._desk.spool,
            )
        except BaseException:
            self._wire.close()
            raise

    async def hold(self) -> Outcome:
        """From the first word to the last. Being cancelled ends it, and the process."""
        grace = self._brief.timeout.grace_seconds
        pipe = self._child.hears
        assert pipe is not None
        try:
            await self._wire.connect(pipe)
        except BaseException:
            try:
                await self._child.stop(grace)
            finally:
                self._close()
            raise
        client = Client(
            self._updates, self._meter, self._permissions, AgentFiles(self._desk.folder), self._terminals
        )
        connection = Connection(client, self._wire.transport)
        session = Session(
            self._name,
            self._settings,
            self._brief,
            self._desk,
            connection,
            self._updates,
            self._meter,
            self._permissions,
        )
        over = asyncio.create_task(self._follow())
        pulse = asyncio.create_task(self._pulse(session))
        try:
            outcome = await self._outcome(session, over)
            await self._leave(grace)
        except BaseException:
            await self._stop(session, grace)
            raise
        finally:
            pulse.cancel()
            over.cancel()
            try:
                await connection.close()
            finally:
                self._close()
        self._meter.read_codex(self._codex_home(), session.id)
        usage = self._meter.usage()
        if note := price_note(self._meter.model, usage):
            self._desk.say(note)
        return msgspec.structs.replace(outcome, usage=usage)

    def _close(self) -> None:
        self._child.close()
        if self._child.trouble:
            self._desk.say(f"[ropewalk: {self._child.trouble}]\n", "err")

    async def _outcome(self, session: Session, over: asyncio.Task[None]) -> Outcome:
        settings, now = self._settings, self._desk.now
        try:
            return await session.run()
        except RequestError as error:
            self._meter.read_codex(self._codex_home(), session.id)
            return self._failed(faults.failure_from(error, settings, now(), self._meter.free_at))
        except ConnectionError:
            await asyncio.wait({over}, timeout=_LAST_SECONDS)
            return self._failed(faults.ended(self._child.code, self._wire.last_words(), settings, now()))
        except TimeoutError:
            message = f"{self._name} was not ready within {settings.start_seconds:g} s"
            return self._failed(Failure(kind="timeout", message=message, report={"class": "timeout"}))
        finally:
            self._updates.flush()

    def _failed(self, failure: Failure) -> Outcome:
        return Outcome(failure=failure, agent=self._name)

    async def _follow(self) -> None:
        """Nothing more comes from a process that is over."""
        await self._child.ended()
        self._child.drain()
        self._wire.hang_up()

    async def _pulse(self, session: Session) -> None:
        """A tool at work and a person who thinks are signs of life; more than its budget an attempt does not spend."""
        brief = self._brief
        while True:
            await asyncio.sleep(_PULSE_SECONDS)
            if self._updates.busy or self._terminals.busy or self._permissions.asking:
                self._desk.alive()
            spent = self._meter.usage()
            over = ""
            if brief.budget_usd is not None and (spent.cost_usd or 0.0) > brief.budget_usd:
                over = f"the attempt spent ${spent.cost_usd:.2f} of its ${brief.budget_usd:.2f}"
            elif brief.budget_tokens is not None and spent.tokens_in + spent.tokens_out > brief.budget_tokens:
                over = f"the attempt used more than its {brief.budget_tokens} tokens"
            if over and not session.stopped_for:
                with contextlib.suppress(ConnectionError):
                    await session.cancel(f"{over} and was stopped")

    async def _leave(self, grace: float) -> None:
        """The end of its input tells it to go; one that lingers is ended."""
        await self._terminals.close()
        await self._wire.end_input()
        await self._child.end_rest(_LEAVE_SECONDS, grace)

    async def _stop(self, session: Session, grace: float) -> None:
        """Cancelled: the agent hears it first, so that it can put its session in order."""
        try:
            with contextlib.suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(_CANCEL_SECONDS):
                    await session.cancel()
            await self._terminals.close()
            await self._wire.end_input()
        finally:
            await self._child.stop(grace)

    def _codex_home(self) -> Path:
        return Path(self._around.env.get("CODEX_HOME") or self._around.home / ".codex")


def _bounded(desk: Desk, redactor: Redactor, left: int) -> Callable[[str], None]:
    """Says at most so many characters of the transcript; the spool has the rest."""
    cut = False

    def say(text: str) -> None:
        nonlocal left, cut
        if cut:
            desk.alive()
            return
        shown = redactor.text(text)
        cut = len(shown) > left
        desk.say(shown[:left])
        left -= len(shown)
        if cut:
            desk.say("\n[ropewalk left out the rest of the transcript]\n")

    return say
