"""A foreach learns its items: stable keys in input order, bounded, each on record before it begins."""

from __future__ import annotations

import re
from typing import Any

from ropewalk.core import events as e
from ropewalk.core.endings import conclude, fail_step
from ropewalk.core.facts import settle_facts
from ropewalk.core.recorder import Recorder, scope_of
from ropewalk.core.state import State, StepState
from ropewalk.core.work import Failure
from ropewalk.definition import Foreach, Step, compile_condition
from ropewalk.errors import ConditionError

EVENTS_OF_ONE = 2
"""An item that goes well at once is started and succeeds."""

_UNSAFE = re.compile(r"[^\w.@+-]+")


def expand(recorder: Recorder, st: StepState, step: Step) -> None:
    """Put the items of a foreach on record, or end the step when there are none or they cannot be used."""
    foreach = step.foreach or Foreach(over="[]")
    condition = compile_condition(foreach.over)
    if not settle_facts(recorder, st, condition):
        return
    try:
        found = condition.value(scope_of(recorder.state, st))
        pairs = _pairs(found, foreach)
    except (ConditionError, ValueError) as error:
        fail_step(recorder, st, Failure(kind="permanent", message=f"foreach: {error}"))
        return
    refusal = _too_many(recorder.state, len(pairs))
    if refusal:
        fail_step(recorder, st, Failure(kind="permanent", message=refusal))
    elif not pairs:
        conclude(recorder, st, e.Result(outputs={"items": [], "keys": []}))
    else:
        keys, values = tuple(k for k, _ in pairs), tuple(v for _, v in pairs)
        recorder.emit(e.StepExpanded(step=st.key, round=st.round, keys=keys, values=values))


def _too_many(state: State, count: int) -> str:
    """Why so many items are not begun, with the limits to write; "" when they may be. Each is put on record twice at least."""
    limits = state.workflow.limits
    wanted = {}
    if count > limits.items:
        wanted["items"] = count
    if state.version + EVENTS_OF_ONE * count > limits.events:
        wanted["events"] = state.version + 2 * EVENTS_OF_ONE * count
    if not wanted:
        return ""
    allowed = " and ".join(f"limits.{name} allows {getattr(limits, name)}" for name in wanted)
    written = ", ".join(f"{name}: {number}" for name, number in wanted.items())
    return f"foreach has {count} items, and {allowed}; write `limits: {{{written}}}` at the top of the workflow, or give fewer"


def _pairs(found: Any, foreach: Foreach) -> list[tuple[str, Any]]:
    if isinstance(found, dict):
        pairs = [(_clean(str(key)), {"key": key, "value": value}) for key, value in found.items()]
    elif isinstance(found, list | tuple):
        pairs = [(_clean(_key(value, n, foreach)), value) for n, value in enumerate(found)]
    else:
        raise ValueError(f"`{foreach.over}` is {type(found).__name__}, a list or a map is wanted")
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise ValueError(
                f"two items have the key {key!r}; give `key` an expression that tells them apart"
            )
        seen.add(key)
    return pairs


def _key(value: Any, n: int, foreach: Foreach) -> str:
    if foreach.key:
        return str(compile_condition(foreach.key).value({foreach.name: value}))
    if isinstance(value, str) and 0 < len(value) <= 64:
        return value
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, dict):
        for name in ("id", "key", "name"):
            if isinstance(value.get(name), str | int):
                return str(value[name])
    return str(n)


def _clean(key: str) -> str:
    return _UNSAFE.sub("-", key).strip("-") or "-"
