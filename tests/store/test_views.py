"""The fold is pure and total: the view before is left alone, and nothing that can be appended makes it fail."""

from __future__ import annotations

from copy import deepcopy

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ropewalk.core import events as e
from ropewalk.store.chain import kind_of, packed
from ropewalk.store.port import Record
from ropewalk.store.views import View, decode, digests_in, encode, fold, row_of, steps_in, words_of

STEPS = {name: bit for bit, name in enumerate("abcdefghij")}
names = st.sampled_from(["a", "b", "j", "a[1]", "elsewhere"])
moves = st.one_of(
    st.builds(e.StepSucceeded, names),
    st.builds(e.StepSkipped, names),
    st.builds(e.StepFailed, names),
    st.builds(e.StepAborted, names),
    st.builds(e.StepRetried, names),
    st.builds(e.RoundOpened, names, names, st.lists(names, max_size=4).map(tuple), st.just(1)),
    st.builds(e.AskOpened, names, ask=names),
    st.builds(e.AskAnswered, names, ask=names),
    st.builds(e.AskWithdrawn, names, ask=names),
    st.builds(e.RunCompleted),
    st.builds(e.RunReopened),
)


def record(event: e.Event, version: int = 1, position: int = 1) -> Record:
    ((kind, body),) = packed("r", 1.0, "", "", [event])
    return Record(position, "r", version, float(version), kind, "", "", body, "")


@given(st.lists(moves, max_size=30))
def test_folding_is_pure_and_survives_being_stored(events: list[e.Event]):
    view: View | None = None
    stored: View | None = None
    status: dict[str, str] = {}
    for version, event in enumerate(events, 1):
        before = deepcopy(view)
        one = record(event, version, version)
        after = fold(view, one, lambda digest: STEPS)
        assert view == before
        assert fold(view, one, lambda digest: STEPS) == after
        view = after
        stored = decode(encode(fold(stored, one, lambda digest: STEPS)))
        follow(status, event)
    assert stored == view
    if view is not None:
        row = row_of(view)
        counted = [status.get(step) for step in STEPS]
        assert (row.steps_done, row.steps_failed) == (counted.count("done"), counted.count("failed"))
        assert (row.version, row.updated_at, row.created_at) == (len(events), float(len(events)), 1.0)


def follow(status: dict[str, str], event: e.Event) -> None:
    """The same counting, with words instead of bits."""
    kind = kind_of(event)
    if isinstance(event, e.RoundOpened):
        for step in event.steps:
            status.pop(step, None)
    elif isinstance(event, e.StepRetried):
        status.pop(event.step, None)
    elif kind in ("step.succeeded", "step.skipped"):
        status[event.step] = "done"  # type: ignore[attr-defined]
    elif kind in ("step.failed", "step.aborted"):
        status[event.step] = "failed"  # type: ignore[attr-defined]


def test_what_cannot_be_read_is_told_in_the_row():
    strange = msgspec.structs.replace(record(e.RunStarted()), body=b'{"kind":"run.started","moon":', run="s")
    view = fold(None, strange, lambda digest: {})
    assert view.status == "pending"
    assert "run s, version 1) is a run.started that this ropewalk cannot read" in view.error
    assert "cannot read" in words_of(view)


def test_only_steps_that_people_wrote_count():
    written = {"steps": [{"id": "a", "kind": "run"}, {"id": "x", "internal": True}, {"id": "b"}], "name": "w"}
    assert steps_in(msgspec.json.encode(written)) == {"a": 0, "b": 1}
    assert steps_in(b"no definition") == steps_in(b"[]") == steps_in(b"") == steps_in(b'{"steps": 7}') == {}


def test_whatever_looks_like_a_digest_is_seen():
    one, other = "a" * 64, "0" * 64
    body = msgspec.json.encode({"x": [one, one.upper(), other + "0", {"y": other}]})
    assert digests_in(body) == [one, other]
