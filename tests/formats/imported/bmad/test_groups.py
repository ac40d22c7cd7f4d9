from tests.formats.imported.bmad.flow import flow, needs, step


def test_what_an_item_lists_runs_side_by_side_and_is_joined():
    made = flow(
        """\
        - {agent: a}
        - step: both
          execution_mode: parallel
          condition: user_wants_both
          agents:
            - {agent: b, task: x, creates: b.md}
            - {agent: c, task: y, creates: c.md, condition: user_wants_c}
        - {agent: d, requires_completion_of: both}
        """
    )
    assert needs(made)["b-b"] == needs(made)["c-c"] == ("a-work",)
    assert needs(made)["both"] == ("b-b", "c-c")
    assert needs(made)["d-work"] == ("both",)
    assert step(made, "b-b").group == step(made, "c-c").group == "both-group"
    assert step(made, "c-c").when == "facts.user_wants_both && facts.user_wants_c"


def test_groups_of_groups_and_names_alone():
    made = flow(
        "- {step: p, parallel_groups: [{parallel: true, agents: [{agent: a}, b]}, {agent: c}]}\n- {step: q, parallel: [{agent: x}, {agent: y}]}\n"
    )
    assert needs(made)["p"] == ("a-work", "b-work", "c-work")
    assert needs(made)["x-work"] == ("p",)


def test_a_list_inside_an_item_is_done_before_the_item_closes_it():
    made = flow(
        """\
        - migration_phases:
          repeats: for_each_phase
          sequence:
            - {agent: sm, action: plan}
            - {agent: dev, action: do}
        - {agent: po}
        """
    )
    assert needs(made) == {
        "sm-plan": (),
        "dev-do": ("sm-plan",),
        "migration_phases": ("dev-do",),
        "po-work": ("migration_phases",),
    }
    closing = step(made, "migration_phases")
    assert (closing.when, closing.back_to.to, closing.back_to.at_most) == (
        "facts.phases_remaining",
        "sm-plan",
        10,
    )
    assert step(made, "sm-plan").facts == ("phases_remaining",)


def test_a_way_back_to_steps_side_by_side_has_one_step_to_go_to():
    made = flow("- {step: both, agents: [{agent: a}, {agent: b}]}\n- {step: check, agent: qa, next: both}\n")
    assert step(made, "check").back_to.to == "both-start"
    assert needs(made)["a-work"] == ("both-start",)


def test_a_stage_with_steps_is_a_phase():
    made = flow("- stage: Shape it\n  steps:\n    - {agent: pm, creates: a.md}\n- {agent: dev}\n")
    assert [(phase.id, phase.title) for phase in made.phases] == [("shape-it", "Shape it")]
    assert [one.id for one in made.steps] == ["pm-a", "Shape-it", "dev-work"]
    assert {one.phase for one in made.steps} == {"shape-it"}


def test_what_has_to_hold_before_one_of_several_is_asked_by_it():
    made = flow(
        "- step: both\n  agents:\n    - {agent: a, creates: a.md, requires: data_ready}\n    - {agent: b, creates: b.md}\n"
    )
    assert [(one.kind, one.needs) for one in made.steps][:2] == [("role", ()), ("role", ())]
    assert "data ready" in made.steps[0].ask.prompt
