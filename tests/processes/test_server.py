"""Engines, fork servers and keepers that are killed at random moments, in every combination: no process outlives them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT
from tests.soak import first_seed, trials

pytestmark = pytest.mark.needs("linux")

SHARE = 100
"""So many trials of one test; the soak has more of them, so that they are shared among the testers."""
KILLED = (
    *(("engine", number) for number in range(trials(1, 50))),
    *(
        (victims, number)
        for victims in ("server", "keepers", "engine+server", "engine+keepers", "server+keepers")
        for number in range(trials(1, 10))
    ),
)


@pytest.mark.soak
@pytest.mark.parametrize(("victims", "number"), KILLED)
def test_nothing_outlives_who_started_it(victims, number):
    wanted = SHARE if victims == "engine" else trials(SHARE // 5, SHARE)
    first = first_seed(1) + number * SHARE
    words = [sys.executable, "-m", "tests.processes.engines", str(wanted), str(first), victims]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["trials"] == wanted
    assert found["alive"] > wanted, "nothing lived when it was killed, so nothing was tried"
    assert found["leaks"] == []
