from tests.formats.imported.bmad.flow import flow, only, step


def test_guidance_is_a_message_and_no_work():
    made = only(
        "- {project_setup_guidance: null, action: guide_project_structure, condition: user_has_ui, notes: n}"
    )
    assert (made.kind, made.when, made.notes) == ("noop", "facts.user_has_ui", ("n",))
    assert made.title == "project setup guidance: guide project structure"


def test_headers_open_phases_and_numbers_get_titles():
    made = flow(
        """\
        - {phase: 1, name: Begin, description: first}
        - {agent: a}
        - {phase: 4.5, agent: b}
        - {agent: c, phase: 1-3, phase_name: Between}
        - {agent: d, phase: 2}
        """,
        head="phases: [{phase_2: Second one}]",
    )
    assert [(one.phase, one.kind) for one in made.steps][:3] == [
        ("1", "noop"),
        ("1", "role"),
        ("4.5", "role"),
    ]
    assert {phase.id: phase.title for phase in made.phases} == {
        "1": "Begin",
        "4.5": "Phase 4.5",
        "1-3": "Between",
        "2": "Second one",
    }


def test_an_import_that_is_not_there_is_told_and_passed_over():
    made = flow("- {import: modules/x.yaml, optional: true}\n- {agent: a}\n")
    assert made.steps[0].kind == "noop"
    assert "modules/x.yaml" in made.steps[0].title
    assert "is not there" in made.warnings[0]


def test_people_decide_where_the_file_says_user_or_halt():
    made = flow("- {agent: user, step: intake, notes: Tell us}\n- {manual_halt_1: null, notes: Look}\n")
    assert made.steps[0].ask.prompt == "intake?\n\nTell us"
    assert made.steps[1].kind == "ask"
    assert made.steps[1].needs == ("intake",)


def test_options_in_any_form_are_choices():
    for options in (
        "[{A: first}, {B: second}]",
        "['A: first', 'B: second']",
        "{A: first, B: second}",
        "[{id: A, label: first}, {value: B, text: second}]",
    ):
        asked = only(f"- {{step: pick, human_checkpoint: true, checkpoint_type: GO_NO, options: {options}}}")
        assert [(one.id, one.title) for one in asked.ask.choices] == [("A", "first"), ("B", "second")]
        assert asked.ask.fact == "pick_choice"
        assert "(go no)" in asked.ask.prompt


def test_options_that_stop_are_ways():
    made = flow(
        "- {step: pick, human_checkpoint: true, options: [{CONTINUE: go}, {ABORT: stop}]}\n- {agent: a}\n"
    )
    assert [(route.name, route.end, route.title) for route in step(made, "pick").decision.routes] == [
        ("CONTINUE", False, "go"),
        ("ABORT", True, "stop"),
    ]


def test_decisions_are_ways_of_a_checkpoint():
    made = flow(
        "- {agent: a}\n- {bid_decision_gate: null, decisions: {GO: {trigger: proceed}, NO: {next_phase: end}}}\n- {agent: b}\n"
    )
    assert [route.name for route in step(made, "bid_decision_gate").decision.routes] == ["GO", "NO"]


def test_a_decision_with_outcomes_is_a_persons():
    made = flow("- {decision_point: is_it_good, outcomes: {good: go on, bad: stop}}\n- {agent: dev}\n")
    assert (made.steps[0].id, made.steps[0].decision.by) == ("is_it_good", "person")
    assert [(route.name, route.end) for route in made.steps[0].decision.routes] == [
        ("good", False),
        ("bad", True),
    ]


def test_what_only_announces_a_cycle_closes_none():
    made = flow("- {step: development_cycle_start, notes: n}\n- {agent: dev, creates: code.md}\n")
    assert made.warnings == ()
    assert made.steps[0].kind == "noop"
