import subprocess

import pytest


def test_two_versions_of_a_run(ropewalk):
    ropewalk.run("{id: a, run: echo hi}")
    said = ropewalk("diff", "last").out
    assert "steps.a.status\n  - pending\n  + succeeded" in said
    assert "steps.a.outputs.stdout\n  + hi" in said
    assert ropewalk.json("diff", "last", "--old", "2", "--new", "2") == {"changes": []}
    assert ropewalk("diff", "last", "--old", "2", "--new", "2").out == "Nothing differs.\n"


def test_two_runs(ropewalk):
    ropewalk.run("{id: a, run: echo hi}")
    first = ropewalk.json("runs")["runs"][0]["run"]
    ropewalk.run("{id: a, run: echo ho}")
    changes = {c["path"]: (c["old"], c["new"]) for c in ropewalk.json("diff", first, "last")["changes"]}
    assert changes["steps.a.outputs.stdout"] == ("hi", "ho")


@pytest.mark.needs("git")
def test_the_patch_of_a_run_in_git(ropewalk, monkeypatch):
    monkeypatch.delenv("ROPEWALK_WORKSPACE")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run([*git, "init", "-q", "."], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "first"], check=True)
    ropewalk.write(".git/info/exclude", "*\n")
    ropewalk.run("{id: a, creates: [n.md], run: 'echo hello > n.md'}")
    assert "+hello" in ropewalk("diff", "last", "--files").out
    assert "+hello" in ropewalk.json("diff", "last", "--files")["patch"]


def test_there_is_no_patch_without_git(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    assert "not in git" in ropewalk("diff", "last", "--files").err
