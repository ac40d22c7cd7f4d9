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
