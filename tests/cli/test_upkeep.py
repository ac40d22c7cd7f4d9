import io
import sqlite3
import sys

import pytest


def test_a_whole_store_is_clean_and_so_is_one_run(weft):
    weft.run("{id: a, uses: noop}")
    assert "Clean: " in weft("verify").out
    assert weft.json("verify", "last")["clean"] is True


def test_a_backup_is_a_store_and_never_written_over(weft):
    weft.run("{id: a, uses: noop}")
    assert weft("backup", "b.db").code == 0
    assert len(weft.json("runs", "--store", "b.db")["runs"]) == 1
    assert "new file" in weft("backup", "b.db").err


def test_a_run_travels_from_store_to_store(weft, monkeypatch):
    weft.run("{id: a, uses: noop}")
    text = weft("export", "last").out
    assert weft("export", "last", "r.jsonl").code == 0
    assert (weft.folder / "r.jsonl").read_text() == text
    assert "cannot be written" in weft("export", "last", "r.jsonl").err
    assert weft("import", "r.jsonl", "--store", "x.db").code == 0
    assert weft.json("verify", "--store", "x.db")["clean"] is True
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert weft("import", "-", "--store", "y.db").code == 0
    assert weft("import", "r.jsonl", "--store", "x.db").code == 2


def test_what_ended_long_ago_goes_and_the_rest_stays(weft):
    weft.run("{id: a, run: 'echo x > n.md', creates: [n.md]}")
    weft.run("{id: a, run: exit 1}")
    weft.run("{id: a, ask: Well?}")
    assert weft("cleanup").out == "0 runs removed, 0 kept.\n"
    assert weft("cleanup", "--older", "0", "--dry-run").out == "2 runs would be removed, 0 kept.\n"
    assert len(weft.json("cleanup", "--older", "0", "-s", "failed")["removed"]) == 1
    assert weft("cleanup", "--older", "0").out == "1 run removed, 0 kept.\n"
    assert [run["status"] for run in weft.json("runs")["runs"]] == ["paused"]
    assert len(list((weft.folder / ".weft" / "runs").iterdir())) <= 1
    assert weft("verify").code == 0


@pytest.mark.needs("git")
def test_a_result_in_git_that_is_nowhere_else_stays_unless_told(weft, monkeypatch):
    monkeypatch.delenv("WEFT_WORKSPACE")
    weft.run("{id: a, run: 'echo x > n.md', creates: [n.md]}")
    run = weft.json("runs")["runs"][0]["run"]
    ended = weft("cleanup", "--older", "0")
    assert ended.out.splitlines()[0] == "0 runs removed, 1 kept."
    assert f"{run}: its result is part of no other branch" in ended.out
    assert weft.json("cleanup", "--older", "0", "--unlanded")["removed"] == [run]
    assert weft.json("runs")["runs"] == []


@pytest.mark.needs("git")
def test_a_run_in_git_that_changed_nothing_goes(weft, monkeypatch):
    monkeypatch.delenv("WEFT_WORKSPACE")
    weft.run("{id: a, run: 'true'}")
    assert weft("cleanup", "--older", "0").out == "1 run removed, 0 kept.\n"


def test_a_run_that_a_living_one_comes_from_stays(weft):
    weft.run("{id: a, uses: noop}")
    assert weft("fork", "last", "a").code == 0
    assert "was forked from" in weft("cleanup", "--older", "0").out


def test_a_flipped_byte_is_named(weft):
    weft.run("{id: a, uses: noop}")
    with sqlite3.connect(weft.folder / ".weft" / "weft.db") as db:
        db.execute("UPDATE records SET actor = 'eve' WHERE position = 2")
    db.close()
    ended = weft("verify")
    assert ended.code == 1
    assert "Record 2 (" in ended.out
    assert "1 fault(s)" in ended.out
