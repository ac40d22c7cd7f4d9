"""Two and five living drivers on one store, with clocks that are set, drivers that are stopped or killed, and one that lives in
a PID namespace of its own: no run is lost, no attempt is begun twice, and nothing that is done is done again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.journeys.program import Program, until
from tests.soak import SOAK, first_seed, trials

pytestmark = pytest.mark.needs("git", "linux")

SEED = first_seed(1)
CLOCKS = ("-60", "+0", "+60")
TRIAL_SECONDS = 240.0
_LIBRARY = "faketime/libfaketimeMT.so.1"
PRELOADED = str(next(iter([*Path("/usr/lib").glob(f"*/{_LIBRARY}"), *Path("/usr/lib").glob(_LIBRARY)]), ""))
LINE = 'echo "$ROPEWALK_STEP $ROPEWALK_ROUND $ROPEWALK_ATTEMPT" >> "$LEDGER"'


def flow(ledger: Path) -> str:
    """Two chains and what joins them; each step says who it is, works for a moment, and leaves a file."""
    steps = []
    for name, needs in (
        ("a1", ""),
        ("b1", ""),
        ("a2", "a1"),
        ("b2", "b1"),
        ("join", "a2, b2"),
        ("end", "join"),
    ):
        work = f"{LINE}; sleep 0.2; test ! -e {name}.txt; echo {name} > {name}.txt"
        steps.append(f"  - {{id: {name}, needs: [{needs}], env: {{LEDGER: {ledger}}}, run: '{work}'}}")
    return "name: many\nlimits: {parallel: 2, recoveries: 100}\nsteps:\n" + "\n".join(steps) + "\n"


class Seat:
    """Where drivers sit one after the other, each begun when the last has gone; its clock is set by a file."""

    def __init__(self, ropewalk: Program, number: int, apart: bool) -> None:
        self.ropewalk = ropewalk
        self.clock = ropewalk.folder.parent / f"clock-{number}"
        self.apart = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"] if apart else []
        self.process: subprocess.Popen[bytes] | None = None
        self.set_clock("+0")

    def set_clock(self, seconds: str) -> None:
        """At once, for the one who sits here."""
        draft = self.clock.with_suffix(".new")
        draft.write_text(f"{seconds}s\n")
        draft.replace(self.clock)

    def sit(self, *words: str) -> None:
        """Somebody drives here, unless somebody does already."""
        if self.process is not None and self.process.poll() is None:
            return
        settings = {
            # Not by the program `faketime`: killed, it leaves a semaphore, and the next of its number, such as the first of
            # a namespace, does not start.
            "LD_PRELOAD": PRELOADED,
            "FAKETIME_TIMESTAMP_FILE": str(self.clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }
        self.process = subprocess.Popen(
            [*self.apart, sys.executable, "-m", "ropewalk", *words],
            cwd=self.ropewalk.folder,
            env={**self.ropewalk.environment, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def send(self, number: int) -> None:
        """To the whole group, as unshare stands between."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number)

    def leave(self) -> None:
        """Nobody sits here any more."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()


def disturb(seat: Seat, chance: random.Random, stopped: dict[Seat, float]) -> None:
    """One thing that happens to a driver."""
    match chance.choice(("clock", "clock", "stop", "kill", "nothing")):
        case "clock":
            seat.set_clock(chance.choice(CLOCKS))
        case "stop":
            seat.send(signal.SIGSTOP)
            stopped[seat] = time.monotonic() + chance.uniform(0.1, 1.5)
        case "kill":
            seat.leave()
            stopped.pop(seat, None)


def trial(ropewalk: Program, chance: random.Random, drivers: int, apart: bool) -> None:
    """One run, driven by so many until it is over."""
    ledger = ropewalk.folder.parent / "ledger"
    ledger.write_text("")
    ropewalk.write("many.yaml", flow(ledger))
    seats = [Seat(ropewalk, number, apart and number == drivers - 1) for number in range(drivers)]
    stopped: dict[Seat, float] = {}
    try:
        seats[0].sit("run", "many.yaml")
        until(lambda: ledger.read_text(), "the first step")
        deadline = time.monotonic() + TRIAL_SECONDS
        while ropewalk.last().get("status") not in {"completed", "failed", "aborted"}:
            assert time.monotonic() < deadline, "the run is not driven to its end"
            for seat in [seat for seat, until_ in stopped.items() if time.monotonic() > until_]:
                seat.send(signal.SIGCONT)
                del stopped[seat]
            for seat in seats:
                seat.sit("drive")
            disturb(chance.choice(seats), chance, stopped)
    finally:
        for seat in seats:
            seat.leave()
    judge(ropewalk, ledger)


def judge(ropewalk: Program, ledger: Path) -> None:
    """What the ledger and the record say of it."""
    run = ropewalk.last()
    assert run["status"] == "completed", run["reason"]
    lines = ledger.read_text().splitlines()
    assert [line for line, count in Counter(lines).items() if count > 1] == []
    began: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        step, _, attempt = line.split()
        began[step].append(int(attempt))
    ended = {
        record["event"]["step"]: record["event"].get("attempt", 1)
        for record in ropewalk.events(run["run"], "step.succeeded")
    }
    assert {step: max(attempts) for step, attempts in began.items()} == {
        step: attempt for step, attempt in ended.items() if step in began
    }
    assert len(began) == 6
    assert ropewalk("verify").returncode == 0


@pytest.fixture
def project(ropewalk: Program) -> Program:
    """A repository with one commit."""
    ropewalk.environment |= {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    for argv in (("init", "-qb", "main"), ("commit", "-q", "--allow-empty", "-m", "begin")):
        subprocess.run(["git", *argv], cwd=ropewalk.folder, env=ropewalk.environment, check=True)
    return ropewalk


@pytest.mark.needs("faketime", "namespaces")
def test_whoever_sits_apart_lives_by_the_clock_that_was_set(project: Program):
    """Or the trials below would try nothing."""
    ledger = project.folder.parent / "ledger"
    ledger.write_text("")
    project.write("many.yaml", flow(ledger))
    for _ in range(2):
        seat = Seat(project, 0, apart=True)
        seat.set_clock("+3600")
        seat.sit("run", "many.yaml")
        until(ledger.read_text, "the first step")
        seat.leave()
        assert project.last()["created_at"] > time.time() + 3000
        ledger.write_text("")


@pytest.mark.soak
@pytest.mark.needs("faketime", "namespaces")
@pytest.mark.parametrize(("drivers", "apart"), [(2, True), (5, True)] if SOAK else [(5, True)])
@pytest.mark.parametrize("seed", range(SEED, SEED + trials(1, 100)))
def test_many_living_drivers_lose_no_run_and_do_nothing_twice(project: Program, drivers, apart, seed):
    trial(project, random.Random(f"{seed}/{drivers}"), drivers, apart)
