"""Engines, fork servers and keepers that are killed at random moments, in every combination: no process outlives them."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.house.tree import ROOT

pytestmark = pytest.mark.needs("linux")

TRIALS = int(os.environ.get("WEFT_SOAK", "0"))
SEED = int(os.environ.get("WEFT_SEED", "1"))


@pytest.mark.soak
@pytest.mark.parametrize(
    ("victims", "trials"),
    [
        ("engine", 60),
        ("server", 12),
        ("keepers", 12),
        ("engine+server", 12),
        ("engine+keepers", 12),
        ("server+keepers", 12),
    ],
)
def test_nothing_outlives_who_started_it(victims, trials):
    wanted = max(trials, TRIALS * trials // 120)
    words = [sys.executable, "-m", "tests.processes.engines", str(wanted), str(SEED), victims]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["trials"] == wanted
    assert found["alive"] > wanted, "nothing lived when it was killed, so nothing was tried"
    assert found["leaks"] == []
