"""What an attempt wrote is looked through for the secrets that it was given, before anything of it is kept.

A file that has one is put right, named, and the attempt has failed: neither its folder nor its spool keeps the value.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import msgspec

from ropewalk.agents import Redactor, Scrub
from ropewalk.core import Failure, Outcome
from ropewalk.errors import SecretStays
from ropewalk.runtime.desk import AttemptDesk
from ropewalk.workspace.port import AttemptId, Workspace

_NAMED = 5


class Leaks:
    """Of one attempt. `everything`: its folder goes on from an earlier attempt, so also what was there at its start."""

    def __init__(self, desk: AttemptDesk, *, everything: bool = False) -> None:
        self._desk = desk
        self._everything = everything
        self._since_ns = 0

    def begin(self, mark: Path) -> None:
        """The work begins; the change time of `mark` tells what is older, by the file system's own clock."""
        if not self._everything:
            self._since_ns = mark.stat().st_ctime_ns

    async def judged(self, outcome: Outcome) -> Outcome:
        """The outcome, failed where a secret was written; what has failed already says so as well."""
        written = await self.taken_out()
        if not written:
            return outcome
        where = ", ".join(f"{name} into {path}" for path, name in written[:_NAMED])
        more = f" and {len(written) - _NAMED} more" if written[_NAMED:] else ""
        complaint = f"it wrote the secret {where}{more}; ropewalk took it out, and keeps nothing of it"
        if outcome.failure is not None:
            message = f"{outcome.failure.message}; {complaint}"
            failure = msgspec.structs.replace(outcome.failure, message=message)
        else:
            report = {"class": "secret", "paths": [path for path, _ in written]}
            failure = Failure(kind="refused", message=complaint, report=report)
        return msgspec.structs.replace(outcome, failure=failure)

    async def taken_out(self) -> list[tuple[str, str]]:
        """Path and secret of each file in the folder that had one; what is in the spool is put right without a word."""
        if not self._desk.redactor:
            return []
        return await asyncio.to_thread(self._look)

    def _look(self) -> list[tuple[str, str]]:
        scrub = Scrub(self._desk.redactor)
        scrub.folder(self._desk.spool)
        return scrub.folder(self._desk.folder, self._since_ns)


async def cleared(workspace: Workspace, spot: AttemptId, redactor: Redactor) -> None:
    """Take the secrets out of what earlier attempts left that were cut off; until then nothing of it is kept. A folder from which
    one cannot be taken stays, and is named when the run ends."""
    for folder in await workspace.cut_off(spot):
        with suppress(SecretStays):
            await asyncio.to_thread(Scrub(redactor).folder, Path(folder))
            await workspace.looked_through(folder)
