import pytest

from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.looking import fixes_work, judges, looks_at_work


def item(name="", **data):
    return Item("1", (), 1, "task", name, data)


@pytest.mark.parametrize(
    "action",
    [
        "review_implementation", "execute_tests", "mid_review", "qa_review", "design_review", "final_review", "story_validation", "check-links",
        "Review the plan with care", "run the whole test suite", "validation_phase", "review of the plan", "qa", "re-validate it",
        "quality check for release", "documentation_check",
    ],
)  # fmt: skip
def test_a_verb_of_looking_first_or_its_noun_last_looks_at_work(action):
    assert looks_at_work(item(action=action), [])
    assert looks_at_work(item(action.replace(" ", "_")), [])


@pytest.mark.parametrize(
    "action",
    [
        "evaluation_flattening", "testimonials", "checkout_page", "create_test_plan", "write_tests", "address_review", "quality_gate",
        "build", "checkpoint", "", "개발",
    ],
)  # fmt: skip
def test_a_word_inside_another_or_one_that_names_what_is_made_does_not(action):
    assert not looks_at_work(item(action=action), [])


def test_a_verb_key_looks_too():
    assert looks_at_work(item(), ["reviews"])
    assert not looks_at_work(item(), ["refines"])


def test_a_gate_or_a_decision_says_what_the_looking_comes_to():
    assert judges(item(action="quality_gate_decision"))
    assert judges(item("qa_gate"))
    assert not judges(item("gatekeeper", action="decisions"))


def test_a_verb_of_fixing_comes_first():
    assert fixes_work(item(action="fix_issues"))
    assert fixes_work(item("address-feedback"))
    assert not fixes_work(item(action="prefix_names"))
    assert not fixes_work(item(action="create_fix_request"))
