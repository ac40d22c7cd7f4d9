from tests.formats.imported.bmad.flow import flow, only


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


def test_what_only_announces_a_cycle_closes_none():
    made = flow("- {step: development_cycle_start, notes: n}\n- {agent: dev, creates: code.md}\n")
    assert made.warnings == ()
    assert made.steps[0].kind == "noop"
