"""Places are shared out fairly between runs and never more than there are."""

from __future__ import annotations

from ropewalk.runtime.places import Places


def test_a_run_gets_what_is_free_and_no_more() -> None:
    places = Places(3)
    assert places.take("a", 5, lambda: None) == 3
    assert places.take("b", 1, lambda: None) == 0
    assert places.taken == 3


def test_a_freed_place_goes_to_who_waits_and_nobody_can_take_it_in_between() -> None:
    places, told = Places(2), []
    places.take("a", 2, lambda: told.append("a"))
    places.take("b", 1, lambda: told.append("b"))
    places.give("a")
    assert told == ["b"]
    assert places.take("a", 1, lambda: told.append("a")) == 0
    assert places.take("b", 1, lambda: told.append("b")) == 1
    assert places.taken == 2


def test_who_holds_the_fewest_is_served_first() -> None:
    places, told = Places(4), []
    places.take("a", 3, lambda: None)
    places.take("b", 1, lambda: None)
    places.take("a", 1, lambda: told.append("a"))
    places.take("c", 1, lambda: told.append("c"))
    places.give("a")
    assert told == ["c"]


def test_a_kept_place_that_is_not_wanted_any_more_is_handed_on() -> None:
    places, told = Places(1), []
    places.take("a", 1, lambda: None)
    places.take("b", 1, lambda: told.append("b"))
    places.take("c", 1, lambda: told.append("c"))
    places.give("a")
    assert places.take("b", 0, lambda: None) == 0
    assert told == ["b", "c"]
    assert places.take("c", 1, lambda: None) == 1


def test_a_run_that_leaves_gives_its_kept_places_back() -> None:
    places = Places(1)
    places.take("a", 1, lambda: None)
    places.take("b", 1, lambda: None)
    places.give("a")
    places.leave("b")
    assert places.taken == 0
    places.give("a", 0)
    assert places.taken == 0
