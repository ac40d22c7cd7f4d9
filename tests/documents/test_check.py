from ropewalk.definition.document import Section, Template
from ropewalk.documents.check import check_document


def found(text, *sections, role="", **more):
    return [
        (one.section, one.what)
        for one in check_document(Template(id="t", sections=sections, **more), text, role)
    ]


GOALS = Section(id="goals", title="Goals", sections=(Section(id="why", title="Why"),))


def test_a_document_with_its_sections_passes():
    assert found("# T\n\n## Goals\n\n### Why\n\nBecause.\n", GOALS) == []


def test_missing_and_empty_sections_are_found():
    assert found("# T\n\n## Goals\n", GOALS) == [("why", "missing")]
    assert found("## Goals\n### Why\n<!-- to be written -->\n\n---\n", GOALS) == [("why", "empty")]
    assert found("# T\n", GOALS) == [("goals", "missing")]


def test_a_missing_section_says_where_it_belongs():
    [one] = check_document(Template(id="t", sections=(GOALS,)), "## Goals\n")
    assert str(one) == "the section “Why” in “Goals” is missing"


def test_numbering_emphasis_case_and_place_do_not_matter():
    assert found("# 1. **GOALS**\n\n## Other\n\n#### 2.1 Why:\n\nx\n", GOALS) == []


def test_headings_in_code_are_no_headings():
    assert found("```\n## Goals\n```\n~~~~md\n## Goals\n~~~\n~~~~\n", GOALS) == [("goals", "missing")]


def test_titles_with_blanks_take_anything_and_every_round_is_looked_at():
    epic = Section(
        id="epic", title="Epic {{n}} {{title}}", repeatable=True, sections=(Section(id="s", title="Stories"),)
    )
    assert found("## Epic 1 A\n### Stories\nx\n## Epic 2 B\n### Stories\n", epic) == [("s", "empty")]


def test_a_choice_in_the_title_is_content():
    section = Section(id="a", title="Access: {None|AA}")
    assert found("## Access: AA\n", section) == []
    assert found("## Access: {None|AA}\n", section) == [("a", "empty")]


def test_a_section_with_a_condition_may_be_absent_and_read_only_ones_are_not_asked_for():
    conditional = Section(id="ui", title="UI", condition="if any", sections=(Section(id="x", title="X"),))
    assert found("# T\n", conditional, Section(id="r", title="R", readonly=True)) == []


def test_what_a_role_may_not_write_may_be_empty():
    qa = Section(id="qa", title="QA", owner="qa")
    assert found("## QA\n", qa, role="dev") == []
    assert found("## QA\n", qa, role="qa") == [("qa", "empty")]


def test_blanks_that_were_left_are_found_outside_of_code():
    [one] = check_document(Template(id="t"), "a\n`{{code}}` {{left}}\n")
    assert (one.what, one.line) == ("unfilled", 2)


def test_a_section_without_a_title_only_holds_others():
    assert found("## Why\n", Section(id="x", sections=(Section(id="why", title="Why"),))) == [
        ("why", "empty")
    ]


def test_shapes_that_are_not_as_asked_are_concerns():
    sections = (
        Section(id="list", title="List", type="bullet-list"),
        Section(id="boxes", title="Boxes", type="checklist"),
        Section(id="table", title="Table", type="table", columns=("A", "B")),
        Section(id="code", title="Code", type="code"),
        Section(id="fr", title="Fr", type="numbered-list", prefix="FR"),
    )
    loose = "## List\nx\n## Boxes\n- x\n## Table\n| A |\n|---|\n## Code\nx\n## Fr\n- x\n"
    concerns = check_document(Template(id="t", sections=sections), loose)
    assert [one.section for one in concerns] == ["list", "boxes", "table", "code", "fr"]
    assert all(one.concern for one in concerns)
    good = "## List\n- x\n## Boxes\n- [x] x\n## Table\n| A | B |\n## Code\n```\n```\n## Fr\n- FR1: x\n"
    assert check_document(Template(id="t", sections=sections), good) == []


def test_a_table_that_is_none_is_a_concern_and_columns_with_blanks_are_anything():
    assert found("## T\nx\n", Section(id="t", title="T", type="table")) == [("t", "shape")]
    assert found("## T\n| x |\n", Section(id="t", title="T", type="table", columns=("{{c}}",))) == []


def test_a_status_outside_its_choices_is_found():
    status = Section(id="s", title="Status", type="choice", choices={"": ("Draft", "In Progress")})
    assert found("## Status\n**InProgress**\n", status) == []
    assert found("## Status\nLate\n", status) == [("s", "choice")]


def test_findings_are_bounded():
    sections = tuple(Section(id=f"s{n}", title=f"Section {n}x") for n in range(300))
    assert len(check_document(Template(id="t", sections=sections), "")) == 100
