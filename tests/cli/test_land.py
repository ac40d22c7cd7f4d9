"""`ropewalk land` and `ropewalk conflicts` in real repositories: nothing of anybody's is lost, and what disagrees is shown whole."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Line

pytestmark = pytest.mark.needs("git")


def git(folder: Path, *argv: str) -> str:
    name = ("-c", "user.name=ann", "-c", "user.email=ann@example.org")
    done = subprocess.run(["git", *name, *argv], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def line(ropewalk: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    monkeypatch.setenv("ROPEWALK_WORKSPACE", "git")
    git(ropewalk.folder, "init", "-q", "-b", "main")
    ropewalk.write("f.txt", "base\n")
    git(ropewalk.folder, "add", "-A")
    git(ropewalk.folder, "commit", "-qm", "begin")
    return ropewalk


def test_a_result_lands_on_the_branch_that_the_run_began_from_with_what_came_there_meanwhile(
    line: Line,
) -> None:
    assert line.run('{id: a, run: "echo A > a.txt"}').code == 0
    line.write("theirs.txt", "T\n")
    git(line.folder, "add", "theirs.txt")
    git(line.folder, "commit", "-qm", "meanwhile")
    ended = line("land", "last")
    assert (ended.code, ended.err) == (0, "")
    assert "main is at" in ended.out
    assert git(line.folder, "ls-tree", "--name-only", "main").split() == ["a.txt", "f.txt", "theirs.txt"]
    assert (line.folder / "a.txt").read_text() == "A\n"
    assert "run.landed" in line("events", "last").out


def test_a_result_goes_to_a_new_branch_or_into_a_patch(line: Line) -> None:
    line.run('{id: a, run: "echo A > a.txt"}')
    found = line.json("land", "last", "--branch", "extra")
    assert git(line.folder, "rev-parse", "extra") == found["commit"]
    assert "+A" in line("land", "last", "--patch", "-").out
    assert line("land", "last", "--patch", "p.diff").code == 0
    git(line.folder, "apply", "--check", "p.diff")


def test_a_gate_that_says_no_to_the_two_together_stops_the_landing(line: Line) -> None:
    line.run('{id: a, run: "echo A > a.txt"}', head="gate: test ! -e theirs.txt")
    line.write("theirs.txt", "T\n")
    git(line.folder, "add", "theirs.txt")
    git(line.folder, "commit", "-qm", "meanwhile")
    before = git(line.folder, "rev-parse", "main")
    ended = line("land", "last")
    assert ended.code == 2
    assert "says no" in ended.err
    assert git(line.folder, "rev-parse", "main") == before


def test_what_disagrees_with_the_target_is_told_and_nothing_moves(line: Line) -> None:
    line.run('{id: a, run: "echo A > f.txt"}')
    line.write("f.txt", "other\n")
    git(line.folder, "commit", "-qam", "meanwhile")
    ended = line("land", "last")
    assert ended.code == 2
    assert "f.txt" in ended.err


def test_a_run_without_a_result_in_git_cannot_land(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    line.run('{id: a, run: "exit 1"}')
    assert "has merged no result" in line("land", "last").err
    monkeypatch.setenv("ROPEWALK_WORKSPACE", "folder")
    line.run('{id: a, run: "true"}')
    assert "not in git" in line("land", "last").err
    assert "one place at a time" in line("land", "last", "--to", "a", "--branch", "b").err


def test_conflicts_show_both_sides_and_how_to_settle_them(line: Line) -> None:
    steps = '{id: a, run: "echo A > f.txt"}\n{id: b, run: "echo B > f.txt"}'
    assert line.run(steps).code == 3
    told = line("conflicts", "last").out
    assert all(part in told for part in ("f.txt", "base", "\nA\n", "\nB\n", "ropewalk answer"))
    (found,) = line.json("conflicts", "last")["conflicts"]
    assert (found["path"], found["steps"]) == ("f.txt", ["a", "b"])
    line("answer", "last", "a1", "theirs")
    assert line("drive", "last").code == 0
    assert line("conflicts", "last").out == "Nothing disagrees.\n"
    assert line("land", "last", "--patch", "-").out.count("+B") == 1
