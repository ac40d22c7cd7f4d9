from ropewalk.definition.document import Section, Template
from ropewalk.documents.check import check_document
from ropewalk.documents.fields import check_fields, render_fields

GATE = Template(
    id="gate",
    format="yaml",
    fields={
        "schema": 1,
        "story": "{{epic}}.{{number}}",
        "gate": "{{status}}",
        "waiver": {"active": "{{waived}}", "by": ""},
        "issues": ["{{first}}"],
    },
    allowed={"gate": ("PASS", "FAIL")},
)
VALUES = {"epic": 1, "number": 2, "status": "PASS", "waived": False, "first": "x"}


def test_blanks_are_filled_and_a_whole_one_keeps_its_type():
    assert render_fields(GATE, VALUES) == (
        "schema: 1\nstory: '1.2'\ngate: PASS\nwaiver:\n  active: false\n  by: ''\nissues:\n- x\n"
    )


def test_a_value_under_a_fields_own_name_replaces_it_and_mappings_are_joined():
    said = render_fields(GATE, {"gate": "FAIL", "issues": [{"id": 1}], "waiver": {"by": "po", "why": "x"}})
    assert "gate: FAIL" in said
    assert "- id: 1" in said
    assert "by: po\n  why: x" in said


def test_sections_of_a_yaml_template_are_fields():
    template = Template(id="t", format="yaml", sections=(Section(id="a", template="{{x}}"), Section(id="b")))
    assert render_fields(template, {"x": 1, "b": "two\nlines\n"}) == "a: 1\nb: |\n  two\n  lines\n"


def test_a_document_with_all_fields_has_no_findings():
    assert check_document(GATE, render_fields(GATE, VALUES | {"waiver": {"by": "po"}})) == []


def test_what_is_missing_empty_left_or_not_allowed_is_found():
    found = check_document(
        GATE, "story: ''\ngate: MAYBE\nwaiver: {active: '{{waived}}'}\nissues: ['{{first}}']\n"
    )
    assert [(one.section, one.what) for one in found] == [
        ("schema", "missing"),
        ("story", "empty"),
        ("waiver", "unfilled"),
        ("issues", "unfilled"),
        ("gate", "choice"),
    ]


def test_text_that_is_not_yaml_or_no_mapping_is_one_finding():
    assert [(one.what, one.line) for one in check_document(GATE, "a: b: c\n")] == [("shape", 1)]
    assert [one.text for one in check_fields(GATE, ["a"])] == ["the document is not a mapping of fields"]
