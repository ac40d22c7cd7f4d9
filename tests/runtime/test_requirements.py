"""A step whose required file is not there fails before anybody is asked to do it, and says what would make the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.definition.workflow import Ref
from ropewalk.formats.loading import load_workflow_text
from ropewalk.runtime.assignment import Assignment
from ropewalk.runtime.requirements import lacking
from ropewalk.testing.briefs import brief
from ropewalk.workspace.port import AttemptId, Base


def said(folder: Path, *requires: Ref, root: str = "", makers: dict[str, str] | None = None) -> str:
    assignment = Assignment(
        brief("run", requires=requires), AttemptId("r", "a", 1, 1), Base(root=root), makers=makers or {}
    )
    failure = lacking(assignment, folder)
    assert failure is None or failure.kind == "permanent"
    return failure.message if failure else ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder/docs").mkdir(parents=True)
    (tmp_path / "folder/docs/a.md").write_text("x")
    return tmp_path / "folder"


@pytest.mark.parametrize(
    "ref",
    [
        Ref("docs/a.md"),
        Ref("docs/"),
        Ref("docs/*.md"),
        Ref("b.md", any_of=("b.md", "docs/a.md")),
        Ref("b.md", soft=True),
        Ref("all", aggregate=True),
        Ref("a thing", label=True),
        Ref("{{ item }}.md"),
    ],
)
def test_what_is_there_or_may_be_absent_or_cannot_be_looked_for_is_fine(folder: Path, ref: Ref):
    assert said(folder, ref) == ""


def test_what_is_not_there_is_told_with_what_would_make_it(folder: Path, tmp_path: Path):
    (tmp_path / "c.md").write_text("only in the checkout")
    message = said(
        folder,
        Ref("b.md"),
        Ref("c.md"),
        Ref("d.md", external=True),
        Ref("../x"),
        root=str(tmp_path),
        makers={"b.md": "`plan` creates it, which is skipped"},
    )
    assert "`b.md`, which it requires, is not there: `plan` creates it, which is skipped" in message
    assert f"`c.md`, which it requires, lies in {tmp_path} but is not under version control" in message
    assert "`d.md`, which it requires, is not there, and no step creates it" in message
    assert "`../x`, which it requires, is not there" in message


@pytest.mark.parametrize(("kind", "missed"), [("role", False), ("decide", False), ("run", True)])
def test_who_rehearses_misses_only_what_a_step_was_to_make(folder: Path, kind: str, missed: bool):
    asked = brief(kind, requires=(Ref("b.md"),), rehearse="")
    made = {"b.md": "`plan` creates it, which is skipped"}
    for makers, lacks in (({}, missed), (made, True)):
        assignment = Assignment(asked, AttemptId("r", "a", 1, 1), Base(root=""), makers=makers)
        assert (lacking(assignment, folder) is not None) == lacks


@pytest.mark.needs("git")
async def test_an_agent_is_not_asked_for_a_step_whose_file_is_not_there(tmp_path: Path):
    (tmp_path / "ropewalk.toml").write_text(f'[agents.paid]\nargv = ["touch", "{tmp_path}/paid"]\n')
    text = (
        "roles: {r: paid}\nsteps:\n- {id: plan, run: x, creates: ./p.md, when: 'inputs.go'}\n"
        "- {id: work, role: r, prompt: x, requires: p.md}\n"
    )
    workflow = load_workflow_text(
        f"name: w\ninputs: {{go: {{type: boolean, default: false}}}}\n{text}"
    ).workflow
    async with open_ropewalk(tmp_path) as ropewalk:
        state = await ropewalk.drive(await ropewalk.start(workflow))
    failure = state.steps["work"].failure
    assert failure is not None
    assert "`p.md`, which it requires, is not there: `plan` creates it, which is skipped" in failure.message
    assert not (tmp_path / "paid").exists()
