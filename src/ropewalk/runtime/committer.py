"""Gathers the appends of runs that move at the same time into one commit; a run that moves alone commits at once."""

from __future__ import annotations

import asyncio

from ropewalk.errors import RopewalkError
from ropewalk.store.port import Append, Appended, Store


class Committer:
    """`runs` is how many runs are under way here: with one, waiting for company would only cost time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.runs = 0
        self._pending: list[tuple[Append, asyncio.Future[Appended]]] = []
        self._flush: asyncio.Task[None] | None = None

    async def append(self, append: Append) -> Appended:
        """Durable when it returns. Raises StoreError."""
        if self.runs <= 1 and not self._pending:
            return (await self._store.append([append]))[0]
        done: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self._pending.append((append, done))
        if self._flush is None:
            self._flush = asyncio.create_task(self._commit())
        return await done

    async def _commit(self) -> None:
        """One turn of the event loop later, so that everybody who is ready in this one is aboard."""
        self._flush = None
        batch, self._pending = self._pending, []
        try:
            results = await self._store.append([append for append, _ in batch])
        except RopewalkError as error:
            for _, done in batch:
                if not done.done():
                    done.set_exception(error)
            return
        for (_, done), result in zip(batch, results, strict=True):
            if not done.done():
                done.set_result(result)
