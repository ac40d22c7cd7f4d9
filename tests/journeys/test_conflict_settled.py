"""Two steps change the same places of two files; a person settles one by a side, one by a text, the rest by a file, in several
answers and with kills between: the result has the right text, all of it is on record. Landing asks in the same way."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.journeys.program import Program

pytestmark = pytest.mark.needs("git")

FILES = ("f.txt", "g.txt")


def git(folder: Path, *argv: str) -> str:
    name = ("-c", "user.name=ann", "-c", "user.email=ann@example.org")
    done = subprocess.run(["git", *name, *argv], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def text(*three: str) -> str:
    return "-\n-\n".join(f"{line}\n" for line in three)


def changed(name: str) -> str:
    return text(*(f"{name}{number}" for number in (1, 5, 9)))


def step(name: str) -> str:
    """A step that changes three places of both files."""
    edits = ";".join(f"s/^l{number}$/{name}{number}/" for number in (1, 5, 9))
    return f"  - {{id: {name}, run: \"sed -i.old -e '{edits}' f.txt g.txt; rm *.old\"}}\n"


@pytest.fixture
def ropewalk(tmp_path: Path) -> Program:
    program = Program(tmp_path, ROPEWALK_WORKSPACE="git")
    git(tmp_path, "init", "-q", "-b", "main")
    for name in FILES:
        program.write(name, text("l1", "l5", "l9"))
    program.write("two.yaml", "name: two\nsteps:\n" + step("a") + step("b"))
    program.write("one.yaml", "name: one\nsteps:\n" + step("b"))
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "begin")
    return program


def settle(ropewalk: Program) -> None:
    """Answer in parts; what is not settled stays open, and a driver that is killed meanwhile changes nothing of it."""
    parts: tuple[tuple[tuple[str, ...], str], ...] = (
        (("answer", "last", "a1", "theirs", "--path", "f.txt", "--hunk", "2"), "f.txt, hunks 1 3; g.txt"),
        (("amend", "last", "a1", "--path", "f.txt", "--hunk", "3", "--text", "own9"), "f.txt, hunk 1; g.txt"),
        (("amend", "last", "a1", "--path", "g.txt", "--text", "whole"), "f.txt, hunk 1"),
    )
    for words, left in parts:
        ropewalk.kill(ropewalk.begin("drive", "last"))
        ended = ropewalk(*words)
        assert f"a1 stays open for {left}." in ended.stdout, ended
        assert left in ropewalk("inbox").stdout
        assert ropewalk.last()["status"] == "paused"
    assert (
        "has no hunk '4'" in ropewalk("answer", "last", "a1", "ours", "--path", "f.txt", "--hunk", "4").stderr
    )
    none = ropewalk("answer", "last", "a1", "ours", "--path", "f.txt", "--hunk", "0")
    assert "there is no hunk 0: hunks are numbered from 1" in none.stderr
    assert ropewalk("answer", "last", "a1", "ours").returncode == 0
    ropewalk.kill(ropewalk.begin("drive", "last"))
    assert ropewalk("drive", "last").returncode == 0


def on_record(ropewalk: Program) -> None:
    run = ropewalk.last()["run"]
    settled = [record["event"] for record in ropewalk.events(run, "conflict.settled")]
    places = [(one["path"], one.get("hunk", 0)) for event in settled for one in event["settled"]]
    assert places == [("f.txt", 2), ("f.txt", 3), ("g.txt", 0)]
    assert len(ropewalk.events(run, "ask.answered")) == 1


def test_steps_that_disagree_are_settled_place_by_place(ropewalk: Program) -> None:
    assert ropewalk("run", "two.yaml").returncode == 3
    assert "Hunk 3: line 7" in ropewalk("conflicts", "last").stdout
    settle(ropewalk)
    run = ropewalk.last()
    assert run["status"] == "completed"
    assert git(ropewalk.folder, "show", f"{run['commit']}:f.txt") == text("a1", "b5", "own9").strip()
    assert git(ropewalk.folder, "show", f"{run['commit']}:g.txt") == "whole"
    on_record(ropewalk)


def test_what_disagrees_with_a_target_is_settled_in_the_same_way(ropewalk: Program) -> None:
    assert ropewalk("run", "one.yaml").returncode == 0
    for name in FILES:
        ropewalk.write(name, changed("t"))
    git(ropewalk.folder, "commit", "-qam", "meanwhile")
    assert ropewalk("land", "last").returncode == 3
    settle(ropewalk)
    assert ropewalk.last()["landed"] == "main"
    assert git(ropewalk.folder, "show", "main:f.txt") == text("t1", "b5", "own9").strip()
    assert git(ropewalk.folder, "show", "main:g.txt") == "whole"
    assert (ropewalk.folder / "g.txt").read_text() == "whole\n"
    on_record(ropewalk)
