"""Ids of runs sort by time and are never the same twice."""

from __future__ import annotations

from ropewalk.runtime.ids import new_run_id


def test_ids_sort_by_time_also_within_a_millisecond() -> None:
    ids = [new_run_id(1_700_000_000.0) for _ in range(100)] + [new_run_id(1_900_000_000.0)]
    assert ids == sorted(ids)
    assert len(set(ids)) == 101


def test_an_id_keeps_its_order_when_the_clock_goes_back() -> None:
    later, earlier = new_run_id(2_000_000_000.0), new_run_id(1_000_000_000.0)
    assert later < earlier
