"""A part of an imported workflow is placed at the word that the file has for it, else at its item, else at the beginning."""

import pytest

from ropewalk.formats.imported.kit.item_places import KEYS, ItemPlaces
from ropewalk.yaml.positions import Positions
from ropewalk.yaml.reading import yaml_document

TEXT = """\
id: flow
sequence:
  - agent: pm
    condition: x
    on_verdict: {A: {}}
    requires: [a.md]
  - action: go
    when: y
    condition: z
    task: t
  - prompt: own
    action: other
    loop_to: pm
    steps: [{agent: a}]
"""
FIRST, SECOND, THIRD = (("sequence", index) for index in range(3))


def places() -> ItemPlaces:
    """The steps of the file: two of the first item, then one of each, the last from a list inside."""
    steps = [FIRST, FIRST, SECOND, THIRD, (*THIRD, "steps", 0)]
    return ItemPlaces(yaml_document(TEXT).positions, steps)


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("steps", 0, "when"), (4, 5), (4, 16)),
        (("steps", 1, "role"), (3, 5), (3, 12)),
        (("steps", 1, "needs"), (6, 5), (6, 15)),
        (("steps", 1, "requires", 0, "name"), (6, 5), (6, 15)),
        (("steps", 0, "decision", "routes", "A", "when"), (5, 5), (5, 17)),
        (("steps", 2, "when"), (8, 5), (8, 11)),
        (("steps", 2, "prompt"), (7, 5), (7, 13)),
        (("steps", 3, "prompt"), (11, 5), (11, 13)),
        (("steps", 3, "back_to", "to"), (13, 5), (13, 14)),
        (("steps", 4, "role"), (14, 14), (14, 21)),
    ],
)
def test_a_field_is_where_the_item_says_it_its_own_name_first(path, key, value):
    assert (places().key(path), places().value(path)) == (key, value)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("steps", 0), (3, 5)),
        (("steps", 0, "gates", 0), (3, 5)),
        (("steps", 2, "role"), (7, 5)),
        (("steps", 4, "when"), (14, 13)),
    ],
)
def test_what_the_item_does_not_spell_out_is_where_the_item_is(path, place):
    assert places().value(path) == places().key(path) == place


@pytest.mark.parametrize(
    "path", [(), ("name",), ("steps",), ("steps", 5), ("steps", "0"), ("facts", 0, "when")]
)
def test_what_is_no_step_is_at_the_beginning(path):
    assert places().value(path) == places().key(path) == (1, 1)
    assert ItemPlaces(Positions(), []).value(path) == (1, 1)


def test_a_character_of_a_translated_condition_has_the_place_of_its_text():
    assert places().inside(("steps", 0, "when"), 99) == (4, 16)


def test_no_word_of_a_file_stands_twice_for_one_field():
    assert all(len(set(words)) == len(words) for words in KEYS.values())
