"""`all`, `exists`, `exists_one`, `filter` and `map` at work: in the order of the list, or of the keys as they stand.

`all` and `exists` are CEL's: an error at one item is forgotten when another item decides alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ropewalk.definition.condition.env import Env, Run, wrong
from ropewalk.definition.condition.nodes import Macro, walk
from ropewalk.definition.condition.values import kind_of
from ropewalk.errors import ConditionError

Give = Callable[[Env, list[Any], Callable[[Env, Any], Any]], Any]


def macro(node: Macro, slot: int, over: Run, tests: list[Run], last: Run) -> Run:
    """The macro over `over`, with `tests` (a filter before `map`) and `last` at each item, which is in `slot`."""
    cost = 1 + sum(1 for part in node.body for _ in walk(part))
    give = _KINDS[node.kind]

    def at_item(env: Env, item: Any) -> Any:
        env.spend(cost, node.at)
        env.bound[slot] = item
        return last(env)

    def run(env: Env) -> Any:
        collection = over(env)
        if not isinstance(collection, Mapping | list | tuple):
            raise wrong(node.at, f"`{node.kind}` goes through a list or a map, not {kind_of(collection)}")
        env.spend(len(collection) // 16, node.at)
        return give(env, kept(env, list(collection)), at_item)

    def kept(env: Env, items: list[Any]) -> list[Any]:
        for test in tests:
            passed = []
            for item in items:
                env.spend(cost, node.at)
                env.bound[slot] = item
                if test(env):
                    passed.append(item)
            items = passed
        return items

    return run


def _decided(decides: bool) -> Give:
    def give(env: Env, items: list[Any], at_item: Callable[[Env, Any], Any]) -> Any:
        first: ConditionError | None = None
        for item in items:
            try:
                if at_item(env, item) is decides:
                    return decides
            except ConditionError as error:
                if env.left < 0:
                    raise
                first = first or error
        if first is not None:
            raise first
        return not decides

    return give


def _exists_one(env: Env, items: list[Any], at_item: Callable[[Env, Any], Any]) -> Any:
    return sum(at_item(env, item) for item in items) == 1


def _filter(env: Env, items: list[Any], at_item: Callable[[Env, Any], Any]) -> Any:
    return [item for item in items if at_item(env, item)]


def _map(env: Env, items: list[Any], at_item: Callable[[Env, Any], Any]) -> Any:
    return [at_item(env, item) for item in items]


_KINDS: dict[str, Give] = {
    "all": _decided(False),
    "exists": _decided(True),
    "exists_one": _exists_one,
    "filter": _filter,
    "map": _map,
}
