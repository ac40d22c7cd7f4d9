from textwrap import dedent

import pytest

from ropewalk.errors import InvalidDefinition
from ropewalk.formats.imported.botarmy import recognises
from ropewalk.formats.loading import load_workflow_text

PROCESS = """\
process_name: My Process
version: 2
roles:
  - {name: Analyst, description: You analyse., stage_involvement: [Analyze]}
  - {name: Quiet}
artifacts: [Project Brief]
stages:
  Analyze:
    description: Look closely
    owner: me
    tasks:
      - {name: Create Brief, role: Analyst, input_artifacts: [Idea], output_artifacts: [Project Brief, out/x.md], odd: 1}
      - {name: Check, role: Quiet, input_artifacts: [Project Brief], condition: "equals:mode,full"}
  Design:
    tasks:
      - {name: Draw, role: Architect, depends_on: [Create Brief], condition: always_true}
      - {name: Paint, role: Architect, condition: "not_empty:colour"}
interactive_config:
  auto_proceed_on_timeout: true
  hitl_checkpoints:
    - {stage: analyze, required: true, timeout_minutes: 5}
    - {stage: Design, required: false}
"""


def steps(text=PROCESS):
    made = load_workflow_text(dedent(text), "p.yaml").workflow
    return made, {step.id: step for step in made.steps}


def test_stages_wait_for_each_other_and_tasks_for_the_one_before():
    made, found = steps()
    assert {name: step.needs for name, step in found.items()} == {
        "create-brief": (),
        "check": ("create-brief",),
        "analyze-checkpoint": ("create-brief", "check"),
        "draw": ("analyze-checkpoint", "create-brief"),
        "paint": ("draw",),
    }
    assert [(phase.id, phase.description) for phase in made.phases] == [
        ("analyze", "Look closely"),
        ("design", ""),
    ]
    assert (made.name, made.version, made.format) == ("my-process", "2", "botarmy")
    assert made.extra["stages"] == {"Analyze": {"owner": "me"}}
    assert made.extra["roles"] == {"Analyst": {"stage_involvement": ["Analyze"]}}


def test_tasks_of_a_stage_run_together_where_the_process_says_so():
    _, found = steps(PROCESS + "workflow_config: {parallel_execution: true}\n")
    assert found["check"].needs == ()
    assert found["paint"].needs == ("analyze-checkpoint",)


def test_artifacts_with_titles_are_labels_and_one_that_nobody_makes_is_from_outside():
    _, found = steps()
    assert [(ref.name, ref.label) for ref in found["create-brief"].creates] == [
        ("Project Brief", True),
        ("out/x.md", False),
    ]
    assert found["create-brief"].requires[0].external
    assert not found["check"].requires[0].external


def test_a_checkpoint_may_answer_itself_in_time():
    _, found = steps()
    ask = found["analyze-checkpoint"].ask
    assert (ask.expires_seconds, ask.default) == (300, "approve")
    _, found = steps(PROCESS.replace("auto_proceed_on_timeout: true", "auto_proceed_on_timeout: false"))
    assert found["analyze-checkpoint"].ask.expires_seconds is None


def test_conditions_and_roles_are_those_of_the_file():
    made, found = steps()
    assert found["check"].when == 'facts.mode == "full"'
    assert found["draw"].when == ""
    assert found["paint"].when.startswith("has(facts.colour)")
    assert made.roles["analyst"].persona == "You analyse."
    assert "architect" in made.roles["architect"].persona
    assert found["create-brief"].extra["odd"] == 1


def test_a_condition_that_is_none_is_a_fault_with_its_place():
    with pytest.raises(InvalidDefinition) as caught:
        steps(PROCESS.replace("always_true", "'what now?'"))
    assert caught.value.faults[0].line == 16


def test_what_depends_on_nothing_there_is_told():
    with pytest.raises(InvalidDefinition) as caught:
        steps("stages:\n  A:\n    tasks:\n      - {name: One, role: r, depends_on: [Two]}\n      - text\n")
    assert [one.what for one in caught.value.faults] == ["there is no task `Two`", "a task is no mapping"]


def test_what_is_a_process():
    assert recognises({"stages": {"A": {"tasks": []}}})
    assert not recognises({"stages": {"A": []}})
    assert not recognises({"stages": []})
    assert not recognises([])
