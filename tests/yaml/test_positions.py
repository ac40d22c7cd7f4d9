"""Each key and each value is found where the file has it; a path that leads nowhere is placed at what comes nearest."""

import pytest

from ropewalk.yaml.positions import Positions
from ropewalk.yaml.reading import yaml_document

STEPS = "name: x\nsteps:\n  - id: one\n    needs: [a, bc]\n  - id: two\n"


def positions(text):
    return yaml_document(text).positions


def test_every_key_and_value_knows_its_place():
    places = positions(STEPS)
    assert places.key(("name",)) == (1, 1)
    assert places.value(("name",)) == (1, 7)
    assert places.value(("steps",)) == (3, 3)
    assert places.value(("steps", 0)) == (3, 5)
    assert places.key(("steps", 0)) == (3, 5)
    assert places.value(("steps", 0, "needs", 1)) == (4, 16)
    assert places.key(("steps", 1, "id")) == (5, 5)


def test_a_path_that_leads_nowhere_has_the_place_of_what_comes_nearest():
    places = positions("steps:\n  - id: one\n")
    assert places.value(("steps", 0, "run", 2)) == (2, 5)
    assert places.value(("steps", 7)) == (2, 3)
    assert places.value(("steps", "x")) == (2, 3)
    assert places.value(("steps", 0, "id", "deeper", 3)) == (2, 9)
    assert not places.has(("steps", 0, "run"))
    assert places.has(("steps", 0, "id"))


@pytest.mark.parametrize("path", [("steps", "0"), (0,), ("steps", 2), ("name", 0), ("name", "x"), ("",)])
def test_an_index_is_no_key_and_a_key_no_index(path):
    assert not positions(STEPS).has(path)


def test_the_whole_is_always_there_also_where_no_text_is():
    assert Positions().has(())
    assert Positions().value() == (1, 1)
    assert Positions().key(("a", 0)) == (1, 1)
    assert Positions().inside(("a",), 5) == (1, 1)


def test_data_that_no_text_holds_is_nowhere_but_its_paths_are_known():
    places = Positions.nowhere({"a": [{"b": "text"}], "c": None})
    assert places.value(("a", 0, "b")) == places.key(("a", 0, "b")) == places.value() == (0, 0)
    assert places.inside(("a", 0, "b"), 2)[0] == 0
    assert places.has(("a", 0, "b"))
    assert not places.has(("a", 1))
    assert not places.has(("c", "d"))


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("when: a == b", 5, (1, 12)),
        ("when: a == b", 6, (1, 13)),
        ("when: a == b", 7, (1, 7)),
        ("when: 'a == b'", 5, (1, 13)),
        ("when: 'it''s == b'", 8, (1, 7)),
        ("when: 'it''s == b'", 2, (1, 10)),
        ('when: "a\\t == b"', 8, (1, 7)),
        ("when: |\n  a ==\n    b\n", 7, (3, 5)),
        ("when: |\n\n  a ==\n  b\n", 3, (3, 5)),
        ("when: |\n  a ==\n", 700, (1, 1)),
        ("when: >-\n  a ==\n  b\n", 0, (2, 3)),
        ("when: a ==\n  b", 99, (1, 7)),
        ("when: ''", 0, (1, 8)),
        ("when: é😀 == \u202eb", 6, (1, 13)),
        ("when: |\n  é😀\n  b\n", 3, (3, 3)),
    ],
)
def test_a_character_inside_a_text_knows_its_place(text, offset, place):
    assert positions(text).inside(("when",), offset) == place


@pytest.mark.parametrize("offset", [0, 3, 5, 7, 8])
def test_lines_that_end_as_on_windows_have_the_same_places(offset):
    unix = "when: |\n  a ==\n    b\n"
    windows = unix.replace("\n", "\r\n")
    assert yaml_document(windows).data == yaml_document(unix).data
    assert positions(windows).inside(("when",), offset) == positions(unix).inside(("when",), offset)


def test_a_renamed_key_is_known_by_both_names():
    places = positions("a:\n  old: {x: 1}\n")
    places.rename(("a",), "old", "new")
    assert places.key(("a", "new")) == places.key(("a", "old")) == (2, 3)
    assert places.value(("a", "new", "x")) == (2, 12)


def test_after_a_dropped_item_those_behind_it_move_up():
    places = positions("a:\n  - one\n  - two\n  - three\nb: [x]\n")
    places.drop(("a", 1))
    assert [places.value(("a", index)) for index in (0, 1)] == [(2, 5), (4, 5)]
    assert not places.has(("a", 2))
    assert places.has(("b", 0))
