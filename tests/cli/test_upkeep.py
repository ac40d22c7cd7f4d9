import io
import sys


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
