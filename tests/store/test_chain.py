"""The bytes that are hashed never change, or no history of an earlier ropewalk could be verified."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ropewalk.core.events import RunCreated, RunStarted
from ropewalk.errors import StoreError
from ropewalk.store.chain import GENESIS, kind_of, packed, record_hash, seal, unpack


def test_the_hash_of_a_record_is_fixed_for_ever():
    first = record_hash(GENESIS, "r", 1, 1.5, "run.started", "ann", "test", b'{"kind":"run.started"}')
    second = record_hash(first, "r", 2, 2.0, "run.started", "", "", b'{"kind":"run.started"}')
    assert first.hex() == "bb27dd5e0e20e6f5646ff1cd54122e7c23863528c3194b3b32600687279f1b9a"
    assert second.hex() == "c9414f93cc6a2954369ba172f88e3863dafd37e5a45ea03013d63af55dc7c122"


def test_the_seal_of_a_record_is_fixed_for_ever():
    assert seal(7, GENESIS) == 2005444626
    assert seal(8, GENESIS) != seal(7, GENESIS) != seal(7 + (1 << 40), GENESIS)


columns = st.tuples(
    st.text(max_size=5), st.integers(0, 9), st.floats(0, 9), st.text(max_size=5), st.text(max_size=5),
    st.text(max_size=5), st.binary(max_size=5),
)  # fmt: skip


@given(columns, columns)
def test_records_that_differ_anywhere_have_different_hashes(one, other):
    assert (record_hash(GENESIS, *one) == record_hash(GENESIS, *other)) == (one == other)


def test_an_event_keeps_its_kind_and_comes_back():
    event = RunCreated(workflow="w", digest="d", inputs={"a": [1, None]})
    ((kind, body),) = packed("r", 1.0, "", "", [event])
    assert kind == kind_of(event) == "run.created"
    assert unpack(kind, body) == event


def test_what_cannot_be_stored_is_named_with_its_run():
    with pytest.raises(
        StoreError, match=r"run 'r' is to be told \(run.created, run.started\) cannot be stored"
    ):
        packed("r", 1.0, "", "", [RunStarted(), RunCreated(workflow="w", digest="d", inputs={"a": object()})])
