from tests.formats.imported.bmad.flow import flow, needs, step


def test_depends_on_replaces_the_order_of_the_list():
    made = flow(
        "- {step: 1, agent: a}\n- {step: 2, agent: b, depends_on: []}\n- {step: 3, agent: c, depends_on: [1, 2]}\n- {agent: d}\n"
    )
    assert needs(made) == {"a-work": (), "b-work": (), "c-work": ("a-work", "b-work"), "d-work": ("c-work",)}


def test_neighbours_marked_parallel_run_together_and_are_waited_for():
    made = flow(
        "- {agent: a}\n- {agent: b, parallel: true}\n- {agent: c, parallel: true}\n- {agent: d, wait_for: [b-work]}\n"
    )
    assert needs(made)["b-work"] == needs(made)["c-work"] == ("a-work",)
    assert needs(made)["d-work"] == ("b-work", "c-work")


def test_a_step_beside_another_waits_for_the_same():
    made = flow(
        "- {agent: a}\n- {step: one, agent: b}\n- {step: two, agent: c, runs_parallel_with: one}\n- {agent: d}\n"
    )
    assert needs(made)["two"] == ("a-work",)
    assert needs(made)["d-work"] == ("one", "two")
    assert "is not above it" in flow("- {agent: a, runs_parallel_with: x}").warnings[0]


def test_waiting_for_something_that_is_not_above_is_told():
    made = flow("- {agent: a, wait_for: [later]}\n- {step: later, agent: b}\n")
    assert needs(made)["a-work"] == ()
    assert "is not above it" in made.warnings[0]


def test_a_next_that_leads_back_is_a_loop_with_a_cap():
    made = flow(
        "- {step: one, agent: a}\n- {step: two, agent: b, next: one, max_attempts: 4}\n- {step: three, agent: c, loop_to: one}\n"
    )
    assert (step(made, "two").back_to.to, step(made, "two").back_to.at_most) == ("one", 4)
    assert step(made, "three").back_to.at_most == 10


def test_a_next_that_leads_on_is_the_order_and_one_that_leads_over_something_is_told():
    made = flow(
        "- {agent: a, next: two}\n- {step: two, agent: b, on_success: {next: four}}\n- {step: three, agent: c, on_complete: end}\n- {step: four, agent: d}\n"
    )
    assert all(one.back_to is None for one in made.steps)
    assert "leads over 1 item between" in made.warnings[0]


def test_a_quality_gate_sends_back_on_a_fact_of_the_step():
    made = flow(
        "- {step: build, agent: a}\n- {step: check, agent: b, quality_gate: {on_needs_work: {action: return_to_build, max_attempts: 2}, on_pass: continue}}\n"
    )
    back = step(made, "check").back_to
    assert (back.to, back.when, back.at_most) == ("build", "facts.check_needs_work", 2)
    assert step(made, "check").facts == ("check_needs_work",)


def test_a_second_way_back_gets_a_step_of_its_own():
    made = flow("- {step: one, agent: a}\n- {step: two, agent: b, next: one, goto: one}\n- {agent: c}\n")
    assert step(made, "two-again").back_to.to == "one"
    assert set(needs(made)["c-work"]) == {"two", "two-again"}


def test_a_way_back_to_what_does_not_come_before_it_is_told():
    made = flow(
        "- {step: one, agent: a, parallel: true}\n- {step: two, agent: b, parallel: true, next: one}\n"
    )
    assert step(made, "two").back_to is None
    assert "is not before it" in made.warnings[0]


def test_a_fan_out_runs_its_branches_together():
    made = flow(
        "- {agent: a, creates: a.md}\n- {agent: b, creates: b.md}\n- {agent: c, requires: [a.md, b.md]}\n",
        head="type: fan-out",
    )
    assert needs(made) == {"a-a": (), "b-b": (), "c-work": ("a-a", "b-b")}


def test_a_fan_out_has_one_branch_for_each_agent():
    made = flow(
        """\
        - {agent: lead, creates: plan.md}
        - {agent: a, action: buildSection, requires: plan.md, creates: a.md}
        - {agent: a, action: assemblePage}
        - {agent: b, action: buildSection, requires: plan.md, creates: b.md}
        - {agent: b, action: assemblePage, requires: b.md}
        - {agent: lead, action: publish, requires: [a.md, b.md]}
        - {agent: lead, action: tell}
        """,
        head="type: fan-out",
    )
    assert needs(made) == {
        "lead-plan": (),
        "a-buildSection": ("lead-plan",),
        "a-assemblePage": ("lead-plan", "a-buildSection"),
        "b-buildSection": ("lead-plan",),
        "b-assemblePage": ("lead-plan", "b-buildSection"),
        "lead-publish": ("a-buildSection", "a-assemblePage", "b-buildSection", "b-assemblePage"),
        "lead-tell": ("lead-publish",),
    }
    assert made.extra["acted_on"]["type"] == "type"


def test_a_neighbour_done_at_the_same_time_still_waits_for_what_it_names():
    made = flow(
        "- {step: one, agent: a, parallel: true}\n- {step: two, agent: b, parallel: true, wait_for: [one]}\n"
    )
    assert needs(made) == {"one": (), "two": ("one",)}


def test_an_end_waits_for_everything_that_nobody_waits_for():
    made = flow("- {step: 1, agent: a}\n- {step: 2, agent: b, depends_on: []}\n- {step: workflow_end}\n")
    assert set(needs(made)["workflow_end"]) == {"a-work", "b-work"}


def test_the_cap_of_a_way_back_may_be_called_iterations():
    made = flow("- {step: one, agent: a}\n- {step: two, agent: b, next: one, max_iterations: 2}\n")
    assert step(made, "two").back_to.at_most == 2
    assert "max_iterations" not in step(made, "two").extra


def test_what_is_always_executed_comes_last_whatever_happens():
    made = flow(
        "- {step: one, agent: a}\n- {step: tidy, agent: b, always_execute: true, next: one}\n"
        "- {step: which, routes: {x: {continue: true}, y: {agent: c}}}\n- {step: two, agent: d, wait_for: [tidy]}\n"
        "- {step: report, agent: e, always_execute: true, wait_for: [two]}\n- workflow_end:\n"
    )
    assert (
        [one.id for one in made.steps if one.final]
        == ["tidy", "report"]
        == [one.id for one in made.steps[-2:]]
    )
    assert needs(made)["tidy"] == ()
    assert needs(made)["report"] == ("tidy",)
    assert needs(made)["which"] == ("one",)
    assert "tidy" not in needs(made)["two"]
    assert step(made, "tidy").back_to is None


def test_a_way_to_a_role_leads_to_its_step():
    made = flow("- {agent: sm, creates: a.md}\n- {agent: qa, action: look, next: sm}\n")
    assert made.steps[1].back_to.to == "sm-a"
    assert made.warnings == ()
