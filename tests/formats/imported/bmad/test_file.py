import pytest

from ropewalk.errors import InvalidDefinition, VariantNeeded
from ropewalk.formats.imported.bmad.file import is_bmad, sheet
from ropewalk.yaml.reading import yaml_document


def page(text, variant=""):
    return sheet(yaml_document(text, "dir/w.yaml"), "dir/w.yaml", variant)


TWO = """\
workflow:
  full_game_sequence: [{agent: a}]
  prototype_sequence: [{agent: b}]
  workflow_end: {action: done}
  prototype_workflow_end: {action: evaluate}
  decision_guidance: {use_prototype_sequence_when: [short of time], other: [x]}
"""


def test_the_id_is_the_files_name_where_none_is_given():
    assert page("workflow:\n  sequence: [{agent: a}]\n").id == "w"
    assert page("workflow: {id: own}\nsequence: [{agent: a}]\n").id == "own"


def test_a_sequence_stands_in_the_workflow_or_beside_it():
    assert page("workflow: {name: n}\nsequence: [{agent: a}]\n").sequence.path == ("sequence",)
    assert page("sequence: [{agent: a}]\n").sequence.path == ("sequence",)
    assert page("workflow: {x_sequence: [{agent: a}]}\n").sequence.path == ("workflow", "x_sequence")


def test_of_two_sequences_one_has_to_be_named():
    with pytest.raises(VariantNeeded) as caught:
        page(TWO)
    assert caught.value.names == ("full_game", "prototype")
    assert caught.value.where["when"] == {"prototype": ("short of time",)}
    assert "--variant` full_game or prototype" in str(caught.value)
    with pytest.raises(VariantNeeded):
        page(TWO, "other")


@pytest.mark.parametrize("name", ["prototype", "prototype_sequence", "prototype-sequence"])
def test_a_variant_goes_by_its_name_with_or_without_the_word_sequence(name):
    found = page(TWO, name)
    assert found.sequence.items == [{"agent": "b"}]
    assert found.end == (("workflow", "prototype_workflow_end"), {"action": "evaluate"})
    assert "full_game_sequence" not in found.head


def test_the_end_without_a_name_belongs_to_the_variants_without_one_of_their_own():
    assert page(TWO, "full_game").end == (("workflow", "workflow_end"), {"action": "done"})


def test_a_plain_sequence_beside_a_named_one_is_called_main():
    text = "workflow: {sequence: [{agent: a}], mvp_sequence: [{agent: b}]}\n"
    assert page(text, "main").sequence.items == [{"agent": "a"}]


def test_the_longer_list_of_the_same_steps_is_kept_apart():
    found = page("workflow: {sequence: [{agent: a}]}\nsteps: [{id: x}]\nmetadata: {k: 1}\n")
    assert found.detail == (("steps",), [{"id": "x"}])
    assert found.head == {"metadata": {"k": 1}}


def test_what_is_not_followed_is_told():
    assert "extends" in page("workflow: {extends: other, sequence: [{agent: a}]}\n").warnings[0]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("workflow:\n  sequence: []\n", (2, 3)),
        ("workflow:\n  sequence:\n    - agent: a\n    - text\n    -\n", (4, 7)),
    ],
)
def test_what_is_no_item_is_told_with_its_place(text, place):
    with pytest.raises(InvalidDefinition) as caught:
        page(text)
    assert (caught.value.faults[0].line, caught.value.faults[0].column) == place


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        ({"workflow": {"sequence": [{"agent": "a"}]}}, True),
        ({"sequence": []}, True),
        ({"agent_sequence": ["a"]}, False),
        ({"sequence": ["a", "b"]}, False),
        ({"workflow": {"steps": []}}, False),
        ({"template": {"id": "t"}, "sections": [], "workflow": {"mode": "x"}}, False),
        ([], False),
    ],
)
def test_what_is_a_bmad_file(data, is_one):
    assert is_bmad(data) is is_one


NESTED = """\
workflow:
  id: own
  first_draft: {when: [nothing is there], sequence: [{agent: a}]}
  update: {sequence: [{agent: b}]}
"""


def test_sequences_in_mappings_of_the_workflow_are_variants():
    with pytest.raises(VariantNeeded) as caught:
        page(NESTED)
    assert caught.value.names == ("first_draft", "update")
    assert caught.value.where["when"] == {"first_draft": ("nothing is there",)}
    chosen = page(NESTED, "update")
    assert chosen.sequence.path == ("workflow", "update", "sequence")
    assert chosen.head == {"id": "own"}


def test_a_sequence_is_never_also_a_list_that_comes_first():
    assert page("workflow: {pre_production_sequence: [{agent: a}]}\n").before == ()
    assert page("kickoff: [text]\npre_flight: [{check: x}]\nsequence: [{agent: a}]\n").before == ()
