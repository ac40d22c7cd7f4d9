from ropewalk.definition.document import Section, Template
from ropewalk.documents.render import Author, render_document


def text(*sections, values=None, author=None, **more):
    template = Template(id="t", title="{{name}}", filename="docs/{{name}}.md", sections=sections, **more)
    return render_document(template, values or {}, author or Author()).text


def test_the_title_the_path_and_the_levels_of_headings():
    template = Template(
        id="t",
        title="{{name}} plan",
        filename="docs/{{name}}-{n}.md",
        sections=(
            Section(id="a", title="A", content="x", sections=(Section(id="b", title="B", content="y"),)),
        ),
    )
    document = render_document(template, {"name": "Ropewalk", "n": 3})
    assert document.path == "docs/Ropewalk-3.md"
    assert document.text == "# Ropewalk plan\n\n## A\n\nx\n\n### B\n\ny\n"


def test_what_nobody_knows_is_a_visible_blank():
    assert text(Section(id="a", title="A")) == "# {{name}}\n\n## A\n\n<!-- to be written -->\n"


def test_a_value_is_found_by_id_or_title_in_any_spelling():
    for key in ("non-functional", "non_functional", "Non Functional"):
        assert "- quick" in text(
            Section(id="non-functional", title="Non Functional", type="bullet-list"), values={key: ["quick"]}
        )


def test_a_condition_that_does_not_hold_leaves_the_section_out_and_an_unknown_one_keeps_it():
    section = Section(id="ui", title="UI", content="x", condition="PRD has UI")
    assert "## UI" in text(section)
    assert "## UI" not in text(section, values={"conditions": {"ui": False}})
    assert "## UI" not in text(section, values={"conditions": {"PRD has UI": False}})
    assert "## UI" not in text(section, author=Author(holds=lambda section, values: False))
    assert "## UI" in text(section, author=Author(holds=lambda section, values: None))
    assert "## UI" in text(section, values={"conditions": "odd"})


def test_the_order_is_condition_draft_elicit_rounds_children():
    seen: list[str] = []

    def told(word, answer):
        seen.append(word)
        return answer

    author = Author(
        holds=lambda section, values: told("condition", True),
        draft=lambda section, values: told(f"draft {section.id}", "drafted"),
        elicit=lambda section, draft: told(f"elicit {draft}", "amended"),
    )
    inner = Section(id="b", title="B")
    said = text(Section(id="a", title="A", condition="c", elicit=True, sections=(inner,)), author=author)
    assert seen == ["condition", "draft a", "elicit drafted", "draft b"]
    assert "## A\n\namended" in said
    assert "### B\n\ndrafted" in said


def test_an_elicitation_that_says_nothing_keeps_the_draft():
    author = Author(draft=lambda section, values: "drafted", elicit=lambda section, draft: None)
    assert "drafted" in text(Section(id="a", title="A", elicit=True), author=author)


EPICS = Section(
    id="epic-details",
    title="Epic {{epic_number}} {{epic_title}}",
    repeatable=True,
    template="{{epic_goal}}",
    sections=(
        Section(
            id="story",
            title="Story {{epic_number}}.{{story_number}} {{story_title}}",
            repeatable=True,
            sections=(
                Section(id="criteria", title="Criteria", type="numbered-list", repeatable=True, item_template="{{criterion_number}}: {{criteria}}"),
            ),
        ),
    ),
)  # fmt: skip


def test_nested_rounds_are_numbered_by_those_above_them():
    said = text(
        EPICS,
        values={
            "epic-details": [
                {"epic_title": "Base", "epic_goal": "start", "story": [{"story_title": "One", "criteria": ["runs", {"criteria": "stops"}]}, {"story_title": "Two"}]},
                {"epic_title": "Next"},
            ]
        },
    )  # fmt: skip
    headings = [line for line in said.splitlines() if line.startswith("##") and "Criteria" not in line]
    assert headings == [
        "## Epic 1 Base",
        "### Story 1.1 One",
        "### Story 1.2 Two",
        "## Epic 2 Next",
        "### Story 2.1 {{story_title}}",
    ]
    assert "1. runs\n2. stops" in said
    assert "{{epic_goal}}" in said


def test_the_value_of_a_section_may_name_what_stands_in_it():
    section = Section(
        id="req", title="Req", sections=(Section(id="fn", title="Fn", type="numbered-list", prefix="FR"),)
    )
    said = text(section, values={"req": {"text": "Both kinds.", "fn": ["a", "FR2: b"]}})
    assert "## Req\n\nBoth kinds.\n\n### Fn\n\n- FR1: a\n- FR2: b\n" in said


def test_a_title_with_a_choice_takes_it_into_itself():
    section = Section(id="accessibility", title="Accessibility: {None|WCAG AA}")
    assert "## Accessibility: WCAG AA\n" in text(section, values={"accessibility": "WCAG AA"})
    assert "{None|WCAG AA}" in text(section)
    assert "{None|WCAG AA}\n\nlong\ntext" in text(section, values={"accessibility": "long\ntext"})
    repository = Section(id="repository-structure", title="Repository: {Mono|Poly}")
    assert "## Repository: Mono\n" in text(repository, values={"repository": "Mono"})


def test_a_role_writes_only_what_is_its_own():
    mine = Section(id="mine", title="Mine", owner="dev")
    other = Section(id="other", title="Other", owner="qa", placeholder="later")
    said = text(mine, other, values={"mine": "x", "other": "y"}, author=Author("dev", draft=lambda s, v: "z"))
    assert "## Mine\n\nx" in said
    assert "## Other\n\nlater" in said


def test_a_yaml_template_renders_yaml():
    template = Template(id="g", format="yaml", filename="g.yml", fields={"gate": "{{x}}"})
    assert render_document(template, {"x": "PASS"}).text == "gate: PASS\n"
