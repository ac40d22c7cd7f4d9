"""`ropewalk demo` keeps what it promises: six phases, an approval, a fault that comes back and is fixed, parts that are joined."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.needs("git")

PHASES = ["Discovery", "Plan", "Design", "Build", "Validate", "Launch"]
LONGEST = 120


def environment() -> dict[str, str]:
    """That of somebody who has set up nothing."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("ROPEWALK_")}
    return {**mine, "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def ropewalk(*words: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """The real program, as somebody starts it who pipes what it says."""
    return subprocess.run(
        [sys.executable, "-m", "ropewalk", *words],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        stdin=subprocess.DEVNULL,
        timeout=LONGEST,
        **how,
    )


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, dict[str, Any]]:
    """One demo for all that is looked at: its folder, what it printed, and the run as an object."""
    folder = tmp_path_factory.mktemp("demo") / "todo"
    done = ropewalk("demo", "--into", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    told = ropewalk("-C", str(folder), "show", "last", "--json")
    return folder, done.stdout, json.loads(told.stdout)


def test_the_six_phases_are_told_in_order(shown):
    _, said, run = shown
    recap = said[said.index("What happened") :]
    assert re.findall(r"^  (\w+)$", recap, re.MULTILINE)[: len(PHASES)] == PHASES
    assert (run["workflow"], run["status"], run["errors"]) == ("sdlc", "completed", [])


def test_it_says_that_it_rehearsed_wherever_the_run_is_shown(shown):
    folder, said, _ = shown
    assert said.splitlines()[0].endswith("(rehearsed)")
    assert "What happened  (rehearsed)" in said
    assert "(rehearsed)" in ropewalk("-C", str(folder), "show", "last").stdout.splitlines()[0]
    for name in ("docs/brief.md", "docs/prd.md", "docs/test-report.md"):
        assert "> Rehearsed:" in git(folder, "show", f"{branch(shown)}:{name}")


def test_the_real_tests_sent_the_work_back_once_and_then_passed(shown):
    _, said, run = shown
    assert "Sent back: verify to assemble, because gate unit-tests failed" in said
    assert "FAIL: test_fr3_done_marks_the_task_that_has_the_number" in said
    assert "assemble did it again with this in hand; unit-tests: PASS in round 2." in said
    rounds = {step["id"]: step["round"] for step in run["steps"]}
    assert {name for name, number in rounds.items() if number > 1} == {"assemble", "verify"}


def test_the_requirements_were_approved_on_record_as_the_demo(shown):
    folder, said, _ = shown
    assert "approved by demo" in said
    events = ropewalk("-C", str(folder), "events", "last", "--json").stdout
    answered = [line for line in events.splitlines() if "ask.answered" in line]
    assert len(answered) == 1
    assert '"by":"demo"' in answered[0]


def test_parts_that_were_written_at_the_same_time_all_survive(shown):
    folder, said, _ = shown
    assert "Merged: architecture, front-end and data wrote to docs/design.json and docs/design.md" in said
    design = json.loads(git(folder, "show", f"{branch(shown)}:docs/design.json"))
    assert [part["name"] for part in design["parts"]] == ["storage", "commands", "main"]
    assert design["front_end"] == ["add", "list", "done"]
    assert design["data"] == {"text": "string", "done": "boolean"}
    page = git(folder, "show", f"{branch(shown)}:docs/design.md")
    assert "To be written" not in page
    assert all(words in page for words in ("joins the two", "one line a task", "`todo.json` holds a list"))


def test_the_checkout_is_as_before(shown):
    folder, _, run = shown
    assert git(folder, "status", "--porcelain") == ""
    assert git(folder, "rev-parse", "HEAD").strip() == run["base"]
    assert git(folder, "ls-files").split() == [".gitignore", "README.md"]


def test_the_commands_to_try_next_work_when_they_are_pasted(shown):
    said = pasted(to_try(shown[1]))
    assert len(said) == 3
    assert said[0] == "1: try ropewalk\n"
    assert "Validate" in said[1]
    assert said[2].startswith("# Design at a glance")


def to_try(said: str) -> list[str]:
    """The commands under `Try next`: lines that are set in and are no remark."""
    lines = said[said.index("Try next") :].splitlines()[1:]
    return [line.strip() for line in lines if line.startswith("  ") and not line.strip().startswith("#")]


def pasted(commands: list[str]) -> list[str]:
    """What each prints; none may fail."""
    said = []
    for command in commands:
        done = subprocess.run(
            ["sh", "-euc", command], capture_output=True, text=True, check=False, timeout=LONGEST
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        said.append(done.stdout)
    return said


def branch(shown: tuple[Path, str, dict[str, Any]]) -> str:
    return str(shown[2]["branch"])


def test_a_plain_folder_does_as_well(tmp_path):
    done = ropewalk("demo", "--plain", "--into", "todo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "your folder is as before" in done.stdout
    assert "is not a git repository; ropewalk keeps a copy of its files in a private one," in " ".join(
        done.stdout.split()
    )
    assert not (tmp_path / "todo" / ".git").exists()
    assert pasted(to_try(done.stdout))[0] == "1: try ropewalk\n"


def test_as_json_it_is_one_object(tmp_path):
    done = ropewalk("demo", "--into", "todo", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["status"] == "completed"
    assert {step["status"] for step in told["steps"]} == {"succeeded", "skipped"}


def test_a_repository_with_changes_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("theirs")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "begin")
    (tmp_path / "mine.txt").write_text("mine")
    done = ropewalk("demo", "--into", str(tmp_path))
    assert done.returncode == 2
    assert "1 uncommitted change" in done.stderr
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "file").write_text("")
    done = ropewalk("demo", "--into", "file/below", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be used" in done.stderr


def in_a_terminal(folder: Path, *answers: str) -> tuple[int, str]:
    """Start the demo in a terminal, type an answer each time it asks; gives the exit code and all that was shown."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "ropewalk", "demo", "--into", str(folder)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment(), "TERM": "xterm"},
    )
    os.close(theirs)
    seen, typed = b"", 0
    try:
        while chunk := _read(ours):
            seen += chunk
            if typed < min(seen.count(b"[l]ater:"), len(answers)):
                os.write(ours, f"{answers[typed]}\n".encode())
                typed += 1
        return process.wait(LONGEST), seen.decode()
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _read(terminal: int) -> bytes:
    """What is shown next; nothing at the end."""
    ready, _, _ = select.select([terminal], [], [], LONGEST)
    assert ready, "the demo stands still"
    try:
        return os.read(terminal, 65536)
    except OSError:  # what Linux says when the other side is gone
        return b""


@pytest.mark.counted
def test_in_a_terminal_a_person_is_asked_again_after_asking_for_changes_and_the_answers_are_theirs(tmp_path):
    code, said = in_a_terminal(tmp_path / "todo", "r shorter, please", "a")
    assert code == 0, said
    assert "prd asks (a1): Are these the requirements of what should be built?" in said
    assert "approved by demo" not in said
    assert re.search(r"approved by \w+", said)
    assert "sdlc" in said
    assert "rehearsed" in said
    assert "rejected by" in said
    run = json.loads(ropewalk("-C", str(tmp_path / "todo"), "show", "last", "--json").stdout)
    prd = git(tmp_path / "todo", "show", f"{run['branch']}:docs/prd.md")
    assert "Asked for by the person who read this" in prd


@pytest.mark.counted
def test_whoever_answers_later_is_told_how_to_go_on(tmp_path):
    code, said = in_a_terminal(tmp_path / "todo", "l")
    assert code == 3, said
    pasted(to_try(said))
    run = json.loads(ropewalk("-C", str(tmp_path / "todo"), "show", "last", "--json").stdout)
    assert run["status"] == "completed"
