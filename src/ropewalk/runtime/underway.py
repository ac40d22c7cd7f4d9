"""What is under way in one driver, by name: each task leaves the table when it is over, one that was cancelled before its first
step too, and is cancelled once: a second time would cut the grace of what is being stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Coroutine, Iterator
from functools import partial
from typing import Any, Generic, TypeVar

Name = TypeVar("Name")


class UnderWay(Generic[Name]):
    """`over` is called once for each, as soon as it left the table."""

    def __init__(self, over: Callable[[], None]) -> None:
        self._over = over
        self._tasks: dict[Name, asyncio.Task[None]] = {}
        self._cancelled: set[Name] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def __iter__(self) -> Iterator[Name]:
        return iter(self._tasks)

    def __contains__(self, name: object) -> bool:
        return name in self._tasks

    def start(self, group: asyncio.TaskGroup, name: Name, work: Coroutine[Any, Any, None]) -> None:
        """Let it run in the group."""
        task = self._tasks[name] = group.create_task(work)
        # The work says `leave` itself, a turn of the loop earlier; one that was cancelled at once has run none of its lines.
        task.add_done_callback(partial(self._done, name))

    def _done(self, name: Name, task: asyncio.Task[None]) -> None:
        self.leave(name)

    def leave(self, name: Name) -> None:
        """It is over; that may be said twice."""
        self._cancelled.discard(name)
        if self._tasks.pop(name, None) is not None:
            self._over()

    def cancel(self, but: Container[object] = ()) -> None:
        """Cancel all that are not named."""
        for name, task in list(self._tasks.items()):
            if name not in but and name not in self._cancelled:
                self._cancelled.add(name)
                task.cancel()


def first_of(several: BaseExceptionGroup[BaseException]) -> BaseException:
    """What went wrong first; the others followed from it."""
    error: BaseException = several
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
