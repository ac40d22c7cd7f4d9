"""Every item and every key of an imported file is in the account: with what it became, or named as lost."""

from typing import Any

import msgspec
import pytest

from ropewalk.errors import VariantNeeded
from ropewalk.formats import account as module
from ropewalk.formats.account import account_of
from ropewalk.formats.loading import load_workflow, load_workflow_text
from ropewalk.formats.reading import ReadOptions
from ropewalk.yaml.reading import yaml_document


def account(*arguments) -> Any:
    return module.account(*arguments)


BMAD = "workflow:\n  id: w\n  type: odd\n  handoff_prompts: {x: y}\n  sequence:\n    - {agent: a, creates: a.md, odd: 1}\n    - phases_:\n      sequence:\n        - {agent: b}\n"
TAPPS = "workflow:\n  id: w\n  auto_detect: true\n  steps: [{id: a, agent: b, next: c, odd: 1}, {id: c, agent: d}]\nmore: 1\n"
BARE = "id: w\nsteps: [{id: a, agent: b, next: c}, {id: c, agent: d}]\n"
PROCESS = "process_name: w\nodd: 1\nstages: {A: {tasks: [{name: x, role: y, odd: 1}]}}\n"


@pytest.mark.parametrize(
    ("text", "items"),
    [(BMAD, ["1", "2", "2.1"]), (TAPPS, ["1", "2"]), (BARE, ["1", "2"]), (PROCESS, ["A.1"])],
)
def test_each_item_and_each_key_is_accounted_for(text, items):
    made = load_workflow_text(text, "w.yaml").workflow
    result = account(yaml_document(text), "w.yaml", made)
    assert [item.number for item in result.items] == items
    assert result.lost == ()
    assert all(item.steps for item in result.items)


def test_the_account_says_what_a_key_became():
    result = account(yaml_document(BMAD), "w.yaml", load_workflow_text(BMAD, "w.yaml").workflow)
    assert result.items[0].keys == {"agent": "role", "creates": "creates", "odd": "kept"}
    assert result.head == {"id": "id", "type": "kept", "handoff_prompts": "handoff"}


def test_what_is_carried_nowhere_is_named():
    made = load_workflow_text(BMAD, "w.yaml").workflow
    poorer = msgspec.structs.replace(made, steps=made.steps[1:], extra={})
    result = account(yaml_document(BMAD), "w.yaml", poorer)
    assert "item 1 (line 6)" in result.lost
    assert "item 1 (line 6): `odd`" in result.lost
    assert "`type` of the workflow" in result.lost


def test_our_own_format_has_no_account():
    text = "ropewalk: 1\nname: x\nsteps: [{id: a, run: 'true'}]\n"
    assert account(yaml_document(text), "w.yaml", load_workflow_text(text).workflow) is None


def test_keys_that_are_no_texts_are_accounted_for_by_their_texts():
    text = "workflow:\n  id: w\n  1: x\n  sequence:\n    - {agent: a, 1: 1, null: 3, true: 4}\n"
    result = account(yaml_document(text), "w.yaml", load_workflow_text(text, "w.yaml").workflow)
    assert result.items[0].keys == {"agent": "role", "1": "kept", "null": "kept", "true": "kept"}
    assert (result.head["1"], result.lost) == ("kept", ())


def test_a_kept_key_with_another_value_is_lost():
    made = load_workflow_text(BMAD, "w.yaml").workflow
    result = account(yaml_document(BMAD.replace("odd: 1", "odd: 2")), "w.yaml", made)
    assert result.lost == ("item 1 (line 6): `odd`",)


def test_of_a_file_with_several_documents_the_imported_one_is_accounted_for(tmp_path):
    path = tmp_path / "w.yaml"
    path.write_text(f"just text\n---\n{BMAD}")
    result = account_of(path, load_workflow(path).workflow)
    assert result is not None
    assert [item.line for item in result.items] == [8, 9, 11]


VARIANTS = "workflow: {id: w}\nbig_sequence: [{agent: a}, {agent: b}]\nsmall_sequence: [{agent: c}]\n"


def test_the_account_is_of_the_variant_that_was_loaded(tmp_path):
    path = tmp_path / "w.yaml"
    path.write_text(VARIANTS)
    made = load_workflow(path, options=ReadOptions("small")).workflow
    result = account_of(path, made, "small")
    assert result is not None
    assert ([item.number for item in result.items], result.lost) == (["1"], ())
    with pytest.raises(VariantNeeded):
        account_of(path, made)


@pytest.mark.parametrize("text", ["ropewalk: 1\nsteps: [{id: a, run: b}]\n", "just text\n", BARE])
def test_a_file_that_no_longer_has_the_format_of_the_workflow_has_no_account(tmp_path, text):
    path = tmp_path / "w.yaml"
    path.write_text(text)
    assert account_of(path, load_workflow_text(BMAD).workflow) is None


def test_a_list_of_work_that_comes_first_is_accounted_for():
    text = "workflow:\n  kickoff: [{agent: pm, creates: a.md}]\n  sequence: [{agent: dev}]\n"
    result = account(yaml_document(text), "w.yaml", load_workflow_text(text, "w.yaml").workflow)
    assert ([item.number for item in result.items], result.lost) == (["kickoff.1", "1"], ())
