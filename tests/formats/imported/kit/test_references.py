import pytest

from ropewalk.formats.imported.kit.references import Maker, Makers, pattern, pieces, token, tokens
from tests.formats.imported.bmad.flow import flow


@pytest.mark.parametrize(
    ("raw", "name", "label", "soft"),
    [
        ("prd.md", "prd.md", False, False),
        ("./docs/prd.md", "docs/prd.md", False, False),
        ("prototype-stories/", "prototype-stories/", False, False),
        ("sharded_docs", "sharded_docs", True, False),
        ("v0_prompt (optional)", "v0_prompt", True, True),
        ("prd.md (if needed)", "prd.md", False, True),
        ("SCHEMA.md (if exists)", "SCHEMA.md", False, True),
        ("notes.md?", "notes.md", False, True),
        ("`prd.md`", "prd.md", False, False),
        ("completed-sections[]", "completed-sections", True, False),
        ("/etc/passwd.md", "/etc/passwd.md", True, False),
        ("../out.md", "../out.md", True, False),
    ],
)
def test_one_name(raw, name, label, soft):
    found = token(raw)
    assert (found.name, found.label, found.soft) == (name, label, soft)


def test_a_file_in_a_folder_is_a_path():
    found = token("story.md in docs/stories/")
    assert (found.name, found.label) == ("docs/stories/story.md", False)


def test_prose_is_a_label_that_only_its_maker_understands():
    for said in (
        "multiple documents per the document-project template",
        "stories in docs/stories/",
        "每个模板的多个文档 等",
    ):
        assert token(said).prose
        assert token(said).label


def test_words_for_everything_and_for_what_was_flagged():
    assert token("all_artifacts_in_project").everything
    assert token("all_design_documents").everything
    assert not token("all_artifacts").flagged
    assert token("any_flagged_documents").flagged
    assert token("flagged_design_documents").everything
    assert not token("flagged.md").everything


def test_a_status_is_told_apart_from_softness():
    assert token("curriculum.yaml (approved)").status == "approved"
    assert token("icp.md (from parallel step)").status == "from parallel step"
    assert token("prd.md (if needed)").status == ""


def test_alternatives():
    found = token("chapter-humanized.md OR chapter-integrated.md")
    assert found.alternatives == ("chapter-humanized.md", "chapter-integrated.md")
    assert not found.label
    assert token("brownfield_epic OR brownfield_story").label
    assert pieces("sharded_docs_or_brownfield_docs") == ["sharded_docs", "brownfield_docs"]
    assert pieces("corridor") == ["corridor"]


def test_conjunctions_are_split_at_commas_that_separate_names():
    assert [t.name for t in tokens("prototype-spec.md, prototype-architecture.md")] == [
        "prototype-spec.md",
        "prototype-architecture.md",
    ]
    assert [t.name for t in tokens("a.md and b.md")] == ["a.md", "b.md"]
    assert len(tokens("brownfield-architecture.md (or multiple, as needed)")) == 1
    assert len(tokens("a report, with care and love")) == 1
    assert [t.name for t in tokens(["a.md", {"path": "b.md", "optional": True}, {"c.md": "what it is"}])] == [
        "a.md",
        "b.md",
        "c.md",
    ]
    assert tokens({"file": "x.md", "required": False})[0].soft
    assert tokens(None) == []
    assert tokens("") == []


def test_blanks_become_patterns():
    assert pattern("docs/stories/story-{epic}.{n}.md") == "docs/stories/story-*.md"
    assert pattern("{{project_name}}-Overview.md") == "*-Overview.md"
    assert pattern("outputs/{slug}/…") == "outputs/*/"
    assert pattern("docs/stories/story-X.X-*.md") == "docs/stories/story-*.md"


def test_makers_know_their_things_by_other_spellings_and_the_first_stays_the_owner():
    makers = Makers()
    makers.note(Maker("docs/PRD.md", "a", "pm", "docs/PRD.md"))
    makers.note(Maker("migration-plan.md", "b", "pm"))
    makers.note(Maker("prd.md", "c", "po"))
    makers.note(Maker("many documents", "d", "architect"), prose=True)
    assert [made.step for name in ("docs/prd.md", "migration_plan") if (made := makers.of(name))] == [
        "a",
        "b",
    ]
    assert makers.of("x.md") is None
    assert [made.step for made in makers.all()] == ["a", "b", "c", "d"]
    assert [made.step for made in makers.prose] == ["d"]


def test_a_path_with_blanks_is_the_same_pattern_for_who_makes_it_and_for_who_needs_it():
    made = flow(
        """\
        - {agent: a, creates: "issue-{number}.md"}
        - {agent: b, requires: "issue-{number}.md"}
        - {agent: c, updates: "stories/story-{epic}.{n}.md"}
        - {agent: d, requires: "story-{epic}.{n}.md"}
        """
    )
    paths = {ref.name for step in made.steps for ref in (*step.creates, *step.requires, *step.updates)}
    assert paths == {"docs/issue-*.md", "stories/story-*.md"}
