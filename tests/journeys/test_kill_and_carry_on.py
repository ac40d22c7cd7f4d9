"""A run survives `kill -9` at any moment: the next `ropewalk drive` finishes it, nothing that was finished is done again,
and what is on record can be proven to be what was written."""

import random
import sqlite3
import threading
from collections import defaultdict

import pytest

from tests.journeys.program import Program, until
from tests.journeys.sixty import PERFORMED, sixty
from tests.soak import first_seed, trials

KILLS = trials(6, 25)
SEEDS = [first_seed(1)]


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_that_is_killed_again_and_again_is_completed_and_repeats_nothing(ropewalk, tmp_path, seed):
    ledger = tmp_path / "ledger"
    ropewalk.write("sixty.yaml", sixty(ledger))
    chance = random.Random(seed)
    killed = _kill(ropewalk, ledger, chance)
    ended = ropewalk("drive")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    run = ropewalk.last()
    assert run["status"] == "completed"
    assert {step["status"] for step in run["steps"]} == {"succeeded"}
    assert killed >= KILLS // 2
    _nothing_twice(ropewalk, run["run"], ledger)
    assert ropewalk("verify").returncode == 0


def _kill(ropewalk: Program, ledger, chance: random.Random) -> int:
    """Kill the one who drives at moments of chance: most after something was done, some while it is still starting."""
    process = ropewalk.begin("run", "sixty.yaml")
    for killed in range(KILLS):
        if not killed or chance.random() < 0.75:
            _moved(process, ledger, _size(ledger))
        threading.Event().wait(chance.uniform(0, 0.25))
        if process.poll() is not None:
            process.communicate()
            return killed
        ropewalk.kill(process)
        process = ropewalk.begin("drive")
    process.communicate()
    return KILLS


def _moved(process, ledger, size: int) -> None:
    until(lambda: process.poll() is not None or _size(ledger) > size, "a line in the ledger")


def _size(path) -> int:
    return path.stat().st_size if path.exists() else 0


def _nothing_twice(ropewalk: Program, run: str, ledger) -> None:
    """Each attempt ran at most once, and none began after one of the same round had succeeded."""
    lines = ledger.read_text().splitlines()
    assert len(lines) == len(set(lines))
    began = defaultdict(list)
    for line in lines:
        step, round_, attempt = line.rsplit(" ", 2)
        began[(step, int(round_))].append(int(attempt))
    assert len(began) == PERFORMED
    succeeded = defaultdict(list)
    for record in ropewalk.events(run, "step.succeeded"):
        event = record["event"]
        succeeded[(event["step"], event.get("round", 1))].append(event.get("attempt", 1))
    for key, attempts in began.items():
        assert succeeded[key] == [max(attempts)], key


@pytest.fixture
def finished(ropewalk):
    ropewalk.write(
        "three.yaml",
        "name: three\nsteps:\n  - {id: a, run: echo one}\n  - {id: b, needs: [a], run: echo two}\n",
    )
    assert ropewalk("run", "three.yaml").returncode == 0
    return ropewalk


def _database(ropewalk: Program) -> sqlite3.Connection:
    return sqlite3.connect(ropewalk.folder / ".ropewalk" / "ropewalk.db", isolation_level=None)


@pytest.mark.parametrize("seed", range(5))
def test_a_flipped_byte_in_any_record_is_found_and_named(finished, seed):
    chance = random.Random(seed)
    with _database(finished) as db:
        position, body = chance.choice(db.execute("SELECT position, body FROM records").fetchall())
        flipped = bytearray(body)
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        db.execute("UPDATE records SET body = ? WHERE position = ?", (bytes(flipped), position))
    db.close()
    found = finished("verify")
    assert found.returncode == 1
    assert f"Record {position} " in found.stdout
    told = finished.json("verify")
    assert not told["clean"]
    assert any(f"Record {position} " in fault for fault in told["faults"])


def test_a_run_that_makes_no_progress_in_three_recoveries_is_blocked_and_not_in_a_loop(ropewalk, tmp_path):
    ledger = tmp_path / "ledger"
    step = f"{{id: a, run: 'echo here >> $OUT; sleep 60', env: {{OUT: {ledger}}}}}"
    ropewalk.write("stuck.yaml", f"name: stuck\nsteps:\n  - {step}\n")
    process = ropewalk.begin("run", "stuck.yaml")
    for _ in range(4):
        _moved(process, ledger, _size(ledger))
        if process.poll() is not None:
            break
        ropewalk.kill(process)
        process = ropewalk.begin("drive")
    process.communicate()
    assert process.returncode == 3
    run = ropewalk.last()
    assert (run["status"], run["reason"]) == ("paused", "blocked")
    assert ropewalk("abort", "last").returncode == 0
