"""Bad input and bad days each end in one clear message, the right exit code, and a store that is as good as before."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.journeys.program import Program, alive, until

TEN = """\
name: faults
colour: red
phases: [build]
steps:
  - {id: a, phase: biuld, run: echo hi}
  - {id: a, run: echo twice}
  - {id: b, needs: [c0], run: echo hi}
  - {id: c, role: architct, prompt: Draw.}
  - {id: d, uses: teleport}
  - {id: e, when: "inputs.x + 1", run: echo hi}
  - {id: f, when: "1 +", run: echo hi}
  - {id: g, needs: [h], run: echo hi}
  - {id: h, needs: [g], run: echo hi}
  - {id: i, retry: {attempts: -1}, run: echo hi}
  - {id: j, timeout: soon, run: echo hi}
  - {id: k, requires: [nobody.md], run: echo hi}
"""
HELLO = "name: hello\nsteps:\n  - {id: greet, run: echo hello}\n"
BOMB = (
    "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "steps: *i\n"
)


@pytest.fixture
def hello(ropewalk):
    ropewalk.write("hello.yaml", HELLO)
    assert ropewalk("run", "hello.yaml").returncode == 0
    return ropewalk


@pytest.fixture(scope="module")
def completed(tmp_path_factory):
    """One completed run, for all that only look or are refused."""
    program = Program(tmp_path_factory.mktemp("completed"))
    program.write("hello.yaml", HELLO)
    assert program("run", "hello.yaml").returncode == 0
    yield program
    assert len(program.json("runs")["runs"]) == 1
    assert program("verify").returncode == 0


def _one_message(ended, *parts: str):
    """Exit code 2, nothing on standard output, one message without a traceback that says all of the parts."""
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    assert ended.stderr.startswith("ropewalk: ")
    assert len(ended.stderr.splitlines()) <= 2
    for part in parts:
        assert part in ended.stderr


def test_a_file_with_many_faults_says_all_of_them_at_their_places(ropewalk):
    ropewalk.write("bad.yaml", TEN)
    ended = ropewalk("validate", "bad.yaml")
    assert ended.returncode == 2
    lines = [line for line in ended.stdout.splitlines() if line.startswith("bad.yaml:")]
    assert len(lines) >= 10
    assert all(line.split(":")[1].isdigit() and line.split(":")[2].isdigit() for line in lines)
    started = ropewalk("run", "bad.yaml")
    assert started.returncode == 2
    assert "bad.yaml:5:" in started.stderr
    assert ropewalk.json("runs")["runs"] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: x\nsteps:\n  - {id: a, uses: nop}\n", "there is no step kind `nop`; did you mean noop?"),
        ("name: x\nsteps:\n  - {id: a, when: '1 + true', run: echo}\n", "w.yaml:3:"),
        (BOMB, "w.yaml:"),
        ("name: x\nsteps: [\n", "w.yaml:"),
        ("", "the file holds nothing"),
        ("[1, 2]\n", "a workflow is a mapping"),
    ],
    ids=["unknown kind", "type error", "bomb", "no YAML", "empty", "no mapping"],
)
def test_a_bad_file_is_refused_before_anything_starts(ropewalk, text, said):
    ropewalk.write("w.yaml", text)
    ended = ropewalk("run", "w.yaml")
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ropewalk.json("runs")["runs"] == []


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("show", "nope"), ("There is no run nope", "ropewalk runs")),
        (("run", "nope"), ("There is no workflow nope", "ropewalk workflows")),
        (("resume", "last"), ("resume makes no sense now", "completed")),
        (("pause", "last"), ("pause makes no sense now",)),
        (("retry", "last"), ("no step has failed",)),
        (("skip", "last", "gret"), ("did you mean greet?",)),
        (("approve", "last"), ("asks nothing",)),
        (("approve", "last", "a9"), ("has no ask a9", "ropewalk inbox")),
        (("drive", "last"), ("completed already",)),
        (("show", "last", "--at", "99"), ("only",)),
        (("logs", "last", "gret"), ("did you mean greet?",)),
        (("shwo", "last"), ("did you mean `ropewalk show`?",)),
        (("show", "last", "--jsno"), ("did you mean --json?",)),
        (("show",), ("needs RUN", "ropewalk show RUN")),
        (("run", "hello.yaml", "--input", "who"), ("no NAME=VALUE",)),
        (("run", "hello.yaml", "--input", "who=x"), ("no such input",)),
        (("run", "hello.yaml", "--rehearse=none.yaml"), ("none.yaml cannot be read",)),
        (("run", "hello.yaml", "--assume", "maybe"), ("true, false",)),
        (("runs", "--status", "done"), ("there are pending",)),
        (("runs", "--since", "soon"), ("is no time",)),
        (("runs", "-C", "nowhere"), ("There is no folder nowhere",)),
        (("runs", "--store", "mysql://x"), ("is no kind of store",)),
        (("import", "none.jsonl"), ("cannot be read",)),
        (("backup", "no/such/folder/b.db"), ("folder",)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_makes_no_sense_is_refused_in_one_message(completed, words, parts):
    _one_message(completed(*words), *parts)


def test_an_error_is_json_when_that_was_asked_for(completed):
    told = completed.json("show", "nope")
    assert told == {
        "error": {
            "code": "no-such-run",
            "message": "There is no run nope in this store.",
            "hint": "`ropewalk runs` lists them; a unique beginning of an id is enough",
        }
    }


def test_a_store_that_is_read_only_says_so(hello):
    database = hello.folder / ".ropewalk" / "ropewalk.db"
    told = hello("runs", "--store", "/proc/ropewalk.db")
    _one_message(told, "/proc/ropewalk.db")
    assert database.exists()


@pytest.mark.needs("linux")
def test_a_full_disk_says_so_and_the_store_is_unharmed(hello):
    """A limit on file sizes is what a full disk looks like to one process."""
    size = (hello.folder / ".ropewalk" / "ropewalk.db").stat().st_size
    script = f"ulimit -f {size // 1024 + 20}; exec {sys.executable} -m ropewalk run many.yaml"
    steps = "".join(
        f"  - {{id: s{n}, uses: noop, with: {{outputs: {{x: {'y' * 2000}}}}}}}\n" for n in range(100)
    )
    hello.write("many.yaml", f"name: many\nsteps:\n{steps}")
    ended = subprocess.run(
        ["bash", "-c", script],
        cwd=hello.folder,
        env={k: v for k, v in hello.environment.items() if not k.startswith("COVERAGE")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert "cannot be used" in ended.stderr
    assert hello("verify").returncode == 0
    assert hello("runs").returncode == 0


def test_a_store_of_a_newer_version_is_left_as_it_is(hello):
    database = hello.folder / ".ropewalk" / "ropewalk.db"
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = database.read_bytes()
    _one_message(hello("runs"), "a newer ropewalk wrote it")
    assert database.read_bytes() == before


def test_a_store_of_another_program_is_left_as_it_is(ropewalk):
    with closing(sqlite3.connect(ropewalk.folder / "other.db")) as db, db:
        db.execute("CREATE TABLE things (name TEXT)")
    db.close()
    _one_message(ropewalk("runs", "--store", "other.db"), "another program")
    ropewalk.write("text.db", "this is no database, but it is long enough to look at: " * 20)
    _one_message(ropewalk("runs", "--store", "text.db"), "not a SQLite database")


def test_a_step_that_prints_without_end_is_cut_and_said_so(ropewalk):
    ropewalk.write(
        "loud.yaml", "name: loud\nsteps:\n  - {id: shout, run: '(yes || true) | head -c 200000000'}\n"
    )
    ended = ropewalk("run", "loud.yaml", "--json")
    assert ended.returncode == 0
    log = ropewalk("logs", "last", "shout").stdout
    assert len(log) < 2_000_000
    assert "ropewalk left out" in log
    assert (ropewalk.folder / ".ropewalk" / "ropewalk.db").stat().st_size < 10_000_000


def test_a_plug_in_that_raises_at_import_harms_nothing_else(hello):
    packages = hello.folder / "packages"
    hello.write("packages/broken.py", "raise RuntimeError('not today')\n")
    hello.write("packages/broken-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    hello.write("packages/broken-1.dist-info/entry_points.txt", "[ropewalk.steps]\nbroken = broken:Kind\n")
    hello.environment["PYTHONPATH"] = os.pathsep.join(
        [str(packages), *filter(None, [hello.environment.get("PYTHONPATH", "")])]
    )
    assert hello("run", "hello.yaml").returncode == 0
    hello.write("b.yaml", "name: b\nsteps:\n  - {id: a, uses: broken}\n")
    ended = hello("run", "b.yaml")
    assert ended.returncode == 1
    assert "broken:Kind raised RuntimeError: not today" in ended.stdout
    told = hello("doctor")
    assert "not today" in told.stdout
    assert hello("verify").returncode == 0


@pytest.fixture
def slow(ropewalk, tmp_path):
    pids = tmp_path / "pids"
    step = (
        "{id: long, timeout: {grace: 30s}, run: 'trap \"\" TERM; echo $$ >> $PIDS; while :; do sleep 1; done'"
    )
    ropewalk.write("slow.yaml", f"name: slow\nsteps:\n  - {step}, env: {{PIDS: {pids}}}}}\n")
    process = ropewalk.begin("run", "slow.yaml")
    until(lambda: pids.exists() and pids.read_text().strip(), "the step")
    return ropewalk, process, int(pids.read_text())


def test_one_ctrl_c_leaves_the_run_and_says_how_to_go_on(ropewalk):
    ropewalk.write(
        "slow.yaml",
        "name: slow\nsteps:\n  - {id: long, run: sleep 600}\n  - {id: after, needs: [long], run: 'true'}\n",
    )
    process = ropewalk.begin("run", "slow.yaml")
    until(
        lambda: ropewalk.json("events", "last", "step.started") if ropewalk.json("runs")["runs"] else None,
        "the step",
    )
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    run = ropewalk.last()
    assert run["status"] == "running"
    assert f"ropewalk drive {run['run']}" in said
    assert f"ropewalk abort {run['run']}" in said
    assert "is left as it is" in said
    assert ropewalk("abort", "last").returncode == 0


def test_two_ctrl_cs_kill_at_once_and_leave_no_process(slow):
    ropewalk, process, pid = slow
    process.send_signal(signal.SIGINT)
    until(lambda: process.stdout.readline().startswith("Stopping"), "the first")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == 130
    until(lambda: not alive(pid), "the end of the step's process")
    assert ropewalk("verify").returncode == 0


def test_sigterm_is_like_the_first_ctrl_c(ropewalk):
    ropewalk.write("ask.yaml", "name: ask\nsteps:\n  - {id: ask, ask: 'Well?'}\n")
    process = ropewalk.begin("run", "ask.yaml", "--wait")
    until(lambda: ropewalk.json("inbox")["asks"], "the ask")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert ropewalk.last()["status"] == "paused"


def test_whoever_stops_reading_does_not_stop_the_run(ropewalk):
    steps = "".join(f"  - {{id: s{n}, uses: noop}}\n" for n in range(50))
    ropewalk.write("many.yaml", f"name: many\nlimits: {{parallel: 1}}\nsteps:\n{steps}")
    command = f"{sys.executable} -m ropewalk run many.yaml | head -n 1"
    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=ropewalk.folder,
        env=ropewalk.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stderr == ""
    assert ropewalk.last()["status"] == "completed"


def test_two_processes_never_drive_one_run(ropewalk):
    ropewalk.write("ask.yaml", "name: ask\nsteps:\n  - {id: ask, ask: 'Well?'}\n")
    process = ropewalk.begin("run", "ask.yaml", "--wait")
    until(lambda: ropewalk.json("inbox")["asks"], "the ask")
    _one_message(ropewalk("drive", "last"), "is being driven by process", "ropewalk watch")
    ropewalk.kill(process)
    assert ropewalk("drive", "last").returncode == 3


def test_a_bug_of_ropewalk_is_a_sentence_and_a_file_to_report(ropewalk):
    ropewalk.write("sitecustomize.py", "import ropewalk.app.objects as o\no.run_of = lambda *a: 1 / 0\n")
    ropewalk.environment["PYTHONPATH"] = os.pathsep.join(
        [str(ropewalk.folder), *filter(None, [ropewalk.environment.get("PYTHONPATH", "")])]
    )
    ropewalk.write("hello.yaml", HELLO)
    ended = ropewalk("run", "hello.yaml", "--json")
    assert ended.returncode == 70
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "ZeroDivisionError" in ended.stdout
