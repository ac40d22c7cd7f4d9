"""Walks along records and names each one that is not as it was written, with its run, version, position and kind."""

from __future__ import annotations

from typing import Any

from ropewalk.errors import Unreadable
from ropewalk.store.chain import GENESIS, seal
from ropewalk.store.port import Record


class LogWalk:
    """Give it records, each run's in order; it remembers where every run stands. Faults are sentences."""

    def __init__(self) -> None:
        self._heads: dict[Any, tuple[int, tuple[bytes, ...] | None]] = {}

    def see(self, record: Record, hash_: Any, sealed: Any = None) -> list[str]:
        """`hash_` as stored; `sealed` None where the store has no seals."""
        version, hashes = self._heads.get(record.run, (0, (GENESIS,)))
        faults = []
        if record.version != version + 1:
            faults.append(f"version {version + 1} was expected here")
        honest, computed = _links(record, hashes, hash_)
        if not honest and record.version == version + 1:
            faults.append("it was changed after it was written")
        elif not faults and sealed is not None and sealed != _seal(record.position, hash_):
            faults.append("it does not stand where it was written")
        # Of a changed record either what is stored or what is computed may be what the next one was chained to.
        stored: Any = record.version  # a damaged column may hold anything
        reached = stored if isinstance(stored, int) else version + 1
        self._heads[record.run] = (reached, (hash_, computed) if not honest else (hash_,))
        return [named(record, fault) for fault in faults]

    def skip(self, run: str, version: int) -> None:
        """This one cannot be read at all, so what the next is chained to is not known."""
        self._heads[run] = (version, None)

    def head(self, run: str) -> tuple[int, tuple[bytes, ...] | None]:
        """The last version that was seen of a run, and the hashes that may stand at its end."""
        return self._heads.get(run, (0, ()))

    def version(self, run: str) -> int:
        """The last version that was seen of a run."""
        return self._heads.get(run, (0, ()))[0]


def named(record: Record, fault: str) -> str:
    return f"Record {record.position} (run {record.run}, version {record.version}, {record.kind}): {fault}."


def definition_of(record: Record) -> str:
    """The digest that a run.created names; "" for every other record, and for one that cannot be read."""
    if record.kind != "run.created":
        return ""
    try:
        return str(getattr(record.event, "digest", ""))
    except Unreadable:
        return ""


def _links(record: Record, hashes: tuple[bytes, ...] | None, stored: Any) -> tuple[bool, bytes]:
    """Whether the record follows from one of the hashes, and the hash that it should have."""
    if hashes is None:
        return True, stored
    computed = b""
    for before in hashes:
        try:
            computed = record.hash_after(before)
        except (TypeError, ValueError, OverflowError):
            continue  # a damaged column may hold anything
        if computed == stored:
            return True, computed
    return False, computed


def _seal(position: int, hash_: Any) -> int | None:
    return seal(position, hash_) if isinstance(hash_, bytes) else None
