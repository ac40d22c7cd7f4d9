"""`ropewalk land` and `ropewalk conflicts` in real repositories: nothing of anybody's is lost, and what disagrees is shown whole."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Line, git

pytestmark = pytest.mark.needs("git")


@pytest.fixture
def line(repository: Line) -> Line:
    return repository


def test_a_result_lands_on_the_branch_that_the_run_began_from_with_what_came_there_meanwhile(
    line: Line,
) -> None:
    assert line.run('{id: a, run: "echo A > a.txt"}').code == 0
    line.write("theirs.txt", "T\n")
    git(line.folder, "add", "theirs.txt")
    git(line.folder, "commit", "-qm", "meanwhile")
    ended = line("land", "last")
    assert (ended.code, ended.err) == (0, "")
    assert "main has" in ended.out
    assert git(line.folder, "ls-tree", "--name-only", "main").split() == ["a.txt", "f.txt", "theirs.txt"]
    assert (line.folder / "a.txt").read_text() == "A\n"
    assert "run.landed" in line("events", "last").out
    assert [made["path"] for made in line.json("show", "last")["artifacts"]] == ["a.txt"]


def test_a_gate_judges_once_how_the_result_fits_the_branch_of_today(line: Line) -> None:
    line.run('{id: a, run: "echo A > a.txt"}', head="gate: test -e f.txt")
    line.write("theirs.txt", "T\n")
    git(line.folder, "add", "theirs.txt")
    git(line.folder, "commit", "-qm", "meanwhile")
    assert line("land", "last").code == 0
    assert line("events", "last").out.count("gate.judged") == 2


def test_a_result_goes_to_a_new_branch_or_into_a_patch(line: Line) -> None:
    line.run('{id: a, run: "echo A > a.txt"}')
    found = line.json("land", "last", "--branch", "extra")
    assert git(line.folder, "rev-parse", "extra") == found["commit"]
    assert "+A" in line("land", "last", "--patch", "-").out
    assert line("land", "last", "--patch", "p.diff").code == 0
    git(line.folder, "apply", "--check", "p.diff")


def test_a_result_lands_as_one_commit_with_the_message_that_was_given(line: Line) -> None:
    line.run('{id: a, run: "echo A > a.txt"}\n{id: b, run: "echo B > b.txt"}')
    assert line("land", "last", "--squash", "--message", "feat: both\n\nAs was asked.").code == 0
    assert git(line.folder, "log", "--format=%s", "main").split("\n") == ["feat: both", "begin"]
    assert (line.folder / "b.txt").read_text() == "B\n"
    assert line("land", "last", "--squash").code == 0
    assert line("artifacts", "last", "a.txt").out == "A\n"
    for words in (["--message", "m"], ["--squash", "--message", " "], ["--squash", "--patch", "-"]):
        assert line("land", "last", *words).code == 2


def test_a_gate_that_says_no_to_the_two_together_stops_the_landing(line: Line) -> None:
    line.run('{id: a, run: "echo A > a.txt"}', head="gate: test ! -e theirs.txt")
    line.write("theirs.txt", "T\n")
    git(line.folder, "add", "theirs.txt")
    git(line.folder, "commit", "-qm", "meanwhile")
    before = git(line.folder, "rev-parse", "main")
    ended = line("land", "last")
    assert ended.code == 1
    assert "did not land: gate test ! -e theirs.txt failed" in ended.err
    assert git(line.folder, "rev-parse", "main") == before
    shown = line.json("show", "last")
    assert (shown["status"], shown["landed"]) == ("completed", "")
    assert "landing.failed" in line("events", "last").out


def diverged(line: Line) -> str:
    """A run whose result disagrees with what came to main meanwhile; gives where main stands."""
    line.run('{id: a, run: "echo A > f.txt"}')
    line.write("f.txt", "other\n")
    git(line.folder, "commit", "-qam", "meanwhile")
    return git(line.folder, "rev-parse", "main")


def test_what_disagrees_with_the_target_is_asked_and_lands_as_it_is_answered(line: Line) -> None:
    before = diverged(line)
    ended = line("land", "last")
    assert ended.code == 3
    assert "what a left does not fit what came to main meanwhile, in f.txt" in ended.out
    assert "ropewalk answer" in ended.out
    assert git(line.folder, "rev-parse", "main") == before
    assert "on its way to main: `ropewalk drive` goes on" in line("land", "last").err
    line("answer", "last", "a1", "theirs")
    assert line("drive", "last").code == 0
    assert line.json("show", "last")["landed"] == "main"
    assert git(line.folder, "show", "main:f.txt") == "A"
    assert git(line.folder, "merge-base", "--is-ancestor", before, "main") == ""


def test_an_answer_settles_only_what_was_shown(line: Line) -> None:
    """What came to the branch while the question was open is asked anew, whatever the first answer was."""
    diverged(line)
    assert line("land", "last").code == 3
    line.write("f.txt", "later\n")
    git(line.folder, "commit", "-qam", "while it is asked")
    line("answer", "last", "a1", "theirs")
    assert line("drive", "last").code == 3
    assert git(line.folder, "show", "main:f.txt") == "later"
    line("answer", "last", "a2", "ours")
    assert line("drive", "last").code == 0
    assert git(line.folder, "show", "main:f.txt") == "later"


def test_a_resolution_is_the_whole_text_of_what_disagrees(line: Line) -> None:
    diverged(line)
    line("land", "last")
    assert "takes by path what becomes of it: --value" in line("answer", "last", "a1", "resolved").err
    wrong = line("answer", "last", "a1", "resolved", "--value", '{"f.txt": 7}')
    assert "f.txt is 7; its whole text is wanted" in wrong.err
    strange = line("answer", "last", "a1", "resolved", "--value", '{"g.txt": "x"}')
    assert "g.txt is none of what disagrees: f.txt" in strange.err
    assert line("answer", "last", "a1", "resolved", "--value", '{"f.txt": "both\\n"}').code == 0
    assert line("drive", "last").code == 0
    assert git(line.folder, "show", "main:f.txt") == "both"


def test_a_landing_that_fails_while_it_is_driven_is_no_success(line: Line) -> None:
    diverged(line)
    line("land", "last")
    line("answer", "last", "a1", "theirs")
    line.write("f.txt", "not committed\n")
    ended = line("drive", "last")
    assert ended.code == 1
    assert "to land there would overwrite what is not committed: f.txt" in ended.err
    assert "did not land" in line("show", "last").out
    assert (line.folder / "f.txt").read_text() == "not committed\n"


def test_a_patch_takes_the_place_of_nothing(line: Line) -> None:
    line.run('{id: a, run: "echo A > a.txt"}')
    assert "f.txt is there already" in line("land", "last", "--patch", "f.txt").err
    assert "cannot be written" in line("land", "last", "--patch", "no/such/p").err
    assert (line.folder / "f.txt").read_text() == "base\n"


def test_a_workflow_that_lands_takes_a_clean_checkout_along(line: Line) -> None:
    assert line.run('{id: a, run: "echo A > a.txt"}', head="land: merge").code == 0
    assert (line.folder / "a.txt").read_text() == "A\n"
    assert "landed on main" in line("show", "last").out


def test_who_does_not_want_what_disagrees_leaves_the_run_as_it_was(line: Line) -> None:
    before = diverged(line)
    line("land", "last")
    assert line("reject", "last", "a1", "--reason", "no").code == 0
    shown = line.json("show", "last")
    assert (shown["status"], shown["landed"]) == ("completed", "")
    assert git(line.folder, "rev-parse", "main") == before
    assert line("land", "last", "--branch", "extra").code == 0


def test_what_is_no_branch_is_refused_before_anything_begins(line: Line) -> None:
    line.run('{id: a, run: "echo A > a.txt"}')
    for name in ("-f", "HEAD", "refs/heads/x", "ropewalk/other"):
        assert "is no name of a branch" in line("land", "last", f"--to={name}").err
    assert "landing.begun" not in line("events", "last").out


def test_a_run_without_a_result_in_git_cannot_land(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    line.run('{id: a, run: "exit 1"}')
    assert "has merged no result" in line("land", "last").err
    monkeypatch.setenv("ROPEWALK_WORKSPACE", "folder")
    line.run('{id: a, run: "true"}')
    assert "not in git" in line("land", "last").err
    assert "one place at a time" in line("land", "last", "--to", "a", "--branch", "b").err


def test_conflicts_show_both_sides_and_how_to_settle_them(line: Line) -> None:
    steps = '{id: a, run: "echo A > f.txt"}\n{id: b, run: "echo B > f.txt"}'
    assert line.run(steps).code == 3
    told = line("conflicts", "last").out
    assert all(part in told for part in ("f.txt", "base", "\nA\n", "\nB\n", "ropewalk answer"))
    (found,) = line.json("conflicts", "last")["conflicts"]
    assert (found["path"], found["steps"]) == ("f.txt", ["a", "b"])
    line("answer", "last", "a1", "theirs")
    assert line("drive", "last").code == 0
    assert line("conflicts", "last").out == "Nothing disagrees.\n"
    assert line("land", "last", "--patch", "-").out.count("+B") == 1
