import os
import sqlite3
import time
from contextlib import closing

import pytest

from ropewalk.ownership import new_owner, pid_space


def test_a_sentence_and_what_to_type_next(ropewalk):
    ropewalk.run("{id: a, ask: Well?}")
    ended = ropewalk("explain", "last")
    assert ended.out.splitlines()[0] == "The run waits for a person: a asks 'Well?'."
    found = ropewalk.json("explain", "last")
    assert found["kind"] == "person"
    assert found["commands"][0].startswith("ropewalk approve")


def test_what_a_called_run_waits_for_is_told_down_to_the_last(ropewalk):
    ropewalk.write("leaf.yaml", "name: leaf\nsteps:\n  - {id: sign, ask: Sign?}\n")
    ropewalk.write("middle.yaml", "name: middle\nsteps:\n  - {id: inner, call: ./leaf.yaml}\n")
    ropewalk.run("{id: outer, call: ./middle.yaml}")
    said = ropewalk("explain", "last").out
    assert "Step outer waits for its run" in said
    assert "sign asks 'Sign?'" in said


@pytest.mark.needs("linux")
def test_a_driver_that_holds_a_run_and_is_silent_is_named_with_the_way_out(ropewalk):
    ropewalk.run("{id: a, ask: Well?}")
    run = ropewalk.json("show", "last")["run"]
    holds = str(new_owner())
    with closing(sqlite3.connect(ropewalk.folder / ".ropewalk" / "ropewalk.db")) as db, db:
        db.execute("INSERT INTO leases VALUES (?, ?, 1, ?)", (run, holds, time.time() - 600))
    said = ropewalk("explain", "last").out
    assert f"held by process {os.getpid()} on" in said
    assert "no sign for 10 min" in said
    assert f"kill -CONT {os.getpid()}" in said
    assert f"held by process {os.getpid()}" in ropewalk("runs").out
    ended = ropewalk("drive", run)
    assert ended.code == 2
    assert "gave no sign for 600 s" in ended.err
    assert f"driven by process {os.getpid()}" in ropewalk("drive").out
    apart = holds.replace(f":{pid_space()}:", ":1:")
    with closing(sqlite3.connect(ropewalk.folder / ".ropewalk" / "ropewalk.db")) as db, db:
        db.execute("UPDATE leases SET owner = ?", (apart,))
    assert "Look there" in ropewalk("explain", "last").out
