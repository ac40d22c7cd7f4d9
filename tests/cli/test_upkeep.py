import io
import json
import os
import sqlite3
import sys
from contextlib import closing

import msgspec
import pytest

from weft.store.chain import GENESIS, link


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


def test_a_pipe_in_place_of_an_export_is_not_waited_for(weft):
    os.mkfifo(weft.folder / "r.jsonl")
    refused = weft("import", "r.jsonl")
    assert refused.code == 2
    assert "r.jsonl cannot be read: it is a pipe" in refused.err
    assert "it is empty" in weft("import", "/dev/null").err


def crafted(text: str, run: str = "", **event: object) -> str:
    """The export again as somebody writes it who knows how hashes are made: for another run, its first event changed."""
    lines = [json.loads(line) for line in text.splitlines()]
    run = run or lines[0]["run"]
    hash_ = GENESIS
    for line in lines:
        if line["line"] == "record":
            line["event"] |= event if line["version"] == 1 else {}
            body = msgspec.json.encode(line["event"])
            who = (line["kind"], line["actor"], line["cause"])
            hash_ = link(hash_, run, line["version"], line["at"], *who, body)
            line["hash"] = hash_.hex()
    lines[0] |= {"run": run, "hash": hash_.hex()}
    return "".join(msgspec.json.encode(line).decode() + "\n" for line in lines)


def test_nothing_of_an_import_runs_before_somebody_resumes_it(weft):
    weft.run("{id: q, ask: Go?}\n{id: a, needs: [q], run: 'touch $HOME/ran'}")
    weft("export", "last", "r.jsonl")
    weft("approve", "last", "a1")
    weft("export", "last", "approved.jsonl")
    for store, file in (("x.db", "r.jsonl"), ("y.db", "approved.jsonl")):
        came = weft("import", file, "--store", store)
        assert "Nothing of it is done before you say so: `weft resume" in came.out
        assert weft("drive", "--store", store).code == 3
        assert weft("drive", "last", "--store", store).code == 3
        explained = weft.json("explain", "last", "--store", store)
        assert explained["kind"] == "imported"
        assert "was imported by ann" in explained["sentence"]
        assert not (weft.folder / "ran").exists()
    assert weft("resume", "last", "--store", "y.db").code == 0
    assert weft("drive", "last", "--store", "y.db").code == 0
    assert (weft.folder / "ran").exists()


@pytest.mark.parametrize("run", ["/tmp/victim", "..", "a/../../b", ".", "-x", "x.lock", ""])
def test_a_run_with_a_name_that_is_a_path_is_not_taken_in(weft, run):
    weft.run("{id: a, uses: noop}")
    text = weft("export", "last").out
    name = text.splitlines()[0]
    weft.write("evil.jsonl", crafted(text, run) if run else text.replace(json.loads(name)["run"], "", 1))
    ended = weft("import", "evil.jsonl", "--store", "x.db")
    assert ended.code == 2
    assert "is no name for a run" in ended.err
    assert weft.json("runs", "--store", "x.db")["runs"] == []


def test_no_path_of_an_import_is_followed(weft):
    weft.run("{id: a, run: 'echo x > n.md', creates: [n.md]}")
    text = weft("export", "last").out
    weft.write("evil.jsonl", crafted(text, base={"root": "/etc", "commit": ""}))
    assert weft("import", "evil.jsonl", "--store", "x.db").code == 0
    last = json.loads(weft("events", "last", "--json", "--store", "x.db").out.splitlines()[-1])
    assert last["event"]["root"] == str(weft.folder)
    weft.write("worse.jsonl", crafted(text, base={"root": "/x", "commit": "--output=/tmp/x"}))
    refused = weft("import", "worse.jsonl", "--store", "y.db")
    assert refused.code == 2
    assert "version 1: '--output=/tmp/x' is no commit" in refused.err
    assert weft.json("runs", "--store", "y.db")["runs"] == []


@pytest.mark.parametrize(
    "base",
    [{"root": "/x", "warnings": 3}, {"root": ["/x"]}, {"root": "/x", "private": "no"}, {"commit": ""}],
)
def test_an_import_whose_beginning_is_of_another_shape_is_refused(weft, base):
    weft.run("{id: a, run: 'true'}")
    weft.write("evil.jsonl", crafted(weft("export", "last").out, base=base))
    refused = weft("import", "evil.jsonl", "--store", "x.db")
    assert (refused.code, "cannot be taken in" in refused.err) == (2, True)
    assert weft.json("runs", "--store", "x.db")["runs"] == []


