from typing import Any

import pytest

from ropewalk.documents.read import as_text, is_template, read_template, slug, template_of
from ropewalk.errors import InvalidDefinition

WHOLE = """\
# <!-- a comment -->
template:
  id: prd
  name: Requirements
  version: 2.0
  custom: kept
  output: {format: markdown, filename: docs/prd.md, title: "{{name}}", extra: 1}
workflow: {mode: interactive, elicitation: advanced-elicitation, allow_skip: true}
agent_config:
  editable_sections: [Status]
  note: x
sections:
  - id: a
    title: A
    type: table
    columns: [Date, Author]
    rows:
      - [1, x]
      - {Date: 2, Author: y}
    elicit: true
    instruction: |
      Do it.
    odd: kept
  - id: b
    title: B
    type: choice
    choices: [One, Two]
    sections:
      - id: c
        title: C
        items:
          - one
          - {id: two, template: "CR1: {{x}}"}
        choices: {side: [left, right]}
        owner: dev
        editors: dev
"""


def test_every_key_of_a_section_has_its_place_and_the_rest_is_kept():
    template = read_template(WHOLE, "prd-tmpl.yaml")
    assert (template.id, template.version, template.filename, template.mode) == (
        "prd",
        "2.0",
        "docs/prd.md",
        "interactive",
    )
    assert template.editable == ("Status",)
    assert template.extra == {
        "template": {"custom": "kept"},
        "output": {"extra": 1},
        "workflow": {"allow_skip": True},
        "agent_config": {"note": "x"},
    }
    table, choice = template.sections
    assert table.rows == (("1", "x"), ("2", "y"))
    assert table.elicit
    assert table.instruction == "Do it."
    assert table.extra == {"odd": "kept"}
    assert table.line == 13
    assert choice.choices == {"": ("One", "Two")}
    inner = choice.sections[0]
    assert inner.items == ("one", "CR1: {{x}}")
    assert inner.choices == {"side": ("left", "right")}
    assert inner.editors == ("dev",)
    assert inner.extra["items"][1]["id"] == "two"


def test_sections_may_be_a_mapping_texts_or_nothing():
    template = read_template("template: {id: t}\nsections:\n  goal: Say the goal\n  more:\n    title: More\n")
    assert [(s.id, s.title, s.instruction) for s in template.sections] == [
        ("goal", "goal", "Say the goal"),
        ("more", "More", ""),
    ]
    assert [s.title for s in read_template("template: {id: t}\nsections: [Goal, Plan]\n").sections] == [
        "Goal",
        "Plan",
    ]
    assert read_template("template: {name: T}\n", "a/b-tmpl.yaml").id == "b-tmpl"


def test_a_yaml_document_has_fields_and_the_values_its_comments_allow():
    template = read_template(
        "template:\n  id: gate\n  output: {format: yaml, filename: g.yml}\n"
        'schema: 1\ngate: "{{status}}" # PASS|CONCERNS | FAIL\nexamples: {x: 1}\noptional_more: {y: 2}\n'
    )
    assert template.fields == {"schema": 1, "gate": "{{status}}"}
    assert template.allowed == {"gate": ("PASS", "CONCERNS", "FAIL")}
    assert template.extra == {"examples": {"x": 1}, "optional_more": {"y": 2}}


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        ({"template": {"id": "t"}, "workflow": {"mode": "interactive"}}, True),
        ({"id": "t", "sections": []}, True),
        ({"template": {}, "workflow": {"sequence": []}}, False),
        ({"template": {}, "steps": []}, False),
        ({"id": "t", "sections": [], "steps": []}, False),
        ({"template": "prd"}, False),
        (["template"], False),
    ],
)
def test_a_template_is_told_from_a_workflow(data, is_one):
    assert is_template(data) is is_one


def test_what_is_wrong_is_told_with_its_place_all_at_once():
    with pytest.raises(InvalidDefinition) as caught:
        read_template(
            "template: {id: t, output: markdown}\nsections:\n  - [a]\n  - id: b\n    sections: 5\n", "t.yaml"
        )
    places = [(fault.line, fault.column) for fault in caught.value.faults]
    assert places == [(1, 27), (3, 5), (5, 15)]


def test_sections_nested_without_end_are_refused():
    data: dict[str, Any] = {"id": "a"}
    for _ in range(40):
        data = {"id": "a", "sections": [data]}
    with pytest.raises(InvalidDefinition, match="nested too deeply"):
        template_of({"template": {"id": "t"}, "sections": [data]})


def test_a_file_that_is_no_template_says_so():
    with pytest.raises(InvalidDefinition, match="not a document template"):
        read_template("workflow:\n  sequence: []\n", "w.yaml")


def test_the_template_is_found_among_several_documents():
    assert read_template("note: x\n---\ntemplate: {id: second}\n").id == "second"


def test_scalars_become_the_words_that_were_meant():
    assert [as_text(v) for v in (None, True, False, 2.0, ["a", 1], {"k": 1})] == [
        "",
        "true",
        "false",
        "2.0",
        "a\n1",
        "k: 1",
    ]
    assert slug("Epic {{n}}: The Goal") == "epic-the-goal"
