"""Steps that wait for each other, found in one pass however deep the order is (Tarjan's algorithm, without recursion)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import NamedTuple

Needs = Mapping[str, tuple[str, ...]]


class Circle(NamedTuple):
    """`way` is a shortest way round from its first written step; `steps` are all that wait for each other."""

    way: list[str]
    steps: frozenset[str]


def circles(needs: Needs) -> list[Circle]:
    """Every group of steps that wait for each other, or for themselves, by its first written step."""
    place = {step: index for index, step in enumerate(needs)}
    all_circles = []
    for group in _groups(needs):
        first = min(group, key=place.__getitem__)
        if len(group) > 1 or first in needs[first]:
            all_circles.append(Circle(_way_round(first, needs, group), frozenset(group)))
    return sorted(all_circles, key=lambda circle: place[circle.way[0]])


def _groups(needs: Needs) -> Iterator[set[str]]:
    """The strongly connected groups: `low` is the earliest visited step that a step leads back to."""
    visited: dict[str, int] = {}
    low: dict[str, int] = {}
    open_steps: list[str] = []
    closed: set[str] = set()
    for start in needs:
        if start in visited:
            continue
        ahead = [(start, iter(needs[start]))]
        visited[start] = low[start] = len(visited)
        open_steps.append(start)
        while ahead:
            step, rest = ahead[-1]
            for need in rest:
                if need not in visited:
                    visited[need] = low[need] = len(visited)
                    open_steps.append(need)
                    ahead.append((need, iter(needs[need])))
                    break
                if need not in closed:
                    low[step] = min(low[step], visited[need])
            else:
                ahead.pop()
                if ahead:
                    low[ahead[-1][0]] = min(low[ahead[-1][0]], low[step])
                if low[step] == visited[step]:
                    at = open_steps.index(step) if open_steps[-1] != step else len(open_steps) - 1
                    group = set(open_steps[at:])
                    del open_steps[at:]
                    closed |= group
                    yield group


def _way_round(start: str, needs: Needs, group: set[str]) -> list[str]:
    came: dict[str, str] = {}
    ahead = deque([start])
    while start not in came:
        step = ahead.popleft()
        for need in needs[step]:
            if need in group and need not in came:
                came[need] = step
                ahead.append(need)
    way = [came[start]]
    while way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]
