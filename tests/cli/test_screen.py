import io

import pytest

from ropewalk.cli.screen import Screen, cut, one_line, wide
from ropewalk.observe.plain import printable


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    return Terminal()


def test_a_file_gets_plain_text_of_any_width():
    out = io.StringIO()
    screen = Screen(out=out)
    screen.table(("a", "b"), [("x" * 60, "completed")])
    assert "\x1b" not in out.getvalue()
    assert "x" * 60 in out.getvalue()


def test_a_terminal_gets_colours_and_rows_that_fit(terminal):
    screen = Screen(out=terminal)
    screen.table(("step", "state", ""), [("build", "failed", "y" * 80)])
    heading, row = terminal.getvalue().splitlines()
    assert heading.startswith("\x1b[1m")
    assert "\x1b[31mfailed" in row
    assert len(printable(row)) <= 40
    assert printable(row).endswith("…")


def test_nobody_gets_colours_who_does_not_want_them(terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert Screen(out=terminal).status("failed") == "failed"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert Screen(out=terminal).status("failed") == "failed"
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = io.StringIO()
    screen = Screen(out=out)
    screen.line(screen.status("failed"))
    assert out.getvalue() == "\x1b[31mfailed\x1b[0m\n"


def test_json_is_alone_on_the_screen():
    out = io.StringIO()
    screen = Screen(json=True, out=out)
    screen.line("a line")
    screen.table(("a",), [("b",)])
    screen.give({"a": 1})
    assert out.getvalue() == '{"a":1}\n'


def test_columns_with_nothing_in_them_are_left_out():
    out = io.StringIO()
    Screen(out=out).table(("a", "b", "c"), [("1", "", None), ("2", None, "")])
    assert out.getvalue().splitlines() == ["a", "1", "2"]


def test_what_steps_say_cannot_move_the_cursor():
    assert printable("a\x1b[2Jb\x1b]0;title\x07c\x08d\x9be") == "ab0;titlecde"
    assert one_line("a\n\tb  c") == "a b c"


def test_width_is_counted_in_columns():
    assert (wide("abc"), wide("日本"), wide("e\u0301")) == (3, 4, 1)
    assert cut("日本語", 5) == "日本…"
    assert cut("abc", 3) == "abc"
