from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ropewalk.definition.check.circles import circles


def test_each_circle_is_told_once_by_its_shortest_way_from_its_first_step():
    needs = {"a": ("b",), "b": ("c", "d"), "c": ("a",), "d": ("c",), "e": ("e",), "f": ("e", "a")}
    found = circles(needs)
    assert [one.way for one in found] == [["a", "b", "c"], ["e"]]
    assert found[0].steps == {"a", "b", "c", "d"}


def test_no_circle_is_none():
    assert circles({"a": (), "b": ("a",), "c": ("a", "b")}) == []


def test_a_circle_of_any_length_is_found_without_recursion():
    count = 20_000
    needs = {f"s{n}": (f"s{(n + 1) % count}",) for n in range(count)}
    (found,) = circles(needs)
    assert len(found.way) == count


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=1, max_size=8))
def test_a_step_is_in_a_circle_exactly_when_it_can_reach_itself(edges):
    needs = {str(n): tuple(str(to) for to in some if to < len(edges)) for n, some in enumerate(edges)}

    def reach(step: str) -> set[str]:
        seen: set[str] = set()
        ahead = list(needs[step])
        while ahead:
            one = ahead.pop()
            if one not in seen:
                seen.add(one)
                ahead += needs[one]
        return seen

    found = circles(needs)
    assert {step for circle in found for step in circle.steps} == {
        step for step in needs if step in reach(step)
    }
    for circle in found:
        round_ = [*circle.way, circle.way[0]]
        assert all(after in needs[step] for step, after in pairwise(round_))
