import pytest

from tests.formats.imported.bmad.flow import flow, step

CYCLE = """\
- {agent: po, creates: sharded_docs}
- {agent: sm, action: create_story, creates: story.md, repeats: for_each_epic}
- {agent: dev, action: implement_story, requires: story.md, creates: implementation_files}
- {agent: qa, action: review_implementation, updates: implementation_files, optional: true}
- {agent: dev, action: address_qa_feedback, updates: implementation_files, condition: qa_left_unchecked_items}
"""


@pytest.mark.parametrize(
    "marker",
    [
        "- {step: repeat_development_cycle}",
        "- {repeat_development_cycle: null, notes: x}",
        "- {meta: repeat, target_steps: [sm-create_story], condition: stories_remaining}",
    ],
)
def test_the_story_cycle_goes_round_while_stories_remain(marker):
    made = flow(CYCLE + marker + "\n- {agent: po, action: epic_retrospective, condition: epic_complete}\n")
    closing = next(one for one in made.steps if one.when == "facts.stories_remaining")
    assert (closing.kind, closing.back_to.to, closing.back_to.at_most) == ("noop", "sm-create_story", 10)
    assert set(step(made, "sm-create_story").facts) == {"epic_complete", "stories_remaining"}
    assert step(made, "po-epic_retrospective").needs == (closing.id,)
    assert [phase.id for phase in made.phases] == ["planning", "development", "completion"]


def test_what_is_mended_is_looked_at_again():
    made = flow(CYCLE)
    back = step(made, "dev-address_qa_feedback").back_to
    assert (back.to, back.when, back.at_most) == ("qa-review_implementation", "true", 3)


def test_notes_that_say_look_again_are_enough():
    made = flow(
        '- {agent: qa, action: review}\n- {agent: dev, creates: x.md}\n- {agent: dev, updates: x.md, condition: problems_found, notes: "Return to QA for approval"}\n'
    )
    assert made.steps[2].back_to.to == "qa-review"


def test_a_mend_without_anybody_who_looks_is_done_once():
    made = flow("- {agent: a, creates: x.md}\n- {agent: b, updates: x.md, condition: a_suggests_changes}\n")
    assert made.steps[1].back_to is None


def test_a_fix_that_names_no_document_goes_back_to_the_whole_check_and_its_gate_tells():
    made = flow(
        """\
        - {agent: dev, action: implement, creates: code}
        - {agent: qa, action: execute_tests}
        - {agent: lead, action: quality_gate_decision}
        - {agent: dev, action: fix_issues, condition: quality_gate_fail}
        - {agent: po, action: ship}
        """
    )
    back = step(made, "dev-fix_issues").back_to
    assert (back.to, back.when, back.at_most) == ("qa-execute_tests", "true", 3)
    assert step(made, "lead-quality_gate_decision").facts == ("quality_gate_fail",)
    assert step(made, "po-ship").needs == ("dev-fix_issues",)


def test_checks_of_two_roles_are_two_checks():
    made = flow(
        "- {agent: po, action: review_plan}\n- {agent: qa, action: review_code}\n- {agent: dev, updates: code, condition: problems_found}\n"
    )
    assert made.steps[2].back_to.to == "qa-review_code"


def test_a_fix_further_down_goes_back_to_the_check_that_its_condition_speaks_of():
    text = """\
        - {agent: qa, action: execute_tests}
        - {agent: dev, creates: NAME}
        - {agent: dev, action: fix, updates: code.md, condition: tests_failed}
        """
    assert flow(text.replace("NAME", "notes.md")).steps[2].back_to.to == "qa-execute_tests"
    assert flow(text.replace("NAME", "code.md")).steps[2].back_to is None


def test_a_word_inside_another_is_no_check():
    made = flow(
        "- {agent: a, action: evaluation_flattening, creates: x.md}\n- {agent: b, updates: x.md, condition: issues_found}\n"
    )
    assert made.steps[1].back_to is None


def test_without_a_marker_the_loop_ends_with_the_last_step_that_works_with_what_it_makes():
    made = flow(CYCLE + "- {agent: pm, creates: other.md}\n- {step: workflow_end}\n")
    closing = step(made, "repeat-sm-create_story")
    assert closing.needs == ("dev-address_qa_feedback",)
    assert closing.back_to.to == "sm-create_story"
    assert "does not say where the loop ends" in closing.extra["inferred"][0]
    assert step(made, "pm-other").needs == (closing.id,)


def _loops(made):
    return {one.id: (one.back_to.to, one.when) for one in made.steps if one.back_to is not None}


def test_every_repeats_without_a_marker_becomes_a_loop_of_its_own():
    made = flow(
        """\
        - {agent: sm, action: write, creates: chapter.md, repeats: for_each_chapter}
        - {agent: ed, action: edit, requires: chapter.md, updates: chapter.md}
        - {agent: dev, action: build, creates: page.html, repeats: for_each_page}
        - {agent: qa, action: look, requires: page.html}
        - {agent: pm, action: publish, requires: [chapter.md, page.html]}
        """
    )
    assert _loops(made) == {
        "repeat-sm-write": ("sm-write", "facts.chapters_remaining"),
        "repeat-dev-build": ("dev-build", "facts.pages_remaining"),
    }
    assert step(made, "dev-build").needs == ("repeat-sm-write",)
    assert step(made, "repeat-dev-build").needs == ("pm-publish",)
    assert "repeats" not in step(made, "dev-build").extra
    assert made.warnings == ()


