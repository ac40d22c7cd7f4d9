"""`kill -9` between any two git commands of a run: the next attempt ends the same, and nothing is left lying about."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ropewalk.testing.workspace_contract import listing
from tests.architecture.tree import ROOT
from tests.soak import trials
from tests.workspace import crashing
from tests.workspace.crashing import commands, counting_git
from tests.workspace.repositories import fingerprint, git

pytestmark = pytest.mark.needs("git")

EVERY = trials(9, 1)
"""Which points the gate tries: every ninth, and those of the landing."""


def run(state: Path, project: Path, git: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PATH": f"{git}:{os.environ['PATH']}"}
    program = [sys.executable, "-m", "tests.workspace.crashing", str(state), str(project)]
    return subprocess.run(program, env=env, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.soak
def test_a_run_that_is_killed_anywhere_ends_as_if_it_had_not_been(tmp_path: Path, project: Path):
    git(project, "checkout", "-q", "-b", "desk")
    whole = copy(project, tmp_path / "whole")
    counting = counting_git(tmp_path / "git")
    expected = json.loads(run(tmp_path / "state", whole, counting).stdout)
    last = commands(counting)
    points = sorted({*range(1, last + 1, EVERY), *range(last - 4, last + 1)})
    for point in points:
        mine, state = copy(project, tmp_path / f"at-{point}"), tmp_path / f"state-{point}"
        before = fingerprint(mine)
        assert run(state, mine, counting_git(tmp_path / f"git-{point}", point)).returncode == -9
        reached = asyncio.run(crashing.whole(state, mine))
        assert {name: reached[name] for name in expected} == expected, point
        assert git(mine, "rev-parse", "main") == expected["commit"]
        assert listing(str(state / "folders")) == []
        left = fingerprint(mine)
        assert {key for key in left if left[key] != before.get(key)} == {"refs"}
        assert [key for key in left if key.endswith(".lock")] == []
        git(mine, "fsck", "--connectivity-only")


def copy(project: Path, target: Path) -> Path:
    shutil.copytree(project, target, symlinks=True)
    git(target, "update-index", "-q", "--refresh")
    return target
