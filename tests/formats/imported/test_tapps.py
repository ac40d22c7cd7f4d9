from textwrap import dedent

import pytest

from ropewalk.definition.check import check_workflow
from ropewalk.definition.order import needs_of
from ropewalk.errors import InvalidDefinition
from ropewalk.formats.imported.tapps import recognises
from ropewalk.formats.loading import load_workflow_text

SDLC = """\
workflow:
  id: sdlc
  name: All of it
  version: 1.0
  settings: {loopback: {max_attempts: 2}, max_parallel_agents: 3}
  steps:
    - {id: plan, agent: planner, action: plan, context_tier: 1, creates: [plan.md], requires: [], condition: required, next: build}
    - {id: build, agent: implementer, requires: [plan.md], creates: [src/], next: review, metadata: {retry: 2, instruction: Be quick, odd: x}}
    - id: review
      agent: reviewer
      requires: [src/]
      scoring: {enabled: true, thresholds: {overall_min: 70, security_min: 7.5}}
      gate: {condition: scoring.passed == true, on_pass: docs, on_fail: build}
      next: docs
      consults: [expert-*]
    - {id: docs, agent: writer, requires: [src/], creates: [docs/], condition: optional, next: complete}
    - {id: complete, agent: orchestrator, action: finalize}
"""


def read(text):
    return load_workflow_text(dedent(text), "t.yaml").workflow


def by_id(made):
    return {step.id: step for step in made.steps}


def test_the_chain_is_the_order_and_a_failed_gate_sends_back():
    made = read(SDLC)
    steps, waits = by_id(made), needs_of(made)
    assert waits == {
        "plan": (),
        "build": ("plan",),
        "review": ("build",),
        "docs": ("build", "review"),
        "complete": ("docs",),
    }
    assert (steps["review"].back_to.to, steps["review"].back_to.when, steps["review"].back_to.at_most) == (
        "build",
        "",
        2,
    )
    assert [gate.args["scale"] for gate in steps["review"].gates] == [100, 10]
    assert steps["review"].output["required"] == ["overall", "security"]
    assert "Consult: expert-*" in steps["review"].notes
    assert steps["build"].retry.attempts == 3
    assert "Be quick" in steps["build"].notes
    assert steps["docs"].optional
    assert steps["complete"].kind == "noop"
    assert (made.limits.parallel, made.format, made.version) == (3, "tapps", "1.0")
    assert steps["plan"].extra["context_tier"] == 1


def test_three_roots_run_at_the_same_time_and_meet_by_their_files():
    made = read(
        """\
        id: multi
        steps:
          - {id: a, agent: x, requires: [], creates: [a/]}
          - {id: b, agent: x, requires: [], creates: [b/]}
          - {id: c, agent: r, requires: [a/], creates: [a.json]}
          - {id: d, agent: orchestrator, requires: [a.json, b/], creates: [all.json]}
        """
    )
    assert needs_of(made) == {"a": (), "b": (), "c": ("a",), "d": ("b", "c")}
    assert by_id(made)["d"].kind == "role"


def test_repairs_are_reached_only_by_failing():
    made = read(
        """\
        workflow:
          id: full
          steps:
            - {id: build, agent: i, creates: [src/], next: review}
            - id: review
              agent: r
              gate: {condition: coverage >= 80, on_pass: test, on_fail: improve}
            - {id: improve, agent: i, next: test}
            - {id: test, agent: t, gate: {condition: tests.passed == true, on_pass: done, on_fail: fix}}
            - {id: fix, agent: i, next: test}
            - {id: done, agent: orchestrator}
        """
    )
    steps = by_id(made)
    routes = {route.name: (route.when, route.to) for route in steps["review-gate"].decision.routes}
    assert routes == {"pass": ("outputs.review.coverage >= 80", ("test",)), "fail": ("", ("test", "improve"))}
    assert steps["test"].needs == ("review-gate", "improve")
    assert steps["fix"].back_to.to == "test"
    assert steps["review"].gates == ()
    assert check_workflow(made) == []


def test_parallel_tasks_come_first_and_are_waited_for_by_name():
    made = read(
        """\
        workflow:
          id: p
          parallel_tasks:
            - {agent_id: one, agent: x, command: go, target: src, worktree: w}
            - {agent_id: two, agent: y, depends_on: [one]}
          steps:
            - {id: sum, agent: z, requires: [parallel_tasks]}
            - {id: end, agent: orchestrator}
        """
    )
    waits = needs_of(made)
    assert waits == {"one": (), "two": ("one",), "sum": ("one", "two"), "end": ("sum",)}
    assert by_id(made)["one"].group == "parallel_tasks"
    assert by_id(made)["one"].extra["worktree"] == "w"


def test_steps_after_parallel_tasks_that_say_nothing_wait_for_them():
    made = read(
        "workflow:\n  id: p\n  parallel_tasks: [{agent_id: one, agent: x}]\n  steps: [{id: sum, agent: z, creates: [a.md]}]\n"
    )
    assert needs_of(made)["sum"] == ("one",)


def test_a_last_step_that_says_nothing_waits_for_all():
    made = read(
        "id: m\nsteps: [{id: a, agent: x, action: b}, {id: b, agent: x, requires: []}, {id: c, agent: orchestrator, action: finish}]\n"
    )
    assert needs_of(made)["c"] == ("a", "b")


def test_a_condition_in_words_is_kept_and_asked_of_a_person():
    made = read(
        "workflow:\n  id: x\n  steps:\n    - {id: a, agent: b, next: c}\n    - {id: c, agent: d, condition: user_wants_it}\n"
    )
    assert by_id(made)["c"].when == "facts.user_wants_it"
    assert "user_wants_it" in made.facts
    assert by_id(made)["c"].extra["item"]["keys"]["condition"] == "when"


def test_gates_that_are_switched_off_are_none():
    made = read(SDLC.replace("settings: {", "settings: {quality_gates: false, "))
    assert by_id(made)["review"].gates == ()


def test_what_leads_nowhere_and_what_is_no_step_is_told_with_places():
    with pytest.raises(InvalidDefinition) as caught:
        read(
            "workflow:\n  id: x\n  steps:\n    - {id: a, agent: b, next: nowhere}\n    - text\n    - {id: c, agent: d, gate: {on_fail: no, on_pass: end}}\n"
        )
    assert [(one.line, one.what) for one in caught.value.faults] == [
        (4, "there is no step `nowhere`"), (5, "a step is no mapping"), (6, "there is no step `no`"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        ({"workflow": {"steps": [{"agent": "a", "id": "x"}]}}, True),
        ({"workflow": {"steps": [{"agent": "a", "next": "x"}]}}, True),
        ({"workflow": {"steps": [{"agent": "a", "step": "x"}]}}, False),
        ({"workflow": {"parallel_tasks": [{"agent": "a"}]}}, True),
        ({"steps": [{"id": "a", "agent": "b", "next": "c"}]}, True),
        ({"steps": [{"id": "a", "agent": "b"}]}, False),
        ({"steps": [{"id": "a", "run": "b"}]}, False),
        ({"workflow": {"steps": [{"run": "b"}]}}, False),
        ({"workflow": {"sequence": [{}], "steps": [{"agent": "a"}]}}, False),
        ([], False),
    ],
)
def test_what_is_a_tapps_file(data, is_one):
    assert recognises(data) is is_one
