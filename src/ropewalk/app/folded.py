"""The states of the runs that people look at, moved on by what is new since the last look: read, never changed by others."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from ropewalk.core import State
from ropewalk.core.evolve import evolve

if TYPE_CHECKING:
    from ropewalk.app.open import Ropewalk

KEPT: Final = 64
PAGE: Final = 2_000


class Folded:
    """The last runs that were looked at. A page of history at a time, so that a long one keeps nobody waiting."""

    def __init__(self, ropewalk: Ropewalk) -> None:
        self._ropewalk = ropewalk
        self._states: OrderedDict[str, State] = OrderedDict()
        self._lock = asyncio.Lock()

    async def state(self, run: str) -> State:
        """The state of a run as it is on record now. Raises NoSuchRun."""
        async with self._lock:
            state = self._states.pop(run, None)
            if state is None:
                await self._ropewalk.store.row(run)
                state = await self._ropewalk.engine.fold(run)
            else:
                state = await self._move_on(run, state)
            self._states[run] = state
            while len(self._states) > KEPT:
                self._states.popitem(last=False)
            return state

    async def _move_on(self, run: str, state: State) -> State:
        while True:
            missed = await self._ropewalk.store.read(run, after=state.version, limit=PAGE)
            for record in missed:
                evolve(state, record.event, record.at)
            if len(missed) < PAGE:
                return state
            await asyncio.sleep(0)
