"""A run in a repository gets its last step: it waits for all that writes, judges by the run's gates, and lands only where it
was said to."""

from __future__ import annotations

import pytest

from ropewalk.app.merging import MERGE, with_merge, with_protected
from ropewalk.definition.workflow import Gate, Step, Workflow

GATE = Gate("command", {"run": "make test"})


def flow(*steps: Step, **fields: object) -> Workflow:
    return Workflow("w", steps, **fields)  # type: ignore[arg-type]


RUN = Step("a", "run")


def last(workflow: Workflow) -> Step:
    return workflow.steps[-1]


def test_the_last_step_needs_all_main_steps_and_judges_by_the_gates_of_the_run():
    made = with_merge(flow(RUN, Step("b", "role"), Step("end", "run", final=True), gates=(GATE,)), "main")
    step = last(made)
    assert (step.id, step.kind, step.internal, step.workspace) == (MERGE, "merge", True, "read")
    assert (step.needs, step.gates) == (("a", "b"), (GATE,))
    assert [one.id for one in made.steps] == ["a", "b", "end", MERGE]


@pytest.mark.parametrize("kind", ["noop", "ask", "decide"])
def test_where_no_step_has_a_folder_nothing_is_merged(kind: str):
    workflow = flow(Step("a", kind))
    assert with_merge(workflow, "main") is workflow


@pytest.mark.parametrize(
    ("land", "target", "called", "args"),
    [
        ("merge", "main", False, {"land": "main", "follow": True}),
        ("merge", "", False, {}),
        ("branch", "main", False, {}),
        ("merge", "main", True, {"called": True}),
    ],
)
def test_it_lands_only_where_the_workflow_says_so_and_never_in_a_called_run(
    land: str, target: str, called: bool, args: dict[str, object]
):
    assert last(with_merge(flow(RUN, land=land), target, called)).args == args


def test_what_judges_the_result_of_confined_work_is_confined():
    assert last(with_merge(flow(RUN), "main", confined=True)).confine == "worktree"
    assert last(with_merge(flow(RUN), "main")).confine == ""


def test_what_the_project_protects_is_kept_with_the_run_and_said_once():
    workflow = flow(RUN, protect=("a/**",))
    assert with_protected(workflow, ["a/**", "b"]).protect == ("a/**", "b")
    assert with_protected(workflow, ["a/**"]) is workflow
