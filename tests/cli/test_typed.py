"""Help pages and completion say what the parser reads, word for word: nothing of a text is taken for markup or left out."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import typer

from ropewalk.cli.finding import find
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.table import entries
from ropewalk.cli.typed import show_help

WIDE = "400"
"""Columns in which no text of a help page has to be wrapped."""


def words_of(page: str) -> str:
    """A help page without its frames, each stretch of spaces as one."""
    return " ".join(page.translate(dict.fromkeys(map(ord, "│╭╮╰╯─"), " ")).split())


@pytest.fixture
def help_page(monkeypatch, capsys):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERMINAL_WIDTH", WIDE)
    monkeypatch.setenv("COLUMNS", WIDE)

    def page(command: Verb) -> str:
        assert show_help(command) == 0
        return words_of(capsys.readouterr().out)

    return page


@pytest.mark.parametrize("name", list(entries()))
def test_the_help_page_of_every_command_has_all_of_its_texts(help_page, name):
    command = find(name)
    page = help_page(command)
    assert f"ropewalk {name}" in page
    assert f"{command.summary}." in page
    for paragraph in command.more.split("\n\n"):
        assert " ".join(paragraph.split()) in page
    meanings = [parameter.meaning for parameter in command.arguments]
    meanings += [parameter.meaning for parameter in command.options]
    for meaning in meanings:
        assert " ".join(meaning.split()) in page
    for argument in command.arguments:
        assert argument.name.upper() in page
    for option in command.options:
        assert all(flag in page for flag in option.flags)
        assert option.kind == "flag" or option.metavar in page


def test_what_an_option_takes_is_shown_in_its_form(help_page):
    command = Verb(
        "try",
        "Try it",
        lambda: 0,
        Argument("file", "Which [b]file[/b] of step[key]."),
        Argument("more", "What else.", required=False, many=True),
        Option("--script", "Perhaps a script.", "maybe", metavar="FILE"),
        Option("--colour -c", "A colour.", "text", choices=("red", "blue")),
        Option("--count", "How many.", "whole"),
        more="First\nparagraph.\n\nSecond, with 1 < 2 and `code`.",
    )
    page = help_page(command)
    for text in (
        "ropewalk try [OPTIONS] {FILE} [MORE]...",
        "Which [b]file[/b] of step[key].",
        "--script [=FILE] Perhaps a script.",
        "--colour -c red|blue A colour.",
        "--count N How many.",
        "First paragraph. Second, with 1 < 2 and `code`.",
    ):
        assert text in page
    assert "default" not in page


def completed(folder, words: str) -> list[str]:
    """What bash is offered for the last of these words."""
    environment = {
        **os.environ,
        "_ROPEWALK_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "ropewalk"],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    return ended.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("ropewalk wor", ["workflows"]),
        ("ropewalk run --par", ["--parallel"]),
        ("ropewalk run sd", ["sdlc"]),
        ("ropewalk run sdlc --assume t", ["true"]),
        ("ropewalk nothing --par", []),
        ("ropewalk zzz", []),
    ],
)
def test_commands_options_and_values_are_completed(ropewalk, words, offered):
    assert completed(ropewalk.folder, words) == offered


def test_a_page_that_cannot_be_made_is_told_by_its_code(monkeypatch):
    def refuses(*words: object, **settings: object) -> None:
        raise SystemExit(2)

    monkeypatch.setattr(typer.Typer, "__call__", refuses)
    assert show_help(find("demo")) == 2
