"""Folds the log a second time and compares what is shown to people with it: the run list column by column, open asks, names
of blobs. What stands in no record is held to its own seal, and the ends of all that grows to where they were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from ropewalk.store import views
from ropewalk.store.chain import seal_of
from ropewalk.store.port import Record
from ropewalk.store.sqlite.connection import Connection
from ropewalk.store.sqlite.feed import COLUMNS, record
from ropewalk.store.sqlite.listing import BATCH, LAG, NEXT, RUNS, stored
from ropewalk.store.verify import LogWalk

ANEW = "`ropewalk verify --rebuild` makes the list anew from the records"
LISTED = f"SELECT {', '.join(RUNS)} FROM runs WHERE :run IN ('', run) ORDER BY run"
ASKS = "SELECT run, position FROM asks WHERE :run IN ('', run)"
REFS = "SELECT run, digest FROM refs WHERE :run IN ('', run)"
HEADS = "SELECT run, version, hash FROM heads WHERE :run IN ('', run) ORDER BY run"
LATE = f"SELECT {COLUMNS} FROM records WHERE position > ? AND run = ? ORDER BY version LIMIT {BATCH}"
SAID = (
    "SELECT run, attempt, start, bytes, at, chunk, seal FROM outputs WHERE :run IN ('', run) "
    "ORDER BY run, attempt, start"
)
ENDS = "SELECT run, attempt, bytes FROM ends WHERE :run IN ('', run) ORDER BY run, attempt"


class Rederived:
    """The run list as its records make it. `broken` are the runs whose records are not as they were written: nothing follows
    from those."""

    def __init__(self, steps_of: views.StepsOf) -> None:
        self.views: dict[str, views.View] = {}
        self.refs: dict[str, set[str]] = {}
        self.broken: set[str] = set()
        self._steps_of = steps_of

    def see(self, record: Record, *, honest: bool) -> None:
        if not honest:
            self.broken.add(str(record.run))
        if record.run not in self.broken:
            self.views[record.run] = views.fold(self.views.get(record.run), record, self._steps_of)
            self.refs.setdefault(record.run, set()).update(views.digests_in(record.body))


class Comparison:
    """Compares what is shown with the records. Each fault is a sentence: where, what is there, what it should be, what to do."""

    def __init__(self, file: Connection) -> None:
        self.file = file

    def derived_faults(self, run: str, log: Rederived, walk: LogWalk) -> Iterator[str]:
        """Everything that is folded from the records; `log` has seen them all."""
        ends = list(self._end_faults(run, log, walk))
        yield from ends
        position, shape, newest = self.file.fetch_one(LAG) or (None, None, None)
        if not isinstance(position, int) or not isinstance(shape, int):
            yield f"Table views: it does not say how far the run list is folded; {ANEW}."
        elif position > max(newest or 0, self._floor_of()) and not ends:
            yield f"Table views: the run list is folded to record {position}, and the newest is {newest or 0}; {ANEW}."
        elif shape == views.SHAPE:
            yield from self._list_faults(run, log, self._unfolded(run, position))

    def _end_faults(self, run: str, log: Rederived, walk: LogWalk) -> Iterator[str]:
        """The last record of every run is remembered next to the log."""
        heads = {name: (version, hash_) for name, version, hash_ in self.file.rows(HEADS, {"run": run})}
        for name, (version, hash_) in heads.items():
            seen, hashes = walk.head(name)
            if seen != version:
                was = (
                    f"version {version} was there"
                    if isinstance(version, int)
                    else "its table heads is damaged"
                )
                log.broken.add(name)
                yield f"Run {name} ends at version {seen}, but {was}."
            elif hashes is not None and hash_ not in hashes:
                log.broken.add(name)
                yield f"Run {name}: its last record, version {version}, is not the one that was written."
        for name in sorted(log.views.keys() - heads.keys() - log.broken):
            if self.file.fetch_one("SELECT 1 FROM records WHERE run = ?", (name,)):
                yield f"Run {name} ends at version {walk.version(name)}, and the table heads does not know of it."

    def _unfolded(self, run: str, position: int) -> dict[str, list[Record]]:
        """Records that the run list has not been told of, by run."""
        by_run: dict[str, list[Record]] = {}
        sql, of_run = (LATE, (run,)) if run else (NEXT, ())
        while rows := self.file.rows(sql, (position, *of_run)):
            for unfolded in map(record, rows):
                by_run.setdefault(unfolded.run, []).append(unfolded)
            position = rows[-1][0]
        return by_run

    def _list_faults(self, run: str, log: Rederived, unfolded: dict[str, list[Record]]) -> Iterator[str]:
        asks = _by_run(self.file.rows(ASKS, {"run": run}))
        refs = _by_run(self.file.rows(REFS, {"run": run}))
        known = set()
        for row in self.file.rows(LISTED, {"run": run}):
            name = str(row[0])
            known.add(name)
            if name in log.broken:
                continue
            if name not in log.views:
                yield f"Run {name}: it stands in the table runs, and no record of it is in the log; {ANEW}."
                continue
            yield from self._line_faults(row, log, unfolded.get(name, []), asks.pop(name, set()))
        for name, derived in log.views.items():
            if name in log.broken:
                continue
            late = unfolded.get(name, [])
            if name not in known and len(late) != derived.version:
                yield f"Run {name}: it is missing from the table runs, and its records are there; {ANEW}."
            if not late and refs.get(name, set()) != log.refs[name]:
                yield f"Run {name}: the table refs does not name the blobs that its records name; {ANEW}."
        for name in sorted((asks.keys() | refs.keys()) - log.views.keys() - log.broken - known):
            yield f"Run {name}: it stands in the tables asks or refs, and no record of it is in the log; {ANEW}."

    def _line_faults(
        self, row: tuple[Any, ...], log: Rederived, late: list[Record], asks: set[Any]
    ) -> Iterator[str]:
        name, derived = str(row[0]), log.views[str(row[0])]
        try:
            view = views.decode(row[-1])
        except (ValueError, TypeError):
            yield f"The line of run {name} in the run list is damaged; {ANEW}."
            return
        if late and view.version + 1 != late[0].version:
            yield f"Run {name}, table views: the run list is folded to another record than it says; {ANEW}."
            return
        expected = view if late else derived
        for column, stored_value, wanted in zip(RUNS[:-1], row, stored(expected), strict=False):
            if stored_value != wanted or type(stored_value) is not type(wanted):
                yield _differs(name, "runs", column, stored_value, wanted)
        if asks != set(expected.asks.values()):
            yield _differs(name, "asks", "position", sorted(asks, key=str), sorted(expected.asks.values()))
        for late_record in late:
            view = views.fold(view, late_record, log._steps_of)
        for field in msgspec.structs.fields(views.View):
            stored_value, wanted = getattr(view, field.name), getattr(derived, field.name)
            if stored_value != wanted:
                yield _differs(name, "runs", f"view ({field.name})", stored_value, wanted)

    def _floor_of(self) -> int:
        row = self.file.fetch_one("SELECT floor FROM ledger")
        return row[0] if row and isinstance(row[0], int) else 0

    def side_table_faults(self, run: str) -> Iterator[str]:
        """What is in no record: what attempts said, and the notes."""
        yield from self._output_faults(run)
        if not run:
            yield from self._note_faults()

    def _output_faults(self, run: str) -> Iterator[str]:
        ends = {(name, attempt): bytes_ for name, attempt, bytes_ in self.file.rows(ENDS, {"run": run})}
        reached: dict[tuple[str, str], int] = dict.fromkeys(ends, 0)
        for *columns, sealed in self.file.db.execute(SAID, {"run": run}):
            name, attempt, start, size = columns[:4]
            where = f"Run {name}, table outputs, what {attempt} said from byte {start} on"
            if seal_of(*columns) != sealed:
                yield f"{where}: it was changed after it was written; a backup has what was there."
            elif start != reached.get((name, attempt), 0):
                yield f"{where}: what was said before it is missing; a backup has what was there."
            if isinstance(start, int) and isinstance(size, int):
                reached[name, attempt] = start + size
        for (name, attempt), end in reached.items():
            was = ends.get((name, attempt))
            if was != end:
                yield (
                    f"Run {name}, table outputs, what {attempt} said: {end} bytes are there, "
                    f"and {was if was is not None else 'nothing'} should be; a backup has what was there."
                )

    def _note_faults(self) -> Iterator[str]:
        count = 0
        for key, value, sealed in self.file.rows("SELECT key, value, seal FROM notes ORDER BY key"):
            count += 1
            if seal_of(key, value) != sealed:
                yield f"Table notes, {key}: it was changed after it was written; a backup has what was there."
        ledger = self.file.rows("SELECT floor, notes FROM ledger")
        if len(ledger) != 1 or not all(isinstance(number, int) for number in ledger[0]):
            yield "Table ledger: it is damaged; a backup has what was there."
        elif ledger[0][1] != count:
            yield f"Table notes: {count} are there, and {ledger[0][1]} should be; a backup has what was there."


def _by_run(rows: list[Any]) -> dict[str, set[Any]]:
    by_run: dict[str, set[Any]] = {}
    for run, value in rows:
        by_run.setdefault(str(run), set()).add(value)
    return by_run


def _differs(run: str, table: str, column: str, stored_value: Any, wanted: Any) -> str:
    return f"Run {run}, table {table}, column {column}: {_short(stored_value)} is there, and its records say {_short(wanted)}; {ANEW}."


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:60]}… ({len(text)} characters)"
