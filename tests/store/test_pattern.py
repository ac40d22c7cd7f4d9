"""Both ways to write a pattern mean the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from ropewalk.store.pattern import glob, kind_matcher

text = st.text("ab.*?[]^-\n", max_size=6)


@given(text, text.map(lambda kind: kind.replace("*", "")))
def test_sqlite_and_python_match_the_same(pattern: str, kind: str):
    with closing(sqlite3.connect(":memory:")) as db:
        (found,) = db.execute("SELECT ? GLOB ?", (kind, glob(pattern))).fetchone()
    assert kind_matcher([pattern])(kind) == bool(found)


@given(text)
def test_a_pattern_without_a_star_stands_for_itself(kind: str):
    fits = kind_matcher(["x.y", kind.replace("*", "")])
    assert fits(kind.replace("*", ""))
    assert fits("x.y")
    assert not fits(kind + "z")


def test_no_pattern_lets_everything_through():
    assert kind_matcher([])("anything")
