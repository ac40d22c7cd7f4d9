"""What a run's recap tells, of whatever workflow: phases, bars, what came back, what was joined, what failed."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.cli.recap import recap
from ropewalk.cli.screen import Screen
from ropewalk.core.work import Options
from ropewalk.definition.workflow import Workflow
from ropewalk.formats.loading import load_workflow_text


async def told(folder: Path, text: str, **how: Any) -> str:
    """Drive a workflow to its rest and recap it."""
    async with open_ropewalk(folder) as ropewalk:
        workflow: Workflow = load_workflow_text(text, name="flow").workflow
        run = await ropewalk.start(workflow, options=Options(**how))
        state = await ropewalk.drive(run)
        records = await ropewalk.store.read(run)
        out = io.StringIO()
        screen = Screen(out=out)
        recap(screen, state, [(one.at, one.event) for one in records])
        return out.getvalue()


async def test_steps_stand_under_their_phases_with_what_came_of_them(tmp_path):
    said = await told(
        tmp_path,
        """
        phases: [{id: p, title: Plan}, build]
        steps:
        - {id: loose, run: 'true'}
        - {id: pick, phase: p, decide: {routes: {go: {when: 'true', to: made}, stop: {end: true}}}}
        - {id: made, phase: build, run: 'echo 1 | tee a b c', creates: [a, b]}
        - {id: each, phase: build, foreach: [x, y], run: 'true'}
        - {id: not-now, phase: build, when: 'false', run: 'true'}
        finally:
        - {id: last, run: 'true'}
        """,
    )
    lines = [" ".join(line.replace("█", "").split()) for line in said.splitlines()]
    assert lines[1:12] == [
        "What happened",
        *("Without a phase", "loose"),
        *("Plan", "pick decided: go"),
        *("build", "made made a (+2)", "each 2 at once: x, y", "not-now skipped: `false` is false"),
        *("At the end", "last"),
    ]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


@pytest.mark.needs("git")
async def test_what_came_back_is_told_with_its_reason_and_its_end(repository):
    said = await told(
        repository,
        """
        steps:
        - {id: write, run: echo "$ROPEWALK_ROUND" > a, creates: a}
        - {id: check, requires: a, gate: {id: two, run: 'cat a; grep -q 2 a'}, back_to: write}
        """,
    )
    assert "Sent back: check to write, because gate two failed\n    1\n" in said
    assert "  write did it again with this in hand; two: PASS in round 2." in said
    assert "two FAIL, then PASS" in said
    assert "your checkout are as before" in said


async def test_a_loop_that_no_gate_closes_needs_no_verdict(tmp_path):
    said = await told(
        tmp_path,
        """
        steps:
        - {id: count, run: 'true'}
        - {id: enough, needs: count, run: 'true', back_to: {to: count, when: run.round < 2}}
        """,
    )
    assert "Sent back: enough to count, because `run.round < 2` holds" in said
    assert "did it again" not in said


async def test_concerns_failures_and_rehearsals_are_said(tmp_path):
    said = await told(
        tmp_path,
        """
        roles: {r: {}}
        steps:
        - {id: look, gate: {verdict: {role: r, criteria: Good.}}}
        - {id: break, run: echo why >&2; exit 3, needs: look}
        """,
        rehearse="steps: {look: {verdict: {verdict: CONCERNS, findings: [Somebody should know.]}}}",
    )
    assert "What happened  (rehearsed)" in said
    assert "Concerns: look, verdict: Somebody should know." in said
    assert "Failed: break: exit code 3: why (permanent)" in said
    assert "▓ failed" in said


async def test_a_run_in_which_nothing_began_is_told_too(tmp_path):
    said = await told(tmp_path, "steps: [{id: a, when: 'false', run: x}]")
    assert "skipped: `false` is false" in said
    assert "Made: 0 files" in said


@pytest.mark.needs("git")
async def test_files_that_were_written_at_once_are_told_together(tmp_path):
    said = await told(
        tmp_path,
        """
        steps:
        - {id: lay-out, run: 'printf "# A\\n\\n# B\\n" > page.md', creates: page.md}
        - {id: first, run: 'sleep 0.3; sed -i.old "s/# A/# A\\n\\none/" page.md; rm page.md.old', updates: page.md}
        - {id: second, run: 'sleep 0.3; sed -i.old "s/# B/# B\\n\\ntwo/" page.md; rm page.md.old', updates: page.md}
        """,
    )
    assert "Merged: first and second wrote to page.md at the same time" in said
    assert "Note: " in said
