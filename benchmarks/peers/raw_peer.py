"""The limit: one durable SQLite commit a step, of as many bytes as ropewalk keeps for a step, and nothing else.

Settings: those of ropewalk's store (WAL, synchronous=FULL, SQLite's own page size and checkpoints). One row a commit, one
connection, no thread. `variant` is the number of bytes of a step.
"""

import sqlite3
import time
from pathlib import Path

from measure import Report, main


def chain(n: int, work: Path, variant: str) -> Report:
    """n commits in a row."""
    store = sqlite3.connect(work / "raw.sqlite", isolation_level=None)
    store.execute("pragma journal_mode=wal")
    store.execute("pragma synchronous=full")
    store.execute("create table records (position integer primary key, body blob not null)")
    body = b"x" * int(variant or 512)
    for _ in range(10):
        _commit(store, body)
    began = time.perf_counter()
    for _ in range(n):
        _commit(store, body)
    seconds = time.perf_counter() - began
    store.close()
    return {"seconds": seconds, "steps": n, "bytes_per_step": len(body)}


def _commit(store: sqlite3.Connection, body: bytes) -> None:
    store.execute("begin immediate")
    store.execute("insert into records (body) values (?)", (body,))
    store.execute("commit")


if __name__ == "__main__":
    main({"chain": chain})
