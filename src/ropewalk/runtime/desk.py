"""What an attempt may reach while it works: its folders, its output, signs of life, and the run by way of its link."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ropewalk.agents import Stream
from ropewalk.agents.port import Desk, Permission
from ropewalk.runtime.assignment import Link
from ropewalk.runtime.clock import Clock, pause
from ropewalk.runtime.vault import NOTHING, HeldSecrets
from ropewalk.workspace.port import Folder

FLUSH_SECONDS = 0.25


class AttemptDesk:
    """Secrets are taken out of all that leaves by it. Output is gathered and written every quarter of a second; past `output_bytes` it is cut, and said so once."""

    def __init__(
        self,
        folder: Path,
        spool: Path,
        link: Link,
        clock: Clock,
        output_bytes: int,
        held: HeldSecrets = NOTHING,
    ) -> None:
        self.folder = folder
        self.spool = spool
        self.last_sign = clock.monotonic()
        self.waited = 0.0
        """For how many seconds people were asked, up to `last_sign`."""
        self.asking = 0
        self.heard = False
        """Whether anything was heard of the work: it has begun, and may have cost something."""
        self.reads: tuple[str, ...] = ()
        self.hides: tuple[str, ...] = ()
        self.held = held
        self.secrets: Mapping[str, str] = held.variables
        self.redactor = held.redactor
        self._stream = Stream(held.redactor)
        self._link = link
        self._clock = clock
        self._left = output_bytes
        self._gathered: list[str] = []

    def say(self, text: str, channel: str = "out") -> None:
        """Never blocks: what is gathered is written by `flush`, which the attempt calls as it goes."""
        self.alive()
        self._gather(self._stream.take(text))

    def _gather(self, text: str) -> None:
        if self._left <= 0 or not text:
            return
        self._gathered.append(text[: self._left])
        self._left -= len(text)
        if self._left <= 0:
            self._gathered.append("\n[ropewalk: the output limit is reached, the rest is left out]\n")

    def alive(self) -> None:
        now = self._clock.monotonic()
        if self.asking:
            self.waited += now - self.last_sign
        self.last_sign, self.heard = now, True

    async def close(self) -> None:
        """Write the rest: nothing more will be said."""
        self._gather(self._stream.close())
        await self.flush()

    async def flush(self) -> None:
        """Write what was said since the last time, but for what may be the beginning of a secret."""
        if self._gathered:
            text = "".join(self._gathered)
            self._gathered.clear()
            await self._link.output(text.encode("utf-8", "replace"))

    async def note(self, note: Mapping[str, Any]) -> None:
        await self._link.note(self.redactor.data(dict(note)))

    async def ask(self, permission: Permission) -> str:
        self.alive()
        self.asking += 1
        try:
            return await self._link.ask(self.redactor.data(permission))
        finally:
            self.alive()
            self.asking -= 1

    async def publish(self, name: str, data: Mapping[str, Any]) -> None:
        await self._link.publish(self.redactor.text(name), self.redactor.data(dict(data)))

    def now(self) -> float:
        return self._clock.now()

    async def sleep(self, seconds: float, /) -> None:
        await pause(self._clock, seconds)


class _DeskAt:
    """The same desk over other folders: what is said and asked there is said and asked by the attempt."""

    def __init__(self, desk: AttemptDesk, place: Folder, spool: Path) -> None:
        self._desk = desk
        self.folder = Path(place.path)
        self.spool = spool
        self.reads, self.hides = place.reads, place.hides

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)


def desk_at(desk: AttemptDesk, place: Folder, spool: Path) -> Desk:
    """The desk for a judge, whose folders are not those of the work that it judges."""
    return cast("Desk", _DeskAt(desk, place, spool))
