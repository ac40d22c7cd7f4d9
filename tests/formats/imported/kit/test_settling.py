from tests.formats.imported.bmad.flow import flow, step


def test_a_fact_is_told_by_the_step_before_that_knows_it():
    made = flow(
        """\
        - {agent: analyst, creates: brief.md}
        - {agent: architect, creates: fullstack-architecture.md}
        - {agent: pm, updates: brief.md, condition: architecture_suggests_prd_changes}
        - {agent: qa, action: review_implementation}
        - {agent: dev, action: address_qa_feedback, updates: files, condition: qa_left_unchecked_items}
        - {agent: po, action: retrospective, condition: epic_finished}
        """
    )
    assert step(made, "architect-fullstack-architecture").facts == ("architecture_suggests_prd_changes",)
    assert step(made, "qa-review_implementation").facts == ("qa_left_unchecked_items", "epic_finished")
    assert (
        "is asked for it as part of its result" in step(made, "dev-address_qa_feedback").extra["inferred"][0]
    )


def test_what_people_want_is_asked_of_a_person():
    made = flow("- {agent: a}\n- {agent: b, condition: user_wants_it}\n")
    assert made.steps[0].facts == ()
    assert "a person is asked" in made.steps[1].extra["inferred"][0]
    assert "--fact user_wants_it" in made.steps[1].extra["inferred"][0]


def test_what_is_wrong_is_told_by_the_check_just_before_unless_another_is_named():
    made = flow(
        """\
        - {agent: pm, action: approve_scope, creates: scope.md}
        - {agent: writer, creates: text.md}
        - {agent: qa, action: mid_review}
        - {agent: pm, updates: scope.md, condition: scope_change_needed}
        - {agent: writer, updates: text.md, condition: pm_found_issues}
        """
    )
    assert made.steps[0].facts == ("pm_found_issues",)
    assert made.steps[2].facts == ("scope_change_needed",)


def test_of_several_checks_just_before_the_one_that_shares_a_word_tells():
    made = flow(
        "- {agent: a, action: design_review}\n- {agent: b, action: security_review}\n- {agent: c, updates: x, condition: design_review_issues}\n"
    )
    assert [one.facts for one in made.steps] == [("design_review_issues",), (), ()]


def test_what_happens_outside_is_told_by_a_check_just_before_or_asked_of_a_person():
    text = "- {agent: writer, action: submit_paper}\n- {agent: writer, action: celebrate, condition: paper_accepted}\n"
    assert [one.facts for one in flow(text).steps] == [(), ()]
    assert "paper_accepted" in flow(text).facts
    checked = flow("- {agent: editor, action: final_review}\n" + text.partition("\n")[2])
    assert checked.steps[0].facts == ("paper_accepted",)
    sprint = flow("- {agent: sm, action: sprint_planning}\n- {agent: sm, condition: sprint_midpoint}\n")
    assert sprint.steps[0].facts == ()
    assert "a person is asked" in sprint.steps[1].extra["inferred"][0]


def test_the_first_step_has_nobody_to_tell_it():
    made = flow("- {agent: a, condition: project_has_database}\n")
    assert made.steps[0].when == "facts.project_has_database"
    assert "inferred" not in made.steps[0].extra


def test_after_something_only_says_when():
    made = flow("- {agent: a}\n- {agent: b, condition: after_prd_creation}\n")
    assert made.steps[1].when == ""
    assert "only says when" in made.steps[1].extra["inferred"][0]


def test_several_conditions_must_all_hold():
    made = flow("- {agent: a, condition: x == 'y', skip_if: already_done, when: ready}\n")
    assert made.steps[0].when == 'facts.x == "y" && facts.ready && !facts.already_done'


def test_a_list_or_mapping_as_condition_is_kept():
    made = flow("- {agent: a, condition: [a, b]}\n")
    assert made.steps[0].when == ""
    assert made.steps[0].extra["condition"] == ["a", "b"]
