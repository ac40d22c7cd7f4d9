"""How an attempt that is done in this process reaches its run: through the driver's inbox, and the store for its output."""

from __future__ import annotations

from typing import Any

from ropewalk.agents.port import Permission
from ropewalk.core.commands import Note, OpenAsk, Publish
from ropewalk.core.events import NotePublished
from ropewalk.runtime.host import Host, RunHandle
from ropewalk.runtime.patience import patiently


class AttemptLink:
    """One attempt's way to its run."""

    def __init__(self, run: RunHandle, host: Host, step: str, round_: int, attempt: int) -> None:
        self._run = run
        self._host = host
        self._step = step
        self._round = round_
        self._attempt = attempt
        self._asked = 0

    async def note(self, note: dict[str, Any]) -> None:
        """On record when it returns."""
        await self._run.submit(Note(self._step, self._round, self._attempt, note))

    async def waits(self, doing: str, reason: str) -> None:
        """Told, and put on record as soon as that can be: the record may be what has no room."""
        await self._host.notice(f"{self._step}: {doing}", reason)
        waits = {"attempt": self._attempt, "doing": doing, "reason": reason} if reason else {}
        noted = self._run.submit(Note(self._step, self._round, self._attempt, {"waits": waits}))
        noted.add_done_callback(lambda done: done.cancelled() or done.exception())

    async def publish(self, name: str, data: dict[str, Any]) -> None:
        await self._run.submit(Publish((NotePublished(name=name, data=data, step=self._step),)))

    async def ask(self, permission: Permission) -> str:
        """Open an ask and wait for its answer, however long that takes."""
        self._asked += 1
        name = f"{self._step}.{self._round}.{self._attempt}-{self._asked}"
        detail = {"kind": permission.kind, "paths": list(permission.paths), **permission.detail}
        await self._run.submit(
            OpenAsk(
                step=self._step,
                round=self._round,
                attempt=self._attempt,
                ask=name,
                about="permission",
                prompt=permission.title,
                choices=permission.choices,
                detail=detail,
            )
        )
        return await self._run.await_answer(name)

    async def rests(self) -> bool:
        st = self._run.state.steps.get(self._step)
        if st is None or st.round != self._round or st.attempt < self._attempt:
            return False
        goes_on = {"waiting", "pending"} if st.attempt == self._attempt else {"waiting", "pending", "running"}
        return st.status in goes_on and "session" in st.notes

    async def output(self, chunk: bytes) -> None:
        run, attempt = self._run.state.run, f"{self._step}/{self._round}.{self._attempt}"

        async def write() -> None:
            await self._host.store.write_output(run, attempt, chunk)

        await patiently(
            self._host.clock,
            "writing what an attempt says",
            write,
            self._host.notice,
            gives_up=lambda: self._run.stopping,
        )
