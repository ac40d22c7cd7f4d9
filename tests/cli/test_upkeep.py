import io
import json
import os
import sqlite3
import sys
from contextlib import closing

import msgspec
import pytest

from ropewalk.store.chain import GENESIS, record_hash


def test_a_whole_store_is_clean_and_so_is_one_run(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    assert "Clean: " in ropewalk("verify").out
    assert ropewalk.json("verify", "last")["clean"] is True


def test_a_backup_is_a_store_and_never_written_over(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    assert ropewalk("backup", "b.db").code == 0
    assert len(ropewalk.json("runs", "--store", "b.db")["runs"]) == 1
    assert "new file" in ropewalk("backup", "b.db").err


def test_a_run_travels_from_store_to_store(ropewalk, monkeypatch):
    ropewalk.run("{id: a, uses: noop}")
    text = ropewalk("export", "last").out
    assert ropewalk("export", "last", "r.jsonl").code == 0
    assert (ropewalk.folder / "r.jsonl").read_text() == text
    assert "cannot be written" in ropewalk("export", "last", "r.jsonl").err
    assert ropewalk("import", "r.jsonl", "--store", "x.db").code == 0
    assert ropewalk.json("verify", "--store", "x.db")["clean"] is True
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert ropewalk("import", "-", "--store", "y.db").code == 0
    assert ropewalk("import", "r.jsonl", "--store", "x.db").code == 2


def test_a_pipe_in_place_of_an_export_is_not_waited_for(ropewalk):
    os.mkfifo(ropewalk.folder / "r.jsonl")
    refused = ropewalk("import", "r.jsonl")
    assert refused.code == 2
    assert "r.jsonl cannot be read: it is a pipe" in refused.err
    assert "it is empty" in ropewalk("import", "/dev/null").err


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
            hash_ = record_hash(hash_, run, line["version"], line["at"], *who, body)
            line["hash"] = hash_.hex()
    lines[0] |= {"run": run, "hash": hash_.hex()}
    return "".join(msgspec.json.encode(line).decode() + "\n" for line in lines)


def test_nothing_of_an_import_runs_before_somebody_resumes_it(ropewalk):
    ropewalk.run("{id: q, ask: Go?}\n{id: a, needs: [q], run: 'touch $HOME/ran'}")
    ropewalk("export", "last", "r.jsonl")
    ropewalk("approve", "last", "a1")
    ropewalk("export", "last", "approved.jsonl")
    for store, file in (("x.db", "r.jsonl"), ("y.db", "approved.jsonl")):
        came = ropewalk("import", file, "--store", store)
        assert "Nothing of it is done before you say so: `ropewalk resume" in came.out
        assert ropewalk("drive", "--store", store).code == 3
        assert ropewalk("drive", "last", "--store", store).code == 3
        explained = ropewalk.json("explain", "last", "--store", store)
        assert explained["kind"] == "imported"
        assert "was imported by ann" in explained["sentence"]
        assert not (ropewalk.folder / "ran").exists()
    assert ropewalk("resume", "last", "--store", "y.db").code == 0
    assert ropewalk("drive", "last", "--store", "y.db").code == 0
    assert (ropewalk.folder / "ran").exists()


@pytest.mark.parametrize("run", ["/tmp/victim", "..", "a/../../b", ".", "-x", "x.lock", ""])
def test_a_run_with_a_name_that_is_a_path_is_not_taken_in(ropewalk, run):
    ropewalk.run("{id: a, uses: noop}")
    text = ropewalk("export", "last").out
    name = text.splitlines()[0]
    ropewalk.write("evil.jsonl", crafted(text, run) if run else text.replace(json.loads(name)["run"], "", 1))
    ended = ropewalk("import", "evil.jsonl", "--store", "x.db")
    assert ended.code == 2
    assert "is no name for a run" in ended.err
    assert ropewalk.json("runs", "--store", "x.db")["runs"] == []


def test_no_path_of_an_import_is_followed(ropewalk):
    ropewalk.run("{id: a, run: 'echo x > n.md', creates: [n.md]}")
    text = ropewalk("export", "last").out
    ropewalk.write("evil.jsonl", crafted(text, base={"root": "/etc", "commit": ""}))
    assert ropewalk("import", "evil.jsonl", "--store", "x.db").code == 0
    last = json.loads(ropewalk("events", "last", "--json", "--store", "x.db").out.splitlines()[-1])
    assert last["event"]["root"] == str(ropewalk.folder)
    ropewalk.write("worse.jsonl", crafted(text, base={"root": "/x", "commit": "--output=/tmp/x"}))
    refused = ropewalk("import", "worse.jsonl", "--store", "y.db")
    assert refused.code == 2
    assert "version 1: '--output=/tmp/x' is no commit" in refused.err
    assert ropewalk.json("runs", "--store", "y.db")["runs"] == []


@pytest.mark.parametrize(
    "base",
    [{"root": "/x", "warnings": 3}, {"root": ["/x"]}, {"root": "/x", "private": "no"}, {"commit": ""}],
)
def test_an_import_whose_beginning_is_of_another_shape_is_refused(ropewalk, base):
    ropewalk.run("{id: a, run: 'true'}")
    ropewalk.write("evil.jsonl", crafted(ropewalk("export", "last").out, base=base))
    refused = ropewalk("import", "evil.jsonl", "--store", "x.db")
    assert (refused.code, "cannot be taken in" in refused.err) == (2, True)
    assert ropewalk.json("runs", "--store", "x.db")["runs"] == []


def test_a_fork_of_an_import_looks_for_nothing_where_the_file_of_the_import_was(ropewalk):
    ropewalk.write("elsewhere/child.yaml", "name: child\nsteps: [{id: a, run: 'touch followed'}]\n")
    ropewalk.write(
        "elsewhere/w.yaml", "name: w\nsteps:\n- {id: a, ask: Go?}\n- {id: b, needs: a, call: child.yaml}\n"
    )
    ropewalk("run", "elsewhere/w.yaml")
    ropewalk.write("r.jsonl", ropewalk("export", "last").out)
    ropewalk.write("elsewhere/child.yaml", "name: child\nsteps: [{id: a, run: 'touch strange'}]\n")
    ropewalk("import", "r.jsonl", "--store", "x.db")
    forked = ropewalk.json("fork", "last", "a", "--store", "x.db")["run"]
    ropewalk("drive", forked, "--store", "x.db")
    assert ropewalk("approve", forked, "--store", "x.db").code == 0
    ended = ropewalk("drive", forked, "--store", "x.db")
    assert "made followed" in ended.out, "what the export brought with it is called"
    assert not list(ropewalk.folder.rglob("strange"))


def test_an_import_without_its_definition_is_refused(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    lines = ropewalk("export", "last").out.splitlines(keepends=True)
    ropewalk.write("half.jsonl", "".join(line for line in lines if '"line":"blob"' not in line))
    assert "its definition is not there" in ropewalk("import", "half.jsonl", "--store", "x.db").err


def test_cleaning_up_leaves_alone_what_a_link_leads_to(ropewalk):
    ropewalk.run("{id: a, run: 'true'}")
    run = ropewalk.json("runs")["runs"][0]["run"]
    elsewhere = ropewalk.folder / "elsewhere"
    (elsewhere / run).mkdir(parents=True)
    attempts = ropewalk.folder / ".ropewalk" / "attempts"
    attempts.rename(ropewalk.folder / "old")
    attempts.symlink_to(elsewhere)
    assert ropewalk("cleanup", "--older", "0").out == "1 run removed, 0 kept.\n"
    assert (elsewhere / run).is_dir()


def test_what_ended_long_ago_goes_and_the_rest_stays(ropewalk):
    ropewalk.run("{id: a, run: 'echo x > n.md', creates: [n.md]}")
    ropewalk.run("{id: a, run: exit 1}")
    ropewalk.run("{id: a, ask: Well?}")
    assert ropewalk("cleanup").out == "0 runs removed, 0 kept.\n"
    assert ropewalk("cleanup", "--older", "0", "--dry-run").out == "2 runs would be removed, 0 kept.\n"
    assert len(ropewalk.json("cleanup", "--older", "0", "-s", "failed")["removed"]) == 1
    assert ropewalk("cleanup", "--older", "0").out == "1 run removed, 0 kept.\n"
    assert [run["status"] for run in ropewalk.json("runs")["runs"]] == ["paused"]
    assert len(list((ropewalk.folder / ".ropewalk" / "runs").iterdir())) <= 1
    assert ropewalk("verify").code == 0


@pytest.mark.needs("git")
def test_a_result_in_git_that_is_nowhere_else_stays_unless_told(ropewalk, monkeypatch):
    monkeypatch.delenv("ROPEWALK_WORKSPACE")
    ropewalk.run("{id: a, run: 'echo x > n.md', creates: [n.md]}")
    run = ropewalk.json("runs")["runs"][0]["run"]
    ended = ropewalk("cleanup", "--older", "0")
    assert ended.out.splitlines()[0] == "0 runs removed, 1 kept."
    assert f"{run}: its result is part of no other branch" in ended.out
    assert ropewalk.json("cleanup", "--older", "0", "--unlanded")["removed"] == [run]
    assert ropewalk.json("runs")["runs"] == []


@pytest.mark.needs("git")
def test_a_run_in_git_that_changed_nothing_goes(ropewalk, monkeypatch):
    monkeypatch.delenv("ROPEWALK_WORKSPACE")
    ropewalk.run("{id: a, run: 'true'}")
    assert ropewalk("cleanup", "--older", "0").out == "1 run removed, 0 kept.\n"


def test_a_run_that_a_living_one_comes_from_stays(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    assert ropewalk("fork", "last", "a").code == 0
    assert "was forked from" in ropewalk("cleanup", "--older", "0").out


def test_a_flipped_byte_is_named(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    with closing(sqlite3.connect(ropewalk.folder / ".ropewalk" / "ropewalk.db")) as db, db:
        db.execute("UPDATE records SET actor = 'eve' WHERE position = 2")
    db.close()
    ended = ropewalk("verify")
    assert ended.code == 1
    assert "Record 2 (" in ended.out
    assert "1 fault in " in ended.out


def damage(ropewalk, sql: str) -> None:
    with closing(sqlite3.connect(ropewalk.folder / ".ropewalk" / "ropewalk.db")) as db, db:
        db.execute(sql)
    db.close()


def test_a_list_that_was_changed_is_made_anew(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    ropewalk("runs")
    damage(ropewalk, "UPDATE runs SET status = 'failed'")
    ended = ropewalk("verify")
    assert ended.code == 1
    assert "table runs, column status: 'failed' is there, and its records say 'completed'" in ended.out
    assert ropewalk("verify", "--rebuild").code == 0
    assert [run["status"] for run in ropewalk.json("runs")["runs"]] == ["completed"]


def test_the_last_record_is_missed(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    damage(ropewalk, "DELETE FROM records WHERE position = (SELECT max(position) FROM records)")
    ended = ropewalk("verify")
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
def test_every_command_tells_of_a_damaged_store_in_a_sentence(ropewalk, sql):
    ropewalk.run("{id: a, run: echo hi}")
    ropewalk("runs")
    damage(ropewalk, sql)
    assert ropewalk("verify").code in {1, 2}
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
        ended = ropewalk(*command.split())
        assert ended.code != 70, (command, ended.err)
        assert "Traceback" not in ended.err
        if ended.code == 2 and "Record" not in ended.err:
            assert "ropewalk.db" in ended.err, command


@pytest.mark.parametrize("command", ["runs", "verify", "init", "run w.yaml", "serve --port 0"])
def test_a_file_in_place_of_the_state_folder_is_one_error(ropewalk, command):
    ropewalk.write("w.yaml", "name: w\nsteps: [{id: a, uses: noop}]\n")
    ropewalk.write(".ropewalk", "a file")
    ended = ropewalk(*command.split())
    assert ended.code == 2
    assert "it is a file, not a folder" in ended.err


def test_a_folder_in_place_of_a_file_is_no_bug_of_ropewalk(ropewalk):
    ropewalk.write(".ropewalk/workflows", "a file")
    ended = ropewalk("init")
    assert ended.code == 2
    assert "workflows cannot be used: not a directory" in ended.err or "file exists" in ended.err
