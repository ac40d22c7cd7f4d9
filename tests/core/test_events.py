"""Events on record: each has a name of its own, says nothing that it was not told, and comes back as it was written."""

from __future__ import annotations

from typing import get_args

import msgspec
import pytest

from ropewalk.core import events as e

EVENTS: tuple[type[e.Event], ...] = get_args(e.AnyEvent)
GIVEN: dict[str, dict[str, object]] = {
    "run.paused": {"reason": "asked"},
    "run.closing": {"status": "failed"},
    "round.opened": {"steps": ("a", "b"), "turn": 2},
}
"""What is no mere text."""


def tag(kind: type[e.Event]) -> str:
    return str(kind.__struct_config__.tag)


def test_every_event_has_a_name_of_its_own_that_says_of_what_and_what_happened():
    tags = [tag(kind) for kind in EVENTS]
    assert len(set(tags)) == len(tags)
    assert all(name.count(".") == 1 and name.islower() for name in tags)


def test_every_event_of_the_module_may_stand_on_record():
    abstract = {e.Event, e.StepEvent}
    there = {
        kind for kind in vars(e).values() if isinstance(kind, type) and issubclass(kind, e.Event)
    } - abstract
    assert there == set(EVENTS)


@pytest.mark.parametrize("kind", EVENTS, ids=tag)
def test_an_event_comes_back_as_it_was_written(kind: type[e.Event]):
    required = [field for field in msgspec.structs.fields(kind) if field.required]
    event = kind(**({field.name: "x" for field in required} | GIVEN.get(tag(kind), {})))
    written = msgspec.json.encode(event)
    assert msgspec.json.decode(written, type=e.AnyEvent) == event
    said = msgspec.json.decode(written).keys()
    assert "reason" not in said or event.reason  # type: ignore[attr-defined]


def test_an_event_that_nobody_knows_is_no_event():
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"kind":"run.exploded"}', type=e.AnyEvent)
