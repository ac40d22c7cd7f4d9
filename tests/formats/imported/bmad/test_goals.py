import pytest

from ropewalk.formats.imported.bmad.goals import goal_of_choice
from tests.formats.imported.bmad.flow import flow, step


@pytest.mark.parametrize("name", ["ABORT", "NO-GO", "no_go", "Reject", "stop"])
def test_words_that_say_no_end_the_run(name):
    goal = goal_of_choice(name, "t", [])
    assert goal is not None
    assert (goal.ends, goal.title) == (True, "t")


@pytest.mark.parametrize("name", ["GO", "CONTINUE", "Approved", "yes", "PROCEED_TO_BUILD", "REVISE"])
def test_words_that_say_yes_go_on(name):
    goal = goal_of_choice(name, "", [])
    assert goal is not None
    assert (goal.ends, goal.to) == (False, "")


@pytest.mark.parametrize("name", ["POSTGRES", "stakeholder_view", "REVISION", "NOTES"])
def test_other_words_say_nothing(name):
    assert goal_of_choice(name, "", []) is None


def test_a_word_to_go_back_names_its_target():
    goal = goal_of_choice("RETURN_TO_SPEC", "", [])
    assert goal is not None
    assert goal.to == "spec"


def test_a_change_of_what_nobody_made_says_nothing():
    made = flow(
        "- {agent: pm, creates: prd.md}\n- {step: look, human_checkpoint: true, options: [ADJUST_BUDGET, ABORT]}\n"
    )
    assert "`ADJUST_BUDGET` only goes on" in made.warnings[0]


def test_a_word_alone_as_a_way_is_a_target_and_a_sentence_is_none():
    made = flow(
        """\
        - {agent: a}
        - {step: go, human_checkpoint: true, on_complete: {GO: last, YES: Write it all, ALSO: continue_to_next_phase, ABORT: workflow_aborted}}
        - {step: middle, agent: b}
        - {step: last, agent: c}
        """
    )
    assert {route.name: (route.to, route.end) for route in step(made, "go").decision.routes} == {
        "GO": (("last",), False),
        "YES": (("middle", "last"), False),
        "ALSO": (("middle", "last"), False),
        "ABORT": ((), True),
    }
    assert made.warnings == ()
