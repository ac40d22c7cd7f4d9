"""Places are shared out fairly between runs and never more than there are."""

from __future__ import annotations

from ropewalk.runtime.slots import Slots


def test_a_run_gets_what_is_free_and_no_more() -> None:
    slots = Slots(3)
    assert slots.take("a", 5, lambda: None) == 3
    assert slots.take("b", 1, lambda: None) == 0
    assert slots.taken == 3


def test_a_freed_place_goes_to_who_waits_and_nobody_can_take_it_in_between() -> None:
    slots, told = Slots(2), []
    slots.take("a", 2, lambda: told.append("a"))
    slots.take("b", 1, lambda: told.append("b"))
    slots.give("a")
    assert told == ["b"]
    assert slots.take("a", 1, lambda: told.append("a")) == 0
    assert slots.take("b", 1, lambda: told.append("b")) == 1
    assert slots.taken == 2


def test_who_holds_the_fewest_is_served_first() -> None:
    slots, told = Slots(4), []
    slots.take("a", 3, lambda: None)
    slots.take("b", 1, lambda: None)
    slots.take("a", 1, lambda: told.append("a"))
    slots.take("c", 1, lambda: told.append("c"))
    slots.give("a")
    assert told == ["c"]


def test_a_kept_place_that_is_not_wanted_any_more_is_handed_on() -> None:
    slots, told = Slots(1), []
    slots.take("a", 1, lambda: None)
    slots.take("b", 1, lambda: told.append("b"))
    slots.take("c", 1, lambda: told.append("c"))
    slots.give("a")
    assert slots.take("b", 0, lambda: None) == 0
    assert told == ["b", "c"]
    assert slots.take("c", 1, lambda: None) == 1


def test_a_run_that_leaves_gives_its_kept_places_back() -> None:
    slots = Slots(1)
    slots.take("a", 1, lambda: None)
    slots.take("b", 1, lambda: None)
    slots.give("a")
    slots.leave("b")
    assert slots.taken == 0
    slots.give("a", 0)
    assert slots.taken == 0
