from typing import Any

import msgspec
import pytest

from ropewalk.formats import account as module
from ropewalk.formats.loading import load_workflow_text
from ropewalk.yaml.reading import yaml_document


def account(*said) -> Any:
    return module.account(*said)


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
    found = account(yaml_document(text), "w.yaml", made)
    assert [one.number for one in found.items] == items
    assert found.lost == ()
    assert all(one.steps for one in found.items)


def test_the_account_says_what_a_key_became():
    found = account(yaml_document(BMAD), "w.yaml", load_workflow_text(BMAD, "w.yaml").workflow)
    assert found.items[0].keys == {"agent": "role", "creates": "creates", "odd": "kept"}
    assert found.head == {"id": "id", "type": "kept", "handoff_prompts": "handoff"}


def test_what_is_carried_nowhere_is_named():
    made = load_workflow_text(BMAD, "w.yaml").workflow
    poorer = msgspec.structs.replace(made, steps=made.steps[1:], extra={})
    found = account(yaml_document(BMAD), "w.yaml", poorer)
    assert "item 1 (line 6)" in found.lost
    assert "item 1 (line 6): `odd`" in found.lost
    assert "`type` of the workflow" in found.lost


def test_our_own_format_has_no_account():
    text = "ropewalk: 1\nname: x\nsteps: [{id: a, run: 'true'}]\n"
    assert account(yaml_document(text), "w.yaml", load_workflow_text(text).workflow) is None
