"""What keys do that no other test shows; `tests/architecture/effects.py` says for each key which test shows it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.core import commands as c
from ropewalk.core.state import State
from ropewalk.preview.lines import plan_as_lines
from ropewalk.preview.plan import plan_workflow
from ropewalk.testing.given import done, given
from tests.formats.told import told, workflow

GO = c.Advance()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for argv in (
        ["init", "-q", "-b", "main"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x", "--allow-empty"],
    ):
        subprocess.run(["git", *argv], cwd=tmp_path, check=True)
    return tmp_path


async def driven(folder: Path, text: str) -> State:
    ropewalk = open_ropewalk(folder)
    state = await ropewalk.drive(await ropewalk.start(workflow(text)))
    await ropewalk.close()
    return state


def test_a_file_of_another_version_of_the_format_is_refused():
    assert told("ropewalk: 1\nsteps: [{id: a, run: x}]") == []
    (fault,) = told("ropewalk: 2\nsteps: [{id: a, run: x}]")
    assert "`ropewalk` takes `1`" in fault


def test_what_describes_a_workflow_stands_in_its_plan():
    text = (
        "name: ship\nversion: 2.1\ndescription: Ships it.\nextra: {owner: ann}\n"
        "inputs: {who: {description: for whom}}\n"
        "phases: [{id: one, title: First, description: what comes first}]\n"
        "steps: [{id: a, run: x, phase: one, extra: {ticket: 7}}]"
    )
    plan = plan_workflow(workflow(text))
    lines = plan_as_lines(plan)
    assert lines[:4] == [
        "ship 2.1: Ships it.",
        "  input who (string: for whom)",
        "",
        "First: what comes first",
    ]
    assert lines[-1] == "  owner"
    assert plan.rows[0].kept == {"ticket": 7}


def test_more_items_than_the_limit_are_refused():
    text = "limits: {items: 2}\nsteps: [{id: a, foreach: [1, 2, 3], run: x}]"
    failure = given(workflow(text)).after(GO).step("a").failure
    assert failure is not None
    assert "foreach has 3 items, and limits.items allows 2" in failure.message


def test_no_more_items_are_worked_on_at_once_than_the_list_says():
    run = given(workflow("steps: [{id: a, foreach: {in: [1, 2, 3], at_most: 2}, run: x}]")).after(GO)
    assert list(run.state.running) == ["a[1]", "a[2]"]
    assert list(run.after(done("a[1]"), GO).state.running) == ["a[2]", "a[3]"]


def test_a_choice_is_shown_by_its_title():
    run = given(workflow("steps: [{id: a, ask: {choices: [{id: l, title: Left}, r]}}]")).after(GO)
    assert (run.state.asks["a1"].choices, run.state.asks["a1"].titles) == (("l", "r"), ("Left", ""))


@pytest.mark.needs("git")
async def test_a_step_says_how_its_own_changes_are_joined(project: Path):
    both = "steps: [{id: a, run: echo a > f}, {id: b, run: echo b > f}, {id: c, run: cat f, needs: [a, b]%s}]"
    state = await driven(project, both % "")
    assert state.steps["c"].status == "waiting"
    both = both.replace("{id: b, run: echo b > f}", "{id: b, run: echo b > f, merge: {f: theirs}}")
    state = await driven(project, both % "")
    assert state.outputs["c"]["stdout"] == "b"


@pytest.mark.needs("git")
@pytest.mark.parametrize(("kind", "there", "kept"), [("own", "f", "f"), ("read", "f", ""), ("none", "f", "")])
async def test_a_step_writes_where_its_workspace_says(project: Path, kind: str, there: str, kept: str):
    text = f"steps: [{{id: a, run: echo 1 > f; ls, workspace: {kind}}}, {{id: b, run: ls, needs: a}}]"
    state = await driven(project, text)
    assert (state.outputs["a"]["stdout"], state.outputs["b"]["stdout"]) == (there, kept)


@pytest.mark.needs("git")
async def test_a_called_workflow_is_given_its_inputs(project: Path):
    called = project / "called.yaml"
    called.write_text(
        "inputs: {who: string}\noutputs: {said: outputs.a.stdout}\nsteps: [{id: a, run: [echo, '{{ inputs.who }}']}]"
    )
    state = await driven(project, "steps: [{id: c, call: {workflow: called.yaml, inputs: {who: ann}}}]")
    assert state.outputs["c"]["said"] == "ann"
