import pytest
from hypothesis import given
from hypothesis import strategies as st

from ropewalk.definition.document import Section, Template
from ropewalk.documents.check import check_document
from ropewalk.documents.form import document_form, form_schema
from ropewalk.documents.guide import writing_instructions
from ropewalk.documents.read import read_template
from ropewalk.documents.sample import SAMPLE_SENTENCE, sample_document
from tests.formats.samples import samples

WORDS = st.sampled_from(
    ["Goals", "Plan", "Risks", "Epic {{epic_number}} {{title}}", "Access: {None|AA}", "要件", "Log"]
)
KINDS = st.sampled_from(
    [
        "text",
        "paragraphs",
        "bullet-list",
        "numbered-list",
        "checklist",
        "table",
        "code",
        "mermaid",
        "choice",
        "template-text",
    ]
)
LEAVES = st.builds(
    Section,
    id=st.sampled_from(["a", "b", "c", "d"]),
    title=WORDS,
    type=KINDS,
    template=st.sampled_from(["", "As a {{role}}", "{{#if x}}y{{/if}} z"]),
    items=st.sampled_from([(), ("one", "two {{x}}")]),
    columns=st.sampled_from([(), ("A", "B")]),
    prefix=st.sampled_from(["", "FR"]),
    repeatable=st.booleans(),
    elicit=st.booleans(),
    choices=st.sampled_from([{}, {"": ("One", "Two")}, {"side": ("l", "r")}]),
    condition=st.sampled_from(["", "if any"]),
)
SECTIONS = st.recursive(
    st.lists(LEAVES, min_size=1, max_size=3).map(tuple),
    lambda inner: st.builds(
        lambda leaf, parts: (Section(id=leaf.id, title=leaf.title, sections=parts),), LEAVES, inner
    ),
    max_leaves=6,
)


@given(SECTIONS)
def test_a_sample_of_any_template_passes_but_for_its_shape(sections):
    template = Template(id="t", title="{{name}}", sections=sections)
    found = [one for one in check_document(template, sample_document(template).text) if not one.concern]
    assert [one for one in found if one.what != "choice"] == []
    assert writing_instructions(template)
    assert form_schema(document_form(template, whole=True))["type"] == "object"


def test_a_sample_uses_what_is_known_and_a_sentence_elsewhere():
    template = Template(
        id="t",
        filename="docs/{{epic_num}}.{{story_title}}.md",
        sections=(
            Section(id="a", title="A"),
            Section(id="b", title="B"),
            Section(id="c", title="C", type="mermaid"),
        ),
    )
    made = sample_document(template, {"a": "known"})
    assert made.path == "docs/1.story-title.md"
    assert "## A\n\nknown" in made.text
    assert f"## B\n\n{SAMPLE_SENTENCE}" in made.text
    assert "graph TD" in made.text


def test_a_sample_of_a_yaml_document_fits_its_own_rules():
    template = Template(
        id="g",
        format="yaml",
        fields={"gate": "{{s}}", "n": ["{{story_num}}"], "m": {"x": "{{why}}"}},
        allowed={"gate": ("PASS", "FAIL")},
    )
    made = sample_document(template)
    assert made.text == "gate: PASS\nn:\n- 1\nm:\n  x: why\n"
    assert check_document(template, made.text) == []


@pytest.mark.parametrize("path", samples("templates", ".yaml"))
def test_samples_of_whole_templates_pass_their_own_check(path):
    template = read_template(path.read_text(encoding="utf-8"), path.name)
    assert template.sections or template.fields
    assert check_document(template, sample_document(template).text) == []
