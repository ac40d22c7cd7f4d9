import subprocess

import pytest


def test_two_versions_of_a_run(weft):
    weft.run("{id: a, run: echo hi}")
    said = weft("diff", "last").out
    assert "steps.a.status\n  - pending\n  + succeeded" in said
    assert "steps.a.outputs.stdout\n  + hi" in said
    assert weft.json("diff", "last", "--old", "2", "--new", "2") == {"changes": []}
    assert weft("diff", "last", "--old", "2", "--new", "2").out == "Nothing differs.\n"


def test_two_runs(weft):
    weft.run("{id: a, run: echo hi}")
    first = weft.json("runs")["runs"][0]["run"]
    weft.run("{id: a, run: echo ho}")
    changes = {c["path"]: (c["old"], c["new"]) for c in weft.json("diff", first, "last")["changes"]}
    assert changes["steps.a.outputs.stdout"] == ("hi", "ho")


@pytest.mark.needs("git")
def test_the_patch_of_a_run_in_git(weft, monkeypatch):
    monkeypatch.delenv("WEFT_WORKSPACE")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run([*git, "init", "-q", "."], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    weft.write(".git/info/exclude", "*\n")
    weft.run("{id: a, creates: [n.md], run: 'echo hello > n.md'}")
    assert "+hello" in weft("diff", "last", "--files").out
    assert "+hello" in weft.json("diff", "last", "--files")["patch"]


def test_there_is_no_patch_without_git(weft):
    weft.run("{id: a, uses: noop}")
    assert "not in git" in weft("diff", "last", "--files").err
