"""Follows the feed from where a named reader stopped: each record at least once, in the order of commits.

The position is kept in the store after the reader is done with a page, so that a reader who dies sees that page again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from ropewalk.store.port import Record, Store

PAGE = 500


async def follow_feed(
    store: Store,
    name: str = "",
    after: int | None = None,
    patterns: Sequence[str] = (),
    run: str = "",
    live: bool = True,
) -> AsyncIterator[list[Record]]:
    """Pages of records, for ever, or up to the present when not `live`.

    A reader with a `name` begins after what it had read; `after` overrules that. Without both it begins with the first
    record. Raises StoreError.
    """
    if after is None:
        after = int(await store.recall(_key(name)) or 0) if name else 0
    while True:
        # Asked before the page, so that nothing between the two is passed over.
        newest = await store.position()
        records = await store.feed(after, PAGE, patterns, run)
        if records:
            yield records
        # A page that is not full ends at the present: what did not match need not be looked at again.
        reached = records[-1].position if len(records) == PAGE else max(newest, *_positions(records), after)
        if reached != after:
            after = reached
            if name:
                await store.remember(_key(name), after)
        if len(records) < PAGE:
            if not live:
                return
            await store.wait(after)


async def read_feed(
    store: Store, after: int = 0, patterns: Sequence[str] = (), run: str = ""
) -> AsyncIterator[Record]:
    """Each record that there is now after a position, in order. Raises StoreError."""
    async for page in follow_feed(store, after=after, patterns=patterns, run=run, live=False):
        for record in page:
            yield record


def _key(name: str) -> str:
    return f"feed/{name}"


def _positions(records: list[Record]) -> tuple[int, ...]:
    return (records[-1].position,) if records else (0,)
