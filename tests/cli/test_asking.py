"""Where a run is driven in a terminal a person is asked right there, one ask after the other, and nobody is asked twice."""

from __future__ import annotations

import io
import os
import sys

import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.cli.asking import Asking
from ropewalk.cli.screen import Screen
from tests.cli import terminal
from tests.journeys.program import Program


def outputs(folder, step: int = 0):
    """What a step of the newest run answered."""
    return Program(folder).last()["steps"][step]["outputs"]


def test_asks_are_answered_where_the_run_is_watched(begun):
    terminal = begun(
        "{id: pick, ask: {prompt: Which?, choices: [red, blue]}}\n"
        "{id: name, needs: [pick], ask: What is it called?}\n"
        "{id: notes, needs: [name], creates: [n.md], run: 'echo one > n.md; cat $ROPEWALK_FEEDBACK >> n.md',"
        " approve: {prompt: Good?, show: n.md}}"
    )
    terminal.until("pick asks (a1): Which?")
    terminal.until("choose")
    terminal.type("9\n")
    terminal.until("is no answer here")
    terminal.type("2 it is calm\n")
    terminal.until("What is it called?")
    terminal.type("ropewalk\n")
    terminal.until("│ one")
    terminal.type("r say more\n")
    terminal.until("notes asks (a4)")
    terminal.until("│ say more")
    terminal.type("a\n")
    terminal.until("is completed after")
    assert terminal.ended() == 0


def test_what_is_left_for_later_leaves_the_run_paused(begun):
    terminal = begun("{id: a, ask: One?}\n{id: b, ask: Two?}")
    terminal.until("a asks (a1): One?")
    terminal.until("[l]ater:")
    terminal.type("l\n")
    terminal.until("b asks (a2): Two?")
    terminal.until("[l]ater:")
    terminal.type("\x04")
    terminal.until("ropewalk approve")
    assert terminal.ended() == 3
    assert terminal.seen.count("a asks (a1)") == 1


def test_an_answer_from_elsewhere_ends_the_question_here(begun, tmp_path):
    terminal = begun("{id: a, ask: One?}")
    terminal.until("[l]ater:")
    assert Program(tmp_path)("approve", "last").returncode == 0
    terminal.until("a1 was answered elsewhere.")
    assert terminal.ended() == 0


def test_an_editor_amends_what_is_shown(begun, monkeypatch):
    monkeypatch.setenv("EDITOR", "sed -i s/draft/final/")
    terminal = begun(
        "{id: a, creates: [n.md], run: 'echo draft > n.md', approve: {prompt: Good?, show: n.md}}\n"
        "{id: b, requires: [n.md], run: cat n.md}"
    )
    terminal.until("[l]ater:")
    terminal.type("m\n")
    terminal.until("completed")
    assert terminal.ended() == 0


@pytest.mark.parametrize(
    ("editor", "reason"),
    [
        ("false", "false ended with exit code 1"),
        ("rm", "rm left no n.md"),
        ("ed '", "ed ' cannot be started"),
    ],
)
def test_what_cannot_be_taken_is_told_and_asked_for_again(begun, monkeypatch, tmp_path, editor, reason):
    monkeypatch.setenv("EDITOR", editor)
    terminal = begun("{id: a, creates: [n.md], run: 'echo x > n.md', approve: {prompt: Good?, show: n.md}}")
    terminal.until("[l]ater:")
    terminal.type("m\n")
    terminal.until(reason)
    terminal.until("[l]ater:")
    terminal.type("perhaps\n")
    terminal.until("is no answer here")
    terminal.until("[l]ater:")
    terminal.type("a fine\n")
    terminal.until("is completed after")
    assert terminal.ended() == 0
    assert Program(tmp_path).events("last", "ask.answered")[0]["event"]["reason"] == "fine"


def test_a_line_without_an_end_is_an_answer_too_and_may_be_in_any_language(begun, tmp_path):
    terminal = begun("{id: a, ask: Whom?}")
    terminal.until("[l]ater:")
    terminal.type("Größe und 日本\x04\x04")
    terminal.until("is completed after")
    assert terminal.ended() == 0
    assert outputs(tmp_path)["value"] == "Größe und 日本"


def test_what_a_called_run_asks_is_asked_here(begun, tmp_path):
    (tmp_path / "inner.yaml").write_text("name: inner\nsteps:\n  - {id: sign, ask: Sign?}\n")
    terminal = begun("{id: outer, call: ./inner.yaml}")
    terminal.until("sign asks (a1): Sign?")
    terminal.until("[l]ater:")
    terminal.type("a\n")
    terminal.until("is completed after")
    assert terminal.ended() == 0


def test_ctrl_c_takes_a_question_back_and_leaves_it_open(begun, tmp_path):
    terminal = begun("{id: a, ask: One?}")
    terminal.until("[l]ater:")
    terminal.type("\x03")
    terminal.until("is left as it is")
    assert terminal.ended() == 130
    assert [opened["ask"] for opened in Program(tmp_path).json("inbox")["asks"]] == ["a1"]


def test_what_is_asked_moves_no_cursor(begun):
    terminal = begun('{id: a, ask: "One\\x1b[2J\\x07?\\u202e"}')
    shown = terminal.until("[l]ater:")
    assert "a asks (a1): One?\r\n" in shown
    terminal.type("\x04")
    assert terminal.ended() == 3
    assert "\u202e" not in terminal.seen


@pytest.fixture
def nobody(monkeypatch):
    """Standard input that is no terminal."""
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        yield


async def test_where_no_terminal_is_read_nobody_is_asked(tmp_path, nobody):
    calls: list[str] = []
    async with open_ropewalk(tmp_path, store="memory:") as ropewalk:
        screen = Screen(out=io.StringIO())
        asking = Asking(screen, ropewalk, lambda: calls.append("pause"), lambda: calls.append("go on"))
        assert not asking.wanted()
        await asking.serve()
        await asking.end()
    assert calls == []


def test_a_bug_while_a_person_is_asked_ends_the_command_and_leaves_the_ask_open(begun, monkeypatch, tmp_path):
    broken = "import ropewalk.cli.editing as editing; editing.edit = lambda *how: 1 / 0\n"
    monkeypatch.setattr(terminal, "OWN", f"{broken}{terminal.OWN}")
    watching = begun("{id: a, creates: [n.md], run: 'echo x > n.md', approve: {prompt: Good?, show: n.md}}")
    watching.until("[l]ater:")
    watching.type("m\n")
    watching.until("ZeroDivisionError")
    assert watching.ended() == 70
    assert [opened["ask"] for opened in Program(tmp_path).json("inbox")["asks"]] == ["a1"]
