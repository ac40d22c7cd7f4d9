"""Whatever ends a run ends it within the grace, and leaves no process behind, even one that ignores SIGTERM."""

from pathlib import Path

import pytest

from tests.journeys.program import Program, alive, until

STUBBORN = """
name: stubborn
%s
steps:
  - id: deaf
    timeout: {grace: 300ms%s}
    env: {PIDS: %s}
    run: |
      trap '' TERM
      sleep 600 & echo $! >> "$PIDS"
      echo $$ >> "$PIDS"
      while :; do wait; done
  - {id: after, needs: [deaf], run: echo never}
finally:
  - {id: sweep, run: echo swept}
"""


class Stubborn:
    """The workflow with its limits, and the processes of its step."""

    def __init__(self, ropewalk: Program, ledger: Path) -> None:
        self.ropewalk = ropewalk
        self.ledger = ledger

    def __call__(self, limits: str = "", more: str = "") -> Program:
        self.ropewalk.write("s.yaml", STUBBORN % (limits, more, self.ledger))
        return self.ropewalk

    def pids(self) -> list[int]:
        return [int(line) for line in self.ledger.read_text().split()] if self.ledger.exists() else []


@pytest.fixture
def stubborn(ropewalk, tmp_path):
    return Stubborn(ropewalk, tmp_path / "pids")


def _swept(run):
    return {step["id"]: step["status"] for step in run["steps"]}["sweep"] == "succeeded"


def test_abort_from_another_process_ends_a_child_that_ignores_sigterm(stubborn):
    ropewalk = stubborn()
    process = ropewalk.begin("run", "s.yaml")
    until(lambda: len(stubborn.pids()) == 2, "the step")
    told = ropewalk("abort", "last", "--reason", "enough")
    assert told.returncode == 0
    process.communicate(timeout=30)
    assert process.returncode == 4
    run = ropewalk.last()
    assert run["status"] == "aborted"
    assert "enough" in run["reason"]
    assert _swept(run)
    assert not [pid for pid in stubborn.pids() if alive(pid)]


def test_abort_of_a_run_that_nobody_drives_is_done_on_the_spot(stubborn):
    ropewalk = stubborn()
    process = ropewalk.begin("run", "s.yaml")
    until(lambda: len(stubborn.pids()) == 2, "the step")
    process.kill()
    process.communicate()
    until(lambda: not [pid for pid in stubborn.pids() if alive(pid)], "the lifeline")
    assert ropewalk("abort", "last").returncode == 0
    run = ropewalk.last()
    assert run["status"] == "aborted"
    assert _swept(run)


@pytest.mark.parametrize(
    ("limits", "more", "code", "message"),
    [
        ("", ", step: 500ms", "timeout", "took longer"),
        ("", ", attempt: 500ms", "timeout", "took longer"),
        ("", ", idle: 500ms", "timeout", "no sign of life"),
        ("limits: {timeout: 700ms}", "", "timeout", "took longer"),
    ],
    ids=["step", "attempt", "idle", "run"],
)
def test_a_timeout_ends_what_runs_and_leaves_nothing(stubborn, limits, more, code, message):
    ropewalk = stubborn(
        limits, more if "attempt" not in more and "idle" not in more else more + "}\n    retry: {attempts: 1"
    )
    ended = ropewalk("run", "s.yaml", "--json")
    assert ended.returncode == 1
    run = ropewalk.last()
    assert run["status"] == "failed"
    assert run["errors"][0]["class"] == code
    assert message in run["errors"][0]["message"]
    assert _swept(run)
    assert not [pid for pid in stubborn.pids() if alive(pid)]
