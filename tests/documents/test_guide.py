from ropewalk.definition.document import Section, Template
from ropewalk.documents.guide import writing_instructions


def test_the_instructions_say_everything_that_a_writer_needs():
    template = Template(
        id="t",
        name="Plan",
        filename="docs/plan.md",
        title="{{name}}",
        sections=(
            Section(
                id="a",
                title="A",
                type="code",
                language="python",
                condition="there is code",
                repeatable=True,
                elicit=True,
                instruction="Write it.",
                template="x = 1",
                content="y",
                examples=("one\ntwo",),
                choices={"": ("p",), "side": ("l", "r")},
                columns=("C",),
                rows=(("1", "2"),),
                items=("i",),
                item_template="{{n}}",
                prefix="FR",
                mermaid_type="graph",
                sections=(Section(id="b", owner="qa"),),
            ),
        ),
    )
    said = writing_instructions(template, "dev")
    for part in (
        "“Plan”", "File: `docs/plan.md`", "## A", "Only if: there is code", "Repeat this", "Write it.", "Form: code (python)",
        "Diagram: graph", "Columns: C", "FR1, FR2", "Choose: one of p", "side: one of l, r", "Each entry: `{{n}}`", "- i",
        "| 1 | 2 |", "~~~\nx = 1\n~~~", "~~~\ny\n~~~", "a person would be asked", "> one\n> two", "### b\nLeave this section to qa",
    ):  # fmt: skip
        assert part in said


def test_a_yaml_document_lists_its_fields_and_what_they_allow():
    template = Template(
        id="g", format="yaml", fields={"gate": "{{x}}", "n": 1}, allowed={"gate": ("PASS", "FAIL")}
    )
    assert "- `gate`: one of PASS, FAIL\n- `n`: 1\n" in writing_instructions(template)


def test_a_section_that_nobody_owns_but_all_must_leave_says_others():
    template = Template(id="t", sections=(Section(id="a", title="A", readonly=True),))
    assert "Leave this section to others" in writing_instructions(template, "dev")
