from ropewalk.definition.document import Section, Template
from ropewalk.documents.edits import foreign_edits

STORY = Template(
    id="story",
    sections=(
        Section(id="status", title="Status", owner="scrum-master", editors=("scrum-master", "dev-agent")),
        Section(id="story", title="Story", owner="scrum-master"),
        Section(id="qa", title="QA Results", owner="qa-agent"),
        Section(id="free", sections=(Section(id="log", title="Log"),)),
    ),
)
BEFORE = "## Status\nDraft\n## Story\nAs a user\n## QA Results\n## Log\n"


def test_a_role_may_change_its_own_sections():
    after = BEFORE.replace("Draft", "Review").replace("## Log\n", "## Log\nx\n")
    assert foreign_edits(STORY, BEFORE, after, "dev") == []


def test_a_change_in_another_roles_section_is_found_with_its_line():
    after = BEFORE.replace("As a user", "As an admin").replace("## QA Results\n", "## QA Results\nPASS\n")
    found = foreign_edits(STORY, BEFORE, after, "dev")
    assert [(one.section, one.line) for one in found] == [("story", 3), ("qa", 5)]
    assert found[0].text == "developer changed “Story”; it belongs to scrum-master"


def test_taking_out_what_another_wrote_is_found_too():
    [one] = foreign_edits(STORY, BEFORE, "## Status\nDraft\n## Story\n", "dev")
    assert (one.section, one.line) == ("story", 0)


def test_an_empty_section_may_be_laid_out_by_anybody_and_a_person_may_all():
    assert foreign_edits(STORY, "", "## Status\nx\n## Story\n## QA Results\n", "dev") == []
    assert foreign_edits(STORY, BEFORE, "## Story\nnew\n", "") == []


def test_a_list_of_editable_titles_forbids_without_naming_an_owner():
    template = Template(id="t", editable=("A",), sections=(Section(id="b", title="B"),))
    [one] = foreign_edits(template, "", "## B\nx\n", "dev")
    assert one.text == "developer changed “B”"


def test_a_section_that_is_only_to_be_read_comes_with_the_document_and_stays():
    template = Template(id="t", sections=(Section(id="rule", title="Rule", readonly=True),))
    assert foreign_edits(template, "", "## Rule\nNever.\n", "dev") == []
    assert len(foreign_edits(template, "## Rule\nNever.\n", "## Rule\nAlways.\n", "dev")) == 1
    assert len(foreign_edits(template, "## Rule\nNever.\n", "## Rule\nAlways.\n", "")) == 1
