"""What the demo's script writes is what it says: documents that follow their templates, a program, tests, one fault."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ropewalk.agents.script import RehearsalScript, read_script
from ropewalk.documents.check import check_document
from ropewalk.documents.read import read_template as template
from ropewalk.formats.loading import load_workflow
from ropewalk.formats.locations import library_folder


@pytest.fixture(scope="module")
def script() -> RehearsalScript:
    path = library_folder("demo") / "script.yaml"
    return read_script(path.read_text(encoding="utf-8"), path.name)


def test_every_step_of_the_script_is_a_step_of_the_workflow(script):
    steps = {step.id for step in load_workflow(library_folder() / "sdlc.yaml").workflow.steps}
    assert set(script.steps) <= steps


def test_every_document_follows_its_template_without_a_concern(script):
    for step in load_workflow(library_folder() / "sdlc.yaml").workflow.steps:
        if step.template:
            path = step.creates[0].name
            found = template(
                (library_folder("templates") / f"{step.template}.yaml").read_text(encoding="utf-8")
            )
            for act in script.steps[step.id]:
                assert check_document(found, act.write[path], step.role) == [], path
                assert "> Rehearsed:" in act.write[path]


@pytest.mark.parametrize(("rounds", "code"), [(1, 1), (2, 0)])
def test_the_first_program_has_a_fault_and_the_second_has_none(script, tmp_path, rounds, code):
    acts = [*script.steps["implement"], *script.steps["tests"], *script.steps["assemble"][:rounds]]
    for act in acts:
        for name, text in act.write.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-B", "-m", "unittest", "discover", "-s", "tests"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Ran 5 tests" in done.stderr
    assert ("test_fr3_done_marks" in done.stderr) == bool(code)
