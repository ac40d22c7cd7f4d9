"""The embedded store: one SQLite file in WAL mode that several processes may use at once; nothing is acknowledged before
it is on the disk."""

from __future__ import annotations

from ropewalk.store.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
