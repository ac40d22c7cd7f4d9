"""ropewalk's own programs of the workloads run and report what the workload shows, on a few steps each.

`make bench` is not part of the gate; without this a renamed parameter would be found months later, as a row without a figure.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.environment import OURS, clean
from benchmarks.workload import PROGRAMS, Measurement
from benchmarks.workloads import WORKLOADS
from tests.architecture.tree import ROOT

FEW = {"growth": 100, "memory": 50, "worktrees": 50}
"""How many of it; of all others 2. `growth` names its figures by the number."""

OWN = {
    (one.program, one.does): one
    for workload in WORKLOADS
    for one in workload.measurements
    if PROGRAMS[one.program].environment in OURS
}


@pytest.mark.parametrize("one", OWN.values(), ids=lambda one: f"{one.program} {one.does}")
def test_every_program_of_our_own_reports_figures(one: Measurement, tmp_path: Path) -> None:
    program = PROGRAMS[one.program]
    if program.environment == "doors":
        pytest.importorskip("websockets", reason="the page's packages are missing; make .venv/.test")
    script = ROOT / "benchmarks" / "peers" / program.script
    argv = [sys.executable, str(script), one.does, str(FEW.get(one.does, 2)), str(tmp_path), program.variant]
    told = subprocess.run(
        argv, check=False, cwd=tmp_path, env=clean(), capture_output=True, text=True, timeout=240
    )
    assert told.returncode == 0, told.stderr
    report = json.loads(told.stdout.splitlines()[-1])
    assert report["peak_mib"] > 0
    assert any(isinstance(value, float) and value > 0 for value in report.values())
