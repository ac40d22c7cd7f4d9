"""A brief for a test names only what the test is about; its key follows what it names."""

from __future__ import annotations

from ropewalk.testing.briefs import brief


def test_everything_has_a_default():
    plain = brief()
    assert (plain.run, plain.step, plain.round, plain.attempt, plain.kind) == ("r1", "build", 1, 1, "role")
    assert plain.key == "r1/build/1"


def test_what_is_named_counts_and_the_key_follows():
    named = brief("run", run="r9", step="test", round=3, attempt=2, inputs={"a": 1})
    assert (named.kind, named.key, named.inputs) == ("run", "r9/test/3", {"a": 1})
    assert brief(key="own").key == "own"
