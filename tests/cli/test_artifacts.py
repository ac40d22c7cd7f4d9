import pytest


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
