"""`ropewalk land` killed before each of its git commands: the record says that the run is landing, the next `drive` finishes it,
and nothing of the user's is lost."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.journeys.program import Program
from tests.soak import SOAK, first_seed

pytestmark = pytest.mark.needs("git")

GATE = 4
"""Points that the gate tries; `make soak` tries all."""
WORKFLOW = 'name: w\nsteps:\n  - {id: a, run: "echo A > a.txt"}\n'
COUNTING = """#!/bin/sh
n=$(($(cat {folder}/count) + 1))
echo $n > {folder}/count
[ $n != "$(cat {folder}/kill-at)" ] || kill -9 $(cat {folder}/driver)
exec {git} "$@"
"""


def git(folder: Path, *argv: str) -> str:
    name = ("-c", "user.name=ann", "-c", "user.email=ann@example.org")
    done = subprocess.run(["git", *name, *argv], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Landing:
    """A completed run in a repository whose main has moved on meanwhile, and a git that counts its commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "project"
        self.bin = folder / "bin"
        self.folder.mkdir(parents=True)
        self.bin.mkdir()
        git(self.folder, "init", "-q", "-b", "main")
        (self.folder / "f.txt").write_text("base\n")
        (self.folder / "w.yaml").write_text(WORKFLOW)
        git(self.folder, "add", "-A")
        git(self.folder, "commit", "-qm", "begin")
        self.ropewalk = Program(self.folder, ROPEWALK_WORKSPACE="git")
        assert self.ropewalk("run", "w.yaml").returncode == 0
        (self.folder / "theirs.txt").write_text("T\n")
        git(self.folder, "add", "theirs.txt")
        git(self.folder, "commit", "-qm", "meanwhile")
        (self.folder / "mine.txt").write_text("not committed\n")
        self.meanwhile = git(self.folder, "rev-parse", "main")

    def killed_before(self, command: int, *words: str) -> int:
        """`ropewalk land` with a kill before its n-th git command (0: none); gives how many there were."""
        script = self.bin / "git"
        script.write_text(COUNTING.format(folder=self.bin, git=shutil.which("git")))
        script.chmod(0o755)
        (self.bin / "count").write_text("0")
        (self.bin / "kill-at").write_text(str(command))
        (self.bin / "driver").write_text("0")
        usual = self.ropewalk.environment
        self.ropewalk.environment = {**usual, "PATH": f"{self.bin}:{usual['PATH']}"}
        process = self.ropewalk.begin("land", "last", *words)
        (self.bin / "driver").write_text(str(process.pid))
        process.communicate()
        self.ropewalk.environment = usual
        assert process.returncode == (-9 if command else 0)
        return int((self.bin / "count").read_text())

    def landed(self) -> bool:
        return git(self.folder, "rev-parse", "main") != self.meanwhile

    def finished(self) -> None:
        """What has begun is finished by who drives next, and what is there then is what a landing gives."""
        kinds = [record["kind"] for record in self.ropewalk.events("last")]
        begun = "landing.begun" in kinds
        if begun and "run.landed" not in kinds:
            assert self.ropewalk.last()["landing"] == "main"
        driven = self.ropewalk("drive")
        assert driven.returncode == 0, driven.stdout + driven.stderr
        shown = self.ropewalk.last()
        assert (shown["status"], shown["landing"]) == ("completed", "")
        assert git(self.folder, "status", "--porcelain") == "?? mine.txt"
        assert git(self.folder, "merge-base", "--is-ancestor", self.meanwhile, "main") == ""
        assert self.ropewalk("verify").returncode == 0
        if not begun:
            assert git(self.folder, "rev-parse", "main") == self.meanwhile
            return
        kinds = [record["kind"] for record in self.ropewalk.events("last")]
        assert kinds.count("run.landed") == 1
        assert shown["landed"] == "main"
        assert git(self.folder, "rev-parse", "main") == shown["commit"]
        names = git(self.folder, "ls-tree", "--name-only", "main").split()
        assert names == ["a.txt", "f.txt", "theirs.txt", "w.yaml"]
        assert (self.folder / "a.txt").read_text() == "A\n"


@pytest.mark.soak
@pytest.mark.parametrize("words", [(), ("--squash", "--message", "feat: it")], ids=["merged", "squashed"])
def test_a_landing_that_is_killed_between_its_git_commands_is_finished_by_who_drives_next(
    tmp_path: Path, words: tuple[str, ...]
):
    whole = Landing(tmp_path / "whole")
    commands = whole.killed_before(0, *words)
    whole.finished()
    assert commands > GATE
    points = range(1, commands + 1)
    for point in points if SOAK else random.Random(first_seed(7)).sample(points, GATE):
        landing = Landing(tmp_path / str(point))
        landing.killed_before(point, *words)
        landing.finished()
        if words and landing.landed():
            assert git(landing.folder, "log", "--format=%s", "main").split("\n") == [
                "feat: it",
                "meanwhile",
                "begin",
            ]