def test_a_fork_of_an_import_looks_for_nothing_where_the_file_of_the_import_was(weft):
    weft.write("elsewhere/child.yaml", "name: child\nsteps: [{id: a, run: 'touch followed'}]\n")
    weft.write(
        "elsewhere/w.yaml", "name: w\nsteps:\n- {id: a, ask: Go?}\n- {id: b, needs: a, call: child.yaml}\n"
    )
    weft("run", "elsewhere/w.yaml")
    weft.write("r.jsonl", weft("export", "last").out)
    weft("import", "r.jsonl", "--store", "x.db")
    forked = weft.json("fork", "last", "a", "--store", "x.db")["run"]
    weft("drive", forked, "--store", "x.db")
    assert weft("approve", forked, "--store", "x.db").code == 0
    ended = weft("drive", forked, "--store", "x.db")
    assert "There is no workflow" in ended.out + ended.err
    assert not list(weft.folder.rglob("followed"))


def test_an_import_without_its_definition_is_refused(weft):
    weft.run("{id: a, uses: noop}")
    lines = weft("export", "last").out.splitlines(keepends=True)
    weft.write("half.jsonl", "".join(line for line in lines if '"line":"blob"' not in line))
    assert "its definition is not there" in weft("import", "half.jsonl", "--store", "x.db").err


def test_cleaning_up_leaves_alone_what_a_link_leads_to(weft):
    weft.run("{id: a, run: 'true'}")
    run = weft.json("runs")["runs"][0]["run"]
    elsewhere = weft.folder / "elsewhere"
    (elsewhere / run).mkdir(parents=True)
    attempts = weft.folder / ".weft" / "attempts"
    attempts.rename(weft.folder / "old")
    attempts.symlink_to(elsewhere)
    assert weft("cleanup", "--older", "0").out == "1 run removed, 0 kept.\n"
    assert (elsewhere / run).is_dir()


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
    with closing(sqlite3.connect(weft.folder / ".weft" / "weft.db")) as db, db:
        db.execute("UPDATE records SET actor = 'eve' WHERE position = 2")
    db.close()
    ended = weft("verify")
    assert ended.code == 1
    assert "Record 2 (" in ended.out
    assert "1 fault in " in ended.out


def damage(weft, sql: str) -> None:
    with closing(sqlite3.connect(weft.folder / ".weft" / "weft.db")) as db, db:
        db.execute(sql)
    db.close()


def test_a_list_that_was_changed_is_made_anew(weft):
    weft.run("{id: a, uses: noop}")
    weft("runs")
    damage(weft, "UPDATE runs SET status = 'failed'")
    ended = weft("verify")
    assert ended.code == 1
    assert "table runs, column status: 'failed' is there, and its records say 'completed'" in ended.out
    assert weft("verify", "--rebuild").code == 0
    assert [run["status"] for run in weft.json("runs")["runs"]] == ["completed"]


def test_the_last_record_is_missed(weft):
    weft.run("{id: a, uses: noop}")
    damage(weft, "DELETE FROM records WHERE position = (SELECT max(position) FROM records)")
    ended = weft("verify")
    assert ended.code == 1
    assert "ends at version" in ended.out


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE blobs SET data = CAST(data AS TEXT)",
        "UPDATE records SET body = CAST(body AS TEXT)",
        "UPDATE records SET at = 'noon'",
        "UPDATE records SET version = 'two' WHERE version = 2",
        "UPDATE runs SET view = 7",
        "UPDATE runs SET created_at = 'noon'",
        "UPDATE outputs SET chunk = CAST(chunk AS TEXT)",
        "UPDATE views SET position = 'far'",
        "DELETE FROM views",
        "DELETE FROM ledger",
        "DELETE FROM blobs",
        "DROP TABLE runs",
        "DROP TABLE heads",
    ],
)
def test_every_command_tells_of_a_damaged_store_in_a_sentence(weft, sql):
    weft.run("{id: a, run: echo hi}")
    weft("runs")
    damage(weft, sql)
    assert weft("verify").code in {1, 2}
    commands = (
        "runs",
        "show last",
        "explain last",
        "events last",
        "logs last",
        "inbox",
        "export last x",
        "run w.yaml",
        "doctor",
    )
    for command in commands:
        ended = weft(*command.split())
        assert ended.code != 70, (command, ended.err)
        assert "Traceback" not in ended.err
        if ended.code == 2 and "Record" not in ended.err:
            assert "weft.db" in ended.err, command


@pytest.mark.parametrize("command", ["runs", "verify", "init", "run w.yaml", "serve --port 0"])
def test_a_file_in_place_of_the_state_folder_is_one_error(weft, command):
    weft.write("w.yaml", "name: w\nsteps: [{id: a, uses: noop}]\n")
    weft.write(".weft", "a file")
    ended = weft(*command.split())
    assert ended.code == 2
    assert "it is a file, not a folder" in ended.err


def test_a_folder_in_place_of_a_file_is_no_bug_of_weft(weft):
    weft.write(".weft/workflows", "a file")
    ended = weft("init")
    assert ended.code == 2
    assert "workflows cannot be used: not a directory" in ended.err or "file exists" in ended.err
