import pytest

from tests.formats.imported.bmad.flow import flow, only


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ("{phase: 1, name: BUILD, owner: dev}", "owner: dev"),
        ("{step: think, intent: find out}", "intent: find out"),
        ("{step: think, metadata: {agent: pm}}", "metadata.agent: pm"),
        ("{step_name: tool, command: make it}", "command: make it"),
    ],
)
def test_an_item_that_nobody_does_is_told(item, named):
    made = flow(f"- {item}\n- {{agent: a}}\n")
    assert made.warnings == (
        f"line 5: nobody does this item: `{named}` names no `agent`; it is only a message",
    )


@pytest.mark.parametrize(
    "item",
    ["{step: check_docs, condition: docs_missing}", "{step: check, notes: Look at it}", "{step_name: build}"],
)
def test_a_step_without_an_agent_is_told(item):
    assert flow(f"- {item}\n- {{agent: a}}\n").warnings[-1] == (
        "line 5: nobody does this item: it names no `agent`; it is only a message"
    )


@pytest.mark.parametrize(
    "item",
    [
        "{step: project_setup_guidance, condition: user_has_generated_ui}",
        "{step: development_cycle_start, notes: n}",
        "{meta: guidance, notes: n}",
        "{phase: 1, name: BUILD}",
    ],
)
def test_what_only_guides_is_not_told(item):
    assert flow(f"- {item}\n- {{agent: a}}\n").warnings == ()


def test_a_decision_whose_ways_are_lost_is_told():
    made = flow("- {step: q, decision_point: {condition: x, if_true: a, if_false: b}}\n")
    assert (
        "line 5: nothing acts on `if_true`: it is kept and told to the one who does the work" in made.warnings
    )


def test_a_list_of_agents_does_its_item():
    made = only("- {step: both, agents: [pm, architect]}\n")
    assert (made.kind, made.role) == ("role", "pm")
    assert "architect" in made.prompt


def test_a_key_that_should_steer_and_is_only_kept_is_told():
    made = flow("- {agent: a, on_timeout: escalate, duration: 2h, on_success: {log: well}}\n")
    assert made.warnings == (
        "line 5: nothing acts on `on_timeout`: it is kept and told to the one who does the work",
    )


def test_a_key_that_is_acted_on_is_not_told():
    made = flow("- {step: one, agent: a, timeout: 30m, max_attempts: 2}\n- {agent: b, depends_on: [one]}\n")
    assert made.warnings == ()


def test_what_steers_next_to_the_sequence_is_told_in_one_line():
    head = "guards: {a: b}\nstate_machine: {x: y}\nbest_practices: [z]"
    assert flow("- {agent: a}\n", head).warnings == (
        "nothing acts on `guards`, `state_machine` of the workflow: kept and shown",
    )
