"""The states of the runs that people look at, moved on by what is new since the last look: read, never changed by others."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from weft.core.evolve import evolve
from weft.core.state import State

if TYPE_CHECKING:
    from weft.app.open import Weft

KEPT: Final = 64
PAGE: Final = 2_000


class Folded:
    """The last runs that were looked at. A page of history at a time, so that a long one keeps nobody waiting."""

    def __init__(self, weft: Weft) -> None:
        self._weft = weft
        self._states: OrderedDict[str, State] = OrderedDict()
        self._lock = asyncio.Lock()

    async def state(self, run: str) -> State:
        """The state of a run as it is on record now. Raises NoSuchRun."""
        async with self._lock:
            state = self._states.pop(run, None)
            if state is None:
                await self._weft.store.row(run)
                state = await self._weft.engine.fold(run)
            else:
                state = await self._move_on(run, state)
            self._states[run] = state
            while len(self._states) > KEPT:
                self._states.popitem(last=False)
            return state

    async def _move_on(self, run: str, state: State) -> State:
        while True:
            missed = await self._weft.store.read(run, after=state.version, limit=PAGE)
            for record in missed:
                evolve(state, record.event, record.at)
            if len(missed) < PAGE:
                return state
            await asyncio.sleep(0)
