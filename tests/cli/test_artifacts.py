import pytest

from tests.cli.conftest import git


@pytest.fixture
def made(ropewalk):
    ropewalk.run("{id: a, creates: [d/n.md], run: 'mkdir d; printf hello > d/n.md'}")
    return ropewalk


def test_what_a_run_made_is_listed_printed_and_copied(made):
    assert "d/n.md" in made("artifacts", "last").out
    (one,) = made.json("artifacts", "last")["artifacts"]
    assert (one["path"], one["step"], one["size"]) == ("d/n.md", "a", 5)
    assert made("artifacts", "last", "d/n.md").out == "hello"
    assert made("artifacts", "last", "--out", "copy").code == 0
    assert (made.folder / "copy" / "d" / "n.md").read_text() == "hello"
    assert "is there already" in made("artifacts", "last", "--out", "copy").err


def test_a_file_is_listed_with_what_it_was_made_from_and_who_amended_it(ropewalk):
    ropewalk.run(
        "{id: a, creates: [n.md], run: echo draft > n.md, approve: {prompt: Good?, show: n.md}}\n"
        "{id: b, requires: [n.md], creates: [m.md], run: cp n.md m.md}"
    )
    assert "amended by" not in ropewalk("artifacts", "last").out
    assert ropewalk("amend", "last", "--text", "final").code == 0
    assert ropewalk("drive").code == 0
    rows = {row["path"]: row for row in ropewalk.json("artifacts", "last")["artifacts"]}
    assert rows["m.md"]["sources"] == ["n.md"]
    assert rows["n.md"]["amended_by"]
    assert ropewalk.json("show", "last")["artifacts"] == list(rows.values())
    shown = ropewalk("artifacts", "last").out
    assert "amended by" in shown
    assert "from" in shown


@pytest.mark.needs("git")
def test_what_the_run_changed_in_a_file_is_printed_as_a_patch(ropewalk, monkeypatch):
    monkeypatch.delenv("ROPEWALK_WORKSPACE")
    ropewalk.write("n.md", "old\n")
    git(ropewalk.folder, "init", "-q", ".")
    git(ropewalk.folder, "add", "n.md")
    git(ropewalk.folder, "commit", "-q", "-m", "first")
    ropewalk.write(".git/info/exclude", "w.yaml\n.ropewalk\n")
    ropewalk.run("{id: a, run: 'echo new > n.md; echo more > m.md'}")
    patch = ropewalk("artifacts", "last", "n.md", "--diff").out
    assert "-old" in patch
    assert "+new" in patch
    assert "m.md" not in patch
    assert ropewalk.json("artifacts", "last", "n.md", "--diff")["patch"] == patch
    assert "compares one file" in ropewalk("artifacts", "last", "--diff").err
    assert "did you mean n.md?" in ropewalk("artifacts", "last", "n.dm", "--diff").err


def test_without_git_there_is_nothing_to_compare_with(made):
    assert "not in git" in made("artifacts", "last", "d/n.md", "--diff").err


def test_a_file_that_the_run_did_not_make(made):
    assert "did you mean d/n.md?" in made("artifacts", "last", "d/n.dm").err
    assert "lists them" in made("artifacts", "last", "zzz").err


def test_a_run_that_made_nothing(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    assert ropewalk("artifacts", "last").out == "The run has made no files.\n"


def test_a_file_whose_folder_is_gone(made):
    import shutil

    shutil.rmtree(made.folder / ".ropewalk" / "runs")
    assert "no longer kept" in made("artifacts", "last", "d/n.md").err


def test_links_are_copied_last_and_none_that_leads_out_by_way_of_others(ropewalk, monkeypatch):
    from ropewalk.cli import artifacts

    ropewalk.run("{id: a, run: 'true'}")
    out = ropewalk.folder / "copy"
    out.mkdir()
    led_out = dict(
        artifacts._link(out, {"b": ".", "p": "b/../x", "p/q": "y", "in": "b", "round": "round", "up": ".."})
    )
    assert led_out == {"p": "b/../x", "p/q": "y", "up": ".."}
    assert sorted(path.name for path in out.iterdir()) == ["b", "in", "round"]
