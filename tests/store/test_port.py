"""A record is decoded only when it is asked for, so that one that nobody can read stands in nobody's way."""

from __future__ import annotations

import inspect

import msgspec
import pytest

from ropewalk.core.events import StepDue
from ropewalk.errors import Unreadable
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Record, Store
from ropewalk.store.sqlite import SqliteStore

WHOLE = Record(7, "r", 3, 1.5, "step.due", "ann", "cli", msgspec.json.encode(StepDue(step="a")), "00")


def test_a_record_has_a_name_that_is_the_same_in_every_store():
    assert WHOLE.id == "r/3"
    assert msgspec.structs.replace(WHOLE, position=99).id == "r/3"


def test_its_event_is_decoded_once():
    assert WHOLE.event == StepDue(step="a")
    assert WHOLE.event is WHOLE.event


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("step.due", b""),
        ("step.due", b"no json"),
        ("step.due", b"\xff\xfe"),
        ("step.due", b'{"step":5}'),
        ("step.of-another-version", b"{}"),
        ("step.due", b"[" * 100_000),
    ],
)
def test_one_that_cannot_be_read_says_which_it_is_and_only_when_it_is_asked(kind: str, body: bytes):
    record = msgspec.structs.replace(WHOLE, kind=kind, body=body)
    with pytest.raises(Unreadable) as unreadable:
        _ = record.event
    assert (unreadable.value.where["run"], unreadable.value.where["version"]) == ("r", 3)


@pytest.mark.parametrize("store", [MemoryStore, SqliteStore])
async def test_every_store_has_all_that_the_port_promises(store, tmp_path):
    promised = {name for name, _ in inspect.getmembers(Store, inspect.isfunction) if not name.startswith("_")}
    made = store(tmp_path / "s.db") if store is SqliteStore else store()
    await made.close()
    assert promised <= set(dir(made))
