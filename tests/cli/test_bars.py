"""A timeline has one line for each step that began, in written order, and no bar is longer than its line or too short to be seen."""

from __future__ import annotations

import io
import re
from typing import get_args

import pytest

from ropewalk.cli.bars import COLOUR, FILL, bar, paint
from ropewalk.cli.screen import COLOURS, Screen
from ropewalk.observe.timeline import Bar, BarKind
from ropewalk.testing.given import given
from tests.observe.written import written

ROOM = 20


@pytest.fixture
def screen(monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return Screen(out=io.StringIO())


def attempt(since: float, until: float | None, kind: BarKind = "attempt") -> Bar:
    return Bar("build", kind, since, until)


def test_each_kind_of_bar_has_a_sign_and_a_colour_of_its_own():
    kinds = {*get_args(BarKind)}
    assert FILL.keys() == kinds
    assert COLOUR.keys() == kinds
    assert len({*FILL.values()}) == len(kinds)
    assert {*COLOUR.values()} <= COLOURS.keys()


@pytest.mark.parametrize(
    ("bars", "line"),
    [
        ([], " " * 20),
        ([attempt(0, 20)], "█" * 20),
        ([attempt(0, 10)], "█" * 10 + " " * 10),
        ([attempt(5, 10), attempt(15, None, "waiting")], " " * 5 + "█" * 5 + " " * 5 + "░" * 5),
        (
            [attempt(0, 4, "failed"), attempt(4, 8, "retry"), attempt(8, 12, "lost"), attempt(12, 20)],
            "▓▓▓▓····▒▒▒▒" + "█" * 8,
        ),
    ],
)
def test_a_bar_stands_where_its_time_is(screen, bars, line):
    assert bar(screen, bars, 0, 20, ROOM) == line


@pytest.mark.parametrize("since", [1.0, 4.0, 10_000.0, 10_001.0])
def test_what_took_no_time_is_still_to_be_seen(screen, since):
    line = bar(screen, [attempt(since, since)], 1, 10_001, ROOM)
    assert len(line) == ROOM
    assert line.count("█") == 1


@pytest.mark.parametrize(
    ("begin", "end", "since", "until"),
    [
        (0, 0, 0, 0),
        (5, 5, 5, None),
        (5, 3, 5, None),
        (0, 10, 8, 2),
        (0, 10, 0, 1e9),
        (1.7e9, 1.7e9 + 1e-9, 1.7e9, None),
        (0, 1e12, 0, 1e12),
    ],
)
def test_a_clock_that_was_set_back_or_stood_still_breaks_no_line(screen, begin, end, since, until):
    line = bar(screen, [attempt(since, until)], begin, end, ROOM)
    assert len(line) == ROOM
    assert "█" in line


def test_bars_next_to_each_other_are_painted_each_in_its_colour(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    out = io.StringIO()
    coloured = Screen(out=out)
    coloured.write(bar(coloured, [attempt(0, 10), attempt(10, 15, "failed")], 0, 20, ROOM))
    assert out.getvalue() == f"\x1b[32m{'█' * 10}\x1b[0m\x1b[31m{'▓' * 5}\x1b[0m{' ' * 5}"


STEPS = """{id: second, needs: [first], run: exit 1, on_failure: continue}
{id: first, run: 'true'}
{id: never, when: 1 == 2, run: 'true'}
{id: last, needs: [first], ask: Well?}
{id: too-late, needs: [last], run: 'true'}"""


def test_only_steps_that_began_are_drawn_and_in_written_order(ropewalk):
    ropewalk.run(STEPS)
    *steps, scale, legend = ropewalk("show", "last", "--timeline").out.splitlines()
    assert [line.split()[0] for line in steps] == ["second", "first", "last"]
    assert ["▓" in line for line in steps] == [True, False, False]
    assert "█" in steps[1]
    assert re.fullmatch(r" +0 s +[\d.]+ s", scale)
    assert legend == "█ attempt  ▓ failed  ▒ lost  ░ waiting  · retry"


def test_bars_end_in_the_same_column_however_long_the_names_are(ropewalk):
    ropewalk.run(f"{{id: a, run: 'true'}}\n{{id: {'b' * 60}, run: 'true'}}")
    short, long, *_ = ropewalk("show", "last", "--timeline").out.splitlines()
    assert long.startswith(f"{'b' * 29}… ")
    assert short.startswith(f"a{' ' * 30}")
    assert len(short) == len(long)


def test_what_ended_later_than_the_version_that_is_shown_goes_on_in_it(ropewalk):
    ropewalk.run("{id: a, run: 'true'}\n{id: b, needs: [a], run: 'true'}")
    assert ropewalk("show", "last", "--timeline", "--at", "1").out == "Nothing has begun yet.\n"
    (begun,) = ropewalk.json("show", "last", "--timeline", "--at", "3")["bars"]
    assert (begun["step"], begun.get("until")) == ("a", None)


def test_as_json_the_bars_are_all_that_is_printed(ropewalk):
    ropewalk.run("{id: a, run: exit 1, retry: {attempts: 2, delay: 0s, on: [permanent]}}")
    shown = ropewalk.json("show", "last", "--timeline")
    assert shown.keys() == {"run", "bars"}
    assert [(line["kind"], line["attempt"]) for line in shown["bars"] if line["kind"] != "retry"] == [
        ("failed", 1),
        ("failed", 2),
    ]


@pytest.mark.parametrize("seconds", [0, 59, 754, 86_340, 1e6])
def test_in_a_terminal_no_line_is_wider_than_it(monkeypatch, seconds):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    screen = Screen(out=Terminal())
    state = given(written("{id: build, run: echo}")).state
    paint(screen, state, [attempt(0, seconds)], seconds)
    lines = screen.out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines[0]) == 79
