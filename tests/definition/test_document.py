import pytest

from ropewalk.definition.document import Finding, Section, Template, may_write, plain_role_name, walk_sections

STATUS = Section(id="status", title="Status", owner="scrum-master", editors=("scrum-master", "dev-agent"))
NOTES = Section(
    id="notes", title="Notes", sections=(Section(id="deep", title="Deep"),), editors=("qa-agent",)
)
FREE = Section(id="free", title="Free")


def test_walk_gives_every_section_with_those_above_it():
    paths = [[section.id for section in path] for path in walk_sections((NOTES, FREE))]
    assert paths == [["notes"], ["notes", "deep"], ["free"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("dev-agent", "dev"),
        ("sm", "Scrum Master"),
        ("qa", "test_architect"),
        ("po", "product-owner"),
        ("x-agent", "x"),
    ],
)
def test_a_role_is_known_under_the_names_of_other_packs(one, other):
    assert plain_role_name(one) == plain_role_name(other)


def test_owner_and_editors_may_write_and_nobody_else():
    template = Template(id="t", sections=(STATUS,))
    assert may_write(template, (STATUS,), "sm")
    assert may_write(template, (STATUS,), "dev")
    assert not may_write(template, (STATUS,), "qa")


def test_a_person_may_write_everything_that_is_not_read_only():
    template = Template(id="t", editable=("Other",))
    assert may_write(template, (STATUS,), "")
    assert not may_write(template, (Section(id="x", readonly=True),), "")


def test_a_section_inherits_its_owners_from_above():
    template = Template(id="t", sections=(NOTES,))
    assert may_write(template, (NOTES, NOTES.sections[0]), "qa")
    assert not may_write(template, (NOTES, NOTES.sections[0]), "dev")


def test_without_owners_the_list_of_editable_titles_decides():
    assert may_write(Template(id="t"), (FREE,), "dev")
    assert may_write(Template(id="t", editable=("Free",)), (FREE,), "dev")
    assert not may_write(Template(id="t", editable=("Status",)), (FREE,), "dev")


def test_a_finding_says_its_line():
    assert str(Finding("a", "empty", "it is empty", 4)) == "line 4: it is empty"
    assert str(Finding("a", "empty", "it is empty")) == "it is empty"
