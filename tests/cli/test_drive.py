import sqlite3
from contextlib import closing

ASK = "{id: a, ask: Well?}\n{id: b, needs: [a], run: echo hi}"


def test_everything_unfinished_is_driven_until_nothing_can_move(ropewalk):
    assert ropewalk("drive").out == "Nothing is unfinished.\n"
    for _ in range(2):
        ropewalk.run(ASK)
    assert ropewalk("approve", "last").code == 0
    ended = ropewalk("drive")
    assert ended.code == 3
    assert sum("is completed" in line for line in ended.out.splitlines()) == 1
    assert sum("is paused" in line for line in ended.out.splitlines()) == 1
    found = ropewalk.json("drive")
    assert [run["status"] for run in found["runs"]] == ["paused"]


def test_the_code_of_several_is_that_of_the_worst(ropewalk):
    ropewalk.run("{id: a, ask: Well?}\n{id: b, needs: [a], run: exit 1}")
    ropewalk("approve", "last")
    ropewalk.run(ASK)
    assert ropewalk("drive").code == 1


def unreadable(ropewalk, run):
    with closing(sqlite3.connect(ropewalk.folder / ".ropewalk/ropewalk.db")) as db, db:
        db.execute("UPDATE records SET body = 7 WHERE run = ? AND version = 1", (run,))
    db.close()


def test_a_run_that_cannot_be_read_is_named_and_the_others_are_driven(ropewalk):
    for _ in range(2):
        ropewalk.run(ASK)
    bad, good = sorted(run["run"] for run in ropewalk.json("runs")["runs"])
    ropewalk("approve", good)
    unreadable(ropewalk, bad)
    found = ropewalk.json("drive")
    assert {one["run"]: one.get("status") or one["error"]["code"] for one in found["runs"]} == {
        good: "completed",
        bad: "corrupted",
    }
    ended = ropewalk("drive")
    assert ended.code == 1
    assert f"{bad} cannot be driven: " in ended.out


def test_one_run_is_driven_by_a_beginning_of_its_id(ropewalk):
    ropewalk.run(ASK)
    run = ropewalk.json("runs")["runs"][0]["run"]
    ropewalk("approve", run[:12])
    assert ropewalk("drive", run[:12]).code == 0
    assert "is completed already" in ropewalk("drive", run).err
