"""A shell that completes words is offered names and ids that there are, and nothing else: no error, whatever is wrong."""

from __future__ import annotations

import pytest

from ropewalk.cli import offers
from ropewalk.cli.finding import find
from ropewalk.cli.grammar import Argument, Option
from ropewalk.cli.table import entries

FLOW = "name: w\nsteps:\n  - {id: a, uses: noop}\n"


def run_ids(ropewalk) -> list[str]:
    return [row["run"] for row in ropewalk.json("runs")["runs"]]


def test_workflows_are_offered_by_the_beginning_of_their_name(ropewalk):
    ropewalk.write(".ropewalk/workflows/team/größe.yaml", FLOW)
    ropewalk.write(".ropewalk/workflows/team/notes.md", "no workflow")
    assert offers.workflows("sd") == ["sdlc"]
    assert offers.workflows("team/") == ["team/größe"]
    assert offers.workflows("SD") == []
    assert {"sdlc", "team/größe"} <= {*offers.workflows("")}


def test_workflows_of_the_project_are_offered_below_its_folder(ropewalk, monkeypatch):
    ropewalk.write(".ropewalk/workflows/ours.yaml", FLOW)
    below = ropewalk.folder / "src" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert offers.workflows("ou") == ["ours"]


def test_runs_are_offered_newest_first_and_last_of_all_by_a_word(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    ropewalk.run("{id: a, uses: noop}")
    newest, older = run_ids(ropewalk)
    assert offers.runs("") == ["last", newest, older]
    assert offers.runs("la") == ["last"]
    assert offers.runs(older) == [older]


def test_runs_that_steps_call_are_not_offered(ropewalk):
    ropewalk.write("inner.yaml", FLOW)
    ropewalk.run("{id: c, call: ./inner.yaml}")
    assert len(ropewalk.json("runs", "--called")["runs"]) == 2
    assert offers.runs("") == ["last", *run_ids(ropewalk)]
    assert len(run_ids(ropewalk)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".ropewalk/ropewalk.db", "no database, " * 99),
        ("ropewalk.toml", "store = 3"),
        ("ropewalk.toml", "this is no TOML"),
        (".ropewalk", "a file in the place of the folder"),
    ],
)
def test_what_is_wrong_with_the_project_is_kept_from_the_shell(ropewalk, capsys, name, text):
    ropewalk.write(name, text)
    assert offers.runs("") == []
    assert "sdlc" in offers.workflows("")
    assert capsys.readouterr() == ("", "")


def test_in_a_folder_that_was_removed_nothing_is_offered(ropewalk, monkeypatch):
    folder = ropewalk.folder / "short-lived"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert offers.workflows("") == []
    assert offers.runs("") == []


@pytest.mark.parametrize("name", list(entries()))
def test_each_word_that_a_command_wants_completed_is_offered_here_or_is_the_shells_own(name):
    command = find(name)
    wanted: set[str] = {
        parameter.complete
        for parameter in (*command.arguments, *command.options)
        if isinstance(parameter, Argument | Option)
    }
    assert wanted <= {"", "file", "step", *offers.OFFERS}


def test_to_be_asked_for_runs_leaves_no_trace(ropewalk):
    assert offers.runs("") == ["last"]
    assert list(ropewalk.folder.iterdir()) == []
