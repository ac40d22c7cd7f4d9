"""What a command acts on: the project around the folder, its store, and the screen. Opened when it is first needed."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ropewalk.cli.screen import Screen
from ropewalk.errors import NoSuchRun, UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ropewalk.app import Ropewalk

LAST = "last"


class CommandContext:
    """`folder` and `store` are None where nothing was said. `alone`: this process is the command and nothing else."""

    def __init__(
        self,
        folder: str | None,
        store: str | None,
        *,
        json: bool = False,
        reads: bool = False,
        alone: bool = False,
    ) -> None:
        try:
            self.folder = Path(folder) if folder else Path.cwd()
        except OSError as error:
            raise UsageError(
                what="The current folder is not there any more", hint="go to one that is, or name one with -C"
            ) from error
        if not self.folder.is_dir():
            raise UsageError(what=f"There is no folder {folder}", hint="-C takes a folder that exists")
        self.store = os.path.abspath(store) if store and _is_path(store) else store
        self.screen = Screen(json=json)
        self._reads = reads
        self._alone = alone

    @asynccontextmanager
    async def ropewalk(self, **settings: Any) -> AsyncIterator[Ropewalk]:
        """The project, opened; closed again afterwards."""
        from ropewalk.app import open_ropewalk

        self._refuse_missing_store()
        if self._alone:
            from ropewalk.app import adopt_orphans

            adopt_orphans()
        store = "memory:" if self._reads and self._nothing_here() else self.store
        ropewalk = open_ropewalk(self.folder, store=store, **settings)
        try:
            yield ropewalk
        finally:
            await ropewalk.close()

    def _refuse_missing_store(self) -> None:
        """Of a store that was named: who reads one means a file that is there, who begins one may make it, but no folder for it."""
        if not self.store or not _is_path(self.store) or os.path.lexists(self.store):
            return
        folder = os.path.dirname(self.store)
        if self._reads:
            raise UsageError(
                what=f"There is no store {self.store}",
                hint="--store takes one that is there; without it the project's own is read",
            )
        if not os.path.isdir(folder):
            raise UsageError(
                what=f"There is no folder {folder} for a store", hint="make it, or name another with --store"
            )

    def _nothing_here(self) -> bool:
        """Whether there is no store yet; who only looks should leave no trace."""
        from ropewalk.app import STATE, load_settings, project_folder

        top = project_folder(self.folder)
        if self.store or load_settings(top).store:
            return False
        state = top / STATE  # what stands there and is no folder is told, not looked past
        return not (state / "ropewalk.db").exists() and (state.is_dir() or not os.path.lexists(state))

    async def find(self, ropewalk: Ropewalk, run: str) -> str:
        """The id of a run from its unique beginning, or `last`. Raises NoSuchRun."""
        if run != LAST:
            return await ropewalk.store.find(run)
        from ropewalk.app import RunQuery

        rows = await ropewalk.store.runs(RunQuery(limit=1, parent=""))
        if not rows:
            raise NoSuchRun("There is no run in this store yet.")
        return rows[0].run


def _is_path(store: str) -> bool:
    scheme, colon, _ = store.partition(":")
    return not colon or len(scheme) < 2 or "/" in scheme
