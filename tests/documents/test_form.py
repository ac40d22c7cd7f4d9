from ropewalk.definition.document import Section, Template
from ropewalk.documents.form import document_form, form_schema

TEMPLATE = Template(
    id="t",
    title="{{project_name}}",
    filename="docs/{{story_num}}.md",
    allowed={"gate": ("PASS", "FAIL")},
    sections=(
        Section(id="intro", title="Intro"),
        Section(
            id="ui",
            title="UI",
            condition="there is a UI",
            elicit=True,
            choices={"access": ("None", "AA")},
            sections=(
                Section(id="screens", title="Screens", type="bullet-list", instruction="Which?", examples=("Login",)),
                Section(id="log", title="Log", type="table", columns=("Date",)),
                Section(id="kinds", title="Kinds", type="checklist", items=("a", "b")),
                Section(id="status", title="Status", type="choice", choices={"": ("Draft",)}),
            ),
        ),
    ),
)  # fmt: skip


def test_a_form_asks_for_blanks_of_the_head_and_for_what_elicits():
    fields = {field.name: field for field in document_form(TEMPLATE)}
    assert list(fields) == [
        "project_name",
        "gate",
        "conditions.ui",
        "access",
        "screens",
        "log",
        "kinds",
        "status",
    ]
    assert fields["screens"].kind == "list"
    assert fields["screens"].section == "UI / Screens"
    assert fields["kinds"].choices == ("a", "b")
    assert fields["conditions.ui"].kind == "boolean"


def test_the_whole_form_asks_for_every_section():
    assert "intro" in {field.name for field in document_form(TEMPLATE, whole=True)}


def test_the_form_is_a_json_schema():
    made = form_schema(document_form(TEMPLATE, whole=True))["properties"]
    assert made["conditions"]["properties"]["ui"] == {"title": "there is a UI", "type": "boolean"}
    assert made["access"]["enum"] == ["None", "AA"]
    assert made["screens"] == {
        "title": "Screens",
        "description": "Which?",
        "type": "array",
        "items": {"type": "string"},
    }
    assert made["log"]["items"]["properties"] == {"Date": {"type": "string"}}
    assert made["kinds"]["items"]["enum"] == ["a", "b"]
    assert made["intro"]["type"] == "string"


def test_a_choice_without_choices_is_a_text():
    made = form_schema(
        document_form(
            Template(
                id="t",
                sections=(
                    Section(id="a", title="A", type="choice", elicit=True),
                    Section(id="b", type="checklist", elicit=True),
                ),
            )
        )
    )
    assert made["properties"]["a"] == {"title": "A", "type": "string"}
    assert made["properties"]["b"]["items"] == {"type": "string"}
