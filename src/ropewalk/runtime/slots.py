"""Places on this host: how many attempts may be under way in all its runs together, shared out fairly.

A freed slot goes to a run that waits, the one that holds the fewest first; nobody can take it in between.
"""

from __future__ import annotations

from collections.abc import Callable


class Slots:
    """`total` slots. Every run takes before it starts attempts and gives back as each one ends."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.taken = 0
        self._held: dict[str, int] = {}
        self._kept: dict[str, int] = {}
        self._waiting: dict[str, Callable[[], None]] = {}

    def take(self, run: str, wanted: int, notify: Callable[[], None]) -> int:
        """Take up to `wanted` slots; short of that, `notify` is called once when it is worth trying again."""
        kept = self._kept.pop(run, 0)
        got = min(wanted, kept + self.total - self.taken) if wanted > 0 else 0
        self.taken += got - kept
        if got:
            self._held[run] = self._held.get(run, 0) + got
        if got < wanted:
            self._waiting[run] = notify
        else:
            self._waiting.pop(run, None)
        if got < kept:
            self._pass_on(kept - got)
        return got

    def give(self, run: str, count: int = 1) -> None:
        """Give slots back; the run that waits with the fewest gets them."""
        if count <= 0:
            return
        self.taken -= count
        left = self._held.get(run, 0) - count
        if left > 0:
            self._held[run] = left
        else:
            self._held.pop(run, None)
        self._pass_on(count)

    def leave(self, run: str) -> None:
        """The run wants nothing any more."""
        self._waiting.pop(run, None)
        kept = self._kept.pop(run, 0)
        self.taken -= kept
        self._pass_on(kept)

    def _pass_on(self, count: int) -> None:
        while count > 0 and self._waiting and self.taken < self.total:
            run = min(self._waiting, key=lambda name: self._held.get(name, 0))
            notify = self._waiting.pop(run)
            self._kept[run] = self._kept.get(run, 0) + 1
            self.taken += 1
            count -= 1
            notify()
