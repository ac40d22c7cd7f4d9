"""A conflict reads well as data and as a page, whatever is in it."""

from __future__ import annotations

import json

from ropewalk.workspace.policies.verdict import Hunk
from ropewalk.workspace.report import (
    LONG_HUNK,
    MANY_HUNKS,
    Side,
    as_json,
    conflict,
    conflicts_as_markdown,
)


def test_a_page_shows_who_where_both_sides_and_how_to_settle_it():
    one = conflict(
        "content",
        "src/a.py",
        ["build", "test"],
        [Hunk("line 3", "old", "ours", "theirs")],
        paths=("src/a.py",),
        policy="text",
        tried=("the lines",),
        base=Side("b", "1", "100644"),
    )
    page = conflicts_as_markdown([one])
    assert page.startswith(
        "# 1 conflict\n\n## `src/a.py`\n\n**build** and **test** changed the same place in `src/a.py`"
    )
    assert (
        "### Hunk 1: line 3\n\nBefore:\n\n```\nold\n```\n\nOurs:\n\n```\nours\n```\n\nTheirs:\n\n```\ntheirs\n```\n"
        in page
    )
    assert "Tried: the lines." in page
    assert page.endswith("or give the joined content.\n")


def test_every_kind_has_its_advice_and_other_names_are_told():
    two = conflict("rename/rename", "a", ["x", "y"], paths=("a", "b", "c"))
    page = conflicts_as_markdown(
        [two, conflict("odd", "`tick`", ["x", "y"], [Hunk("", None, "```\nx\n````", None)])]
    )
    assert "# 2 conflicts" in page
    assert "It is also about `b`, `c`." in page
    assert "To settle it: choose one of the names: take ours or theirs." in page
    assert "disagree about `` `tick` ``" in page
    assert "### Hunk 1: the whole file" in page
    assert "Before: nothing." in page
    assert "`````\n```\nx\n````\n`````" in page


def test_long_texts_and_many_places_are_cut_and_counted():
    hunks = [Hunk(f"line {number}", None, "x" * (LONG_HUNK + 1), "y") for number in range(MANY_HUNKS + 3)]
    one = conflict("content", "a", ["x", "y"], hunks)
    assert len(one["hunks"]) == MANY_HUNKS
    assert one["more_hunks"] == 3
    assert one["hunks"][0]["ours"].endswith(f"… {LONG_HUNK + 1} characters")
    assert "And 3 more places." in conflicts_as_markdown([one])


def test_the_report_is_json_that_reads_back_the_same():
    one = conflict("binary", "a", ["x", "y"])
    assert json.loads(as_json([one])) == {"conflicts": [one]}
