"""`matrix` is a foreach over every combination; what cannot be one is told at its place."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.nesting import read_json
from tests.formats.told import step, told


def items(text: str) -> list[Any]:
    made = step(f"- {{id: a, run: x, matrix: {text}}}").foreach
    assert made is not None
    listed = read_json(made.over)
    assert isinstance(listed, list)
    return listed


def test_every_combination_is_an_item_with_a_key_of_its_values_in_written_order():
    made = step(
        "- {id: a, run: [x, '{{ matrix.os }}'], matrix: {os: [linux, mac], py: [3.11, 3.12]}, at_most: 2}"
    )
    assert made.foreach is not None
    assert (made.foreach.name, made.foreach.at_most) == ("matrix", 2)
    assert [one["id"] for one in read_json(made.foreach.over)] == [
        "linux-3.11",
        "linux-3.12",
        "mac-3.11",
        "mac-3.12",
    ]
    assert read_json(made.foreach.over)[0] == {"id": "linux-3.11", "os": "linux", "py": 3.11}


def test_what_is_excluded_is_no_item_and_what_is_included_adds_or_is_one_more():
    text = (
        "{os: [linux, mac], fast: [true, false], exclude: [{os: mac, fast: true}],"
        " include: [{os: linux, image: big}, {os: bsd, fast: true}, {note: n}]}"
    )
    assert items(text) == [
        {"id": "linux-true-big-n", "os": "linux", "fast": True, "image": "big", "note": "n"},
        {"id": "linux-false-big-n", "os": "linux", "fast": False, "image": "big", "note": "n"},
        {"id": "mac-false-n", "os": "mac", "fast": False, "note": "n"},
        {"id": "bsd-true", "os": "bsd", "fast": True},
    ]


def test_combinations_whose_values_read_the_same_are_numbered():
    made = items("{image: [app, app-slim], tag: [slim-1, '1', 1]}")
    assert [one["id"] for one in made] == [
        "app-slim-1",
        "app-1",
        "app-1-2",
        "app-slim-slim-1",
        "app-slim-1-2",
        "app-slim-1-3",
    ]
    assert [one["tag"] for one in made[:3]] == ["slim-1", "1", 1]


def test_only_included_combinations_are_a_list_of_their_own():
    assert [one["id"] for one in items("{include: [{a: 1}, {a: 2}]}")] == ["1", "2"]


def test_the_item_may_have_another_name():
    made = step("- {id: a, run: [x, '{{ on.os }}'], matrix: {os: [linux]}, as: on}")
    assert made.foreach is not None
    assert made.foreach.name == "on"


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("matrix: {os: []}", "`os` is an empty list"),
        (
            "matrix: {id: [1]}",
            "1:34: an axis cannot be called `id`: that is the combination's own; rename it",
        ),
        ("matrix: {a: [1], include: [{id: 1}]}", "an axis cannot be called `id`"),
        ("matrix: {a: [{b: 1}]}", "1:38: a value of the axis `a` is a mapping; write text"),
        (
            "matrix: {a: [1], exclude: [1]}",
            "`exclude` takes a list of mappings from axes to values; write `exclude:",
        ),
        ("matrix: {a: [1], exclude: [{a: 1}]}", "1:25: the matrix has no combination; give it an axis"),
        (
            "matrix: {a: [1, 1]}",
            "1:25: two combinations of the matrix have the same values; write each value once",
        ),
        (
            "matrix: {a: [1, 1]}, env: {A: '{{ matrix.a }}'}",
            "1:25: two combinations of the matrix have the same values",
        ),
        (
            "matrix: {os: [mac, linux], exclude: [{oss: mac}]}",
            "1:63: there is no axis `oss`; did you mean os?",
        ),
        ("matrix: {os: [mac, b], exclude: [{zz: 1}]}", "there is no axis `zz`; there are os"),
        (
            "matrix: {os: [mac, b], exclude: [{os: mca}]}",
            "1:63: the axis `os` has no value mca; it has mac, b",
        ),
        ("matrix: {include: [{a: 1}], exclude: [{a: 1}]}", "there is no axis `a`"),
        ("matrix: {a: [1]}, foreach: [1]", "a step goes through a `foreach` or through a `matrix`; keep one"),
        ("matrix: {os: [linux]}, env: {A: '{{ matrix.oss }}'}", "there is no `matrix.oss`"),
    ],
)
def test_what_is_no_matrix_is_told(rest, said):
    found = told(f"steps: [{{id: a, run: x, {rest}}}]")
    assert any(said in fault for fault in found), found
    assert not any("there is no name" in fault for fault in found), found


def test_more_combinations_than_anybody_wants_are_refused_before_they_are_made():
    axes = ", ".join(f"{axis}: {list(range(11))}" for axis in "abcde")
    (fault,) = told(f"steps: [{{id: a, run: x, matrix: {{{axes}}}}}]")
    assert "the matrix has more than 10,000 combinations; give its axes fewer values" in fault