def test_a_repeats_that_works_with_what_another_one_makes_is_a_loop_inside_of_it():
    made = flow(
        """\
        - {agent: sm, action: write, creates: chapter.md, repeats: for_each_chapter}
        - {agent: dev, action: draw, requires: chapter.md, creates: picture.md, repeats: for_each_picture}
        - {agent: qa, action: look, requires: picture.md}
        - {agent: ed, action: close, updates: chapter.md}
        """
    )
    assert _loops(made) == {
        "repeat-sm-write": ("sm-write", "facts.chapters_remaining"),
        "repeat-dev-draw": ("dev-draw", "facts.pictures_remaining"),
    }
    assert [one.id for one in made.steps][-3:] == ["repeat-dev-draw", "ed-close", "repeat-sm-write"]


def test_a_repeats_before_a_marker_that_closes_another_one_goes_round_inside_of_it():
    made = flow(
        """\
        - {agent: sm, action: create_story, creates: story.md, repeats: for_each_epic}
        - {agent: dev, action: draw, creates: picture.md, repeats: for_each_picture}
        - {agent: qa, action: look, requires: story.md}
        - {step: repeat_development_cycle}
        """
    )
    assert _loops(made) == {
        "repeat-dev-draw": ("dev-draw", "facts.pictures_remaining"),
        "repeat_development_cycle": ("sm-create_story", "facts.stories_remaining"),
    }
    assert step(made, "qa-look").needs == ("repeat-dev-draw",)


def test_a_repeats_that_says_the_same_inside_of_a_loop_is_that_loop():
    made = flow(
        """\
        - {agent: sm, action: create_story, creates: story.md, repeats: for_each_story}
        - {agent: dev, action: implement, requires: story.md, repeats: for_each_story}
        """
    )
    assert list(_loops(made)) == ["repeat-sm-create_story"]
    assert step(made, "dev-implement").extra["item"]["keys"]["repeats"] == "back_to"
    assert "part of the loop from `sm-create_story`" in step(made, "dev-implement").extra["inferred"][0]
    assert made.warnings == ()


def test_loops_lie_in_or_beside_each_other_and_never_across():
    made = flow(
        """\
        - {agent: sm, action: write, creates: chapter.md, repeats: for_each_chapter}
        - {agent: sm, action: create_story, creates: story.md, requires: chapter.md, repeats: for_each_epic}
        - {agent: dev, action: implement, requires: story.md}
        - {meta: repeat, target_steps: [sm-create_story]}
        - {agent: pm, action: publish}
        """
    )
    assert [one.id for one in made.steps][-3:] == ["repeat", "repeat-sm-write", "pm-publish"]


def test_a_marker_without_a_head_goes_back_to_where_a_story_is_made():
    made = flow(
        "- {agent: pm, creates: prd.md}\n- {agent: sm, creates: story.md}\n- {agent: dev}\n- {step: repeat_development_cycle}\n"
    )
    assert step(made, "repeat_development_cycle").back_to.to == "sm-story"


def test_a_marker_that_closes_nothing_is_only_a_message():
    made = flow("- {agent: pm, creates: prd.md}\n- {step: repeat_development_cycle}\n")
    assert step(made, "repeat_development_cycle").back_to is None
    assert "closes no loop" in made.warnings[0]


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("for_each_epic_or_enhancement", "facts.stories_remaining"),
        ("as_stories_complete", "facts.stories_remaining"),
        ("for_first_epic", "facts.stories_remaining"),
        ("for_each_sprint_day", "facts.sprint_days_remaining"),
        ("for_each_phase", "facts.phases_remaining"),
        ("until_completion", "facts.work_remaining"),
        ("as_needed", "facts.work_remaining"),
        ("until_approved", "!facts.approved"),
    ],
)
def test_what_a_loop_goes_round_for(said, when):
    made = flow(f"- {{step: one, agent: a, repeats: {said}, max_iterations: 4}}\n")
    assert made.steps[1].when == when
    assert made.steps[1].back_to.at_most == 4
    assert made.steps[0].extra["item"]["keys"]["repeats"] == "back_to"


def test_a_condition_of_the_marker_decides_and_no_number_lifts_the_cap_beyond_reason():
    made = flow(
        "- {step: one, agent: a, repeats: for_each_x}\n- {repeat_cycle: null, condition: more_to_do, max_iterations: 100000}\n"
    )
    assert (made.steps[1].when, made.steps[1].back_to.at_most) == ("facts.more_to_do", 100)


def test_a_condition_that_counts_rounds_is_the_cap():
    made = flow("- {step: one, agent: a}\n- {step: two, agent: b, condition: iteration < 6, next: one}\n")
    assert made.steps[1].back_to.at_most == 6


def test_a_condition_that_counts_rounds_of_no_loop_is_told():
    made = flow("- {agent: a}\n- {agent: b, condition: round < 3}\n- {agent: c, condition: background < 3}\n")
    assert made.steps[1].when == ""
    assert made.steps[2].when == "facts.background < 3"
    assert made.warnings == (
        "line 6: its condition counts the rounds of a loop, and there is none: it is always done",
    )


def test_the_number_of_rounds_in_a_repeat_is_the_cap():
    made = flow("- {step: refine, agent: dev, repeats: until_converged (2-4 rounds)}\n")
    assert list(made.facts) == ["converged"]
    assert made.steps[-1].back_to.at_most == 4
