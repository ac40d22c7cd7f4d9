"""Gates of a step that begins in a folder: its judges count from there."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.definition.workflow import Gate, Input
from tests.runtime.test_judging import commit, drive, project, script, write

__all__ = ["project"]
pytestmark = pytest.mark.needs("git")


@pytest.mark.parametrize("folder", ["deep", "{{ inputs.where }}"])
async def test_a_judge_in_the_folder_of_the_step_is_as_at_the_base(project: Path, folder: str):
    write(project, {"deep/check.sh": "#!/bin/sh\ngrep -q good ../result.txt\n"})
    commit(project)
    gate = Gate("command", {"script": "./check.sh"})
    step = script("work", "echo true > check.sh", gates=(gate,), folder=folder)
    state = await drive(project, step, inputs={"where": Input(default="deep")})
    assert state.steps["work"].verdicts[-1].verdict == "FAIL"
