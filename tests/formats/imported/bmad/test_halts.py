import pytest

from tests.formats.imported.bmad.flow import flow, needs, only, step


def test_people_decide_where_the_file_says_user_or_halt():
    made = flow("- {agent: user, step: intake, notes: Tell us}\n- {manual_halt_1: null, notes: Look}\n")
    assert made.steps[0].ask.prompt == "intake?\n\nTell us"
    assert made.steps[1].kind == "ask"
    assert made.steps[1].needs == ("intake",)


def test_a_gate_with_a_text_asks_in_any_case():
    made = flow(
        "- {agent: a}\n- {go_gate: advice_is_positive}\n- {go_no_go: The board decides}\n- {agent: b}\n"
    )
    assert [one.kind for one in made.steps] == ["role", "ask", "ask", "role"]
    assert (made.steps[1].when, made.steps[1].ask.on_reject) == ("", "fail")
    assert made.steps[1].ask.prompt == "go gate: advice is positive?"
    assert "The board decides" in made.steps[2].ask.prompt


def test_a_decision_with_its_ways_inside_is_asked():
    made = flow("- {step: q, decision: {go: bid_work, stop: end}}\n- {step: bid_work, agent: pm}\n")
    assert [(route.name, route.end) for route in step(made, "q").decision.routes] == [
        ("go", False),
        ("stop", True),
    ]


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


def routes(made, name):
    return {route.name: (route.to, route.end) for route in step(made, name).decision.routes}


def test_the_work_of_a_checkpoint_is_done_and_then_a_person_decides():
    made = flow(
        """\
        - {agent: pm, task: write-prd, creates: prd.md, human_checkpoint: true, checkpoint_type: GO_NO-GO_DECISION}
        - {agent: dev, action: build, human_checkpoint: true}
        - {agent: dev, action: ship}
        """
    )
    work = step(made, "pm-prd")
    assert (work.kind, work.role, [ref.name for ref in work.creates]) == ("role", "pm", ["docs/prd.md"])
    assert routes(made, "pm-prd-checkpoint") == {"GO": (("dev-build",), False), "NO-GO": ((), True)}
    assert step(made, "pm-prd-checkpoint").creates == ()
    assert step(made, "dev-build-checkpoint").ask.on_reject == "fail"
    assert needs(made) == {
        "pm-prd": (),
        "pm-prd-checkpoint": ("pm-prd",),
        "dev-build": ("pm-prd-checkpoint",),
        "dev-build-checkpoint": ("dev-build",),
        "dev-ship": ("dev-build-checkpoint",),
    }


def test_a_checkpoint_of_work_that_is_skipped_is_skipped_too_and_shows_what_was_made():
    made = flow(
        "- {agent: pm, creates: prd.md, human_checkpoint: true, condition: user_wants_prd, checkpoint_type: PRODUCTION_APPROVAL}\n"
    )
    assert [one.when for one in made.steps] == ["facts.user_wants_prd"] * 2
    assert made.steps[1].ask.show == ("docs/prd.md",)
    assert made.steps[1].extra["item"]["keys"] == {"human_checkpoint": "ask", "checkpoint_type": "ask"}


def test_a_checkpoint_without_work_of_its_own_only_asks():
    made = only("- {agent: pm, action: human_checkpoint, step: go}")
    assert (made.id, made.kind) == ("go", "ask")


def test_choices_to_change_something_go_back_to_where_it_was_made():
    made = flow(
        """\
        - {agent: pm, creates: prd.md}
        - {agent: architect, creates: architecture.md}
        - step: look
          action: human_checkpoint
          options: [{CONTINUE: on}, {ADJUST_PRD: x}, {ADJUST_ARCH: y}, {REVISE: z}, {PAUSE: wait}, {RETHINK: odd}]
        - {agent: dev, action: build}
        """
    )
    assert {one.id: one.back_to.to for one in made.steps if one.back_to} == {
        "look-ADJUST_PRD-again": "pm-prd",
        "look-ADJUST_ARCH-again": "architect-architecture",
        "look-REVISE-again": "architect-architecture",
    }
    assert step(made, "look-PAUSE-asked").kind == "ask"
    assert routes(made, "look")["CONTINUE"] == (("dev-build",), False)
    assert "the choice `RETHINK` only goes on" in made.warnings[0]
    assert len(made.warnings) == 1


def test_choices_that_all_go_on_are_told_unless_a_condition_reads_the_answer():
    asked = "- {step: pick, human_checkpoint: true, options: [POSTGRES, SQLITE]}\n"
    assert "every choice of this question goes on" in flow(asked + "- {agent: a}\n").warnings[0]
    made = flow(asked + "- {agent: a, condition: postgres_selected}\n")
    assert made.warnings == ()
    assert made.steps[1].when == 'facts.pick_choice == "POSTGRES"'


def test_what_a_gate_demands_is_asked_of_a_person_and_not_the_condition_of_asking():
    made = flow(
        """\
        - {agent: analyst, action: advise}
        - {bid_go_gate: null, condition: advice_is_positive, notes: stops here if negative}
        - {agent: pm, creates: bid.md}
        """
    )
    gate = step(made, "bid_go_gate")
    assert (gate.kind, gate.when, gate.ask.on_reject) == ("ask", "", "fail")
    assert "Demanded: advice is positive." in gate.ask.prompt
    assert gate.extra["item"]["keys"]["condition"] == "ask"


@pytest.mark.parametrize(
    ("name", "condition", "when"),
    [
        ("conditional_halt", "advice_is_positive", "facts.advice_is_positive"),
        ("review_gate", "issues_found", "facts.issues_found"),
        ("review_gate", "user_wants_review", "facts.user_wants_review"),
    ],
)
def test_other_halts_ask_only_if_their_condition_holds(name, condition, when):
    made = flow(f"- {{agent: a}}\n- {{{name}: null, condition: {condition}}}\n")
    assert step(made, name).when == when


def test_a_checkpoint_with_ways_and_a_person_are_not_decided_by_the_role():
    made = flow(
        "- {step: pay, agent: pm, task: x, human_checkpoint: true, decisions: {GO: {trigger: proceed}, ABORT: {action: end}}}\n- {agent: b}\n"
    )
    assert step(made, "pay-checkpoint").decision.by == "person"
    assert step(made, "pay").kind == "role"


def test_a_decision_with_outcomes_is_a_persons():
    made = flow("- {decision_point: is_it_good, outcomes: {good: go on, bad: stop}}\n- {agent: dev}\n")
    assert (made.steps[0].id, made.steps[0].decision.by) == ("is_it_good", "person")
    assert [(route.name, route.end) for route in made.steps[0].decision.routes] == [
        ("good", False),
        ("bad", True),
    ]
