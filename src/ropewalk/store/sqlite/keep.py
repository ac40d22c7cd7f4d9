"""What hangs on the log: blobs under their own sha256, and small named values."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import msgspec

from ropewalk.errors import NoSuchBlob, StoreError
from ropewalk.store.chain import seal_of
from ropewalk.store.sqlite.connection import Connection

TOUCH_SECONDS = 3600.0
KEEP_SECONDS = 86_400.0
"""A blob that somebody put within this time is never collected, because the event that names it may still be on its way;
so putting one again makes it young, but not more often than TOUCH_SECONDS."""

PUT = "INSERT INTO blobs VALUES (?, ?, ?) ON CONFLICT (digest) DO UPDATE SET at = excluded.at"


class KeptValues:
    """Keeps blobs and notes. `clock` gives the age of a blob."""

    def __init__(self, file: Connection, clock: Callable[[], float]) -> None:
        self.file = file
        self.clock = clock

    async def put_blob(self, data: bytes) -> str:
        digest = sha256(data).hexdigest()
        now = self.clock()
        row = self.file.fetch_one("SELECT at FROM blobs WHERE digest = ?", (digest,))
        if row is None or not isinstance(row[0], float) or not row[0] > now - TOUCH_SECONDS:
            with self.file.writing() as db:
                db.execute(PUT, (digest, now, data))
        return digest

    async def get_blob(self, digest: str) -> bytes:
        return self.blob(digest)

    def blob(self, digest: str) -> bytes:
        row = self.file.fetch_one("SELECT data FROM blobs WHERE digest = ?", (digest,))
        if row is None:
            raise NoSuchBlob(store=self.file.name, digest=digest)
        data = row[0]
        if isinstance(data, bytes) and sha256(data).hexdigest() == digest:
            return data
        raise StoreError(f"The blob {digest} in the store {self.file.name} was changed after it was written.")

    async def remember(self, key: str, value: Any) -> None:
        with self.file.writing() as db:
            (before,) = db.execute("SELECT count(*) FROM notes WHERE key = ?", (key,)).fetchone()
            if value is None:
                db.execute("DELETE FROM notes WHERE key = ?", (key,))
            else:
                row = (key, msgspec.json.encode(value))
                db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?, ?)", (*row, seal_of(*row)))
            db.execute("UPDATE ledger SET notes = notes + ?", ((value is not None) - before,))

    async def recall(self, key: str) -> Any:
        row = self.file.fetch_one("SELECT value FROM notes WHERE key = ?", (key,))
        try:
            return msgspec.json.decode(row[0]) if row else None
        except (ValueError, TypeError, RecursionError) as error:
            raise self.file.damaged(f"the note {key}") from error
