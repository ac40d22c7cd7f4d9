"""An event is one line, whatever stands in it: when, what kind, about what, and a few words."""

from __future__ import annotations

import io
import time

import pytest

from ropewalk.cli.lines import COLOURS, clock, event_line, moment
from ropewalk.cli.screen import COLOURS as STYLES
from ropewalk.cli.screen import Screen
from ropewalk.core import events as e

TAGS = {str(kind.__struct_config__.tag) for kind in vars(e).values() if hasattr(kind, "__struct_config__")}


@pytest.fixture(autouse=True)
def far_east(monkeypatch):
    """Five and a half hours east of Greenwich, so that days and hours begin at other times than there."""
    monkeypatch.setenv("TZ", "XXX-5:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def screen(monkeypatch):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return Screen(out=io.StringIO())


def test_a_line_has_time_kind_subject_and_words(screen):
    event = e.StepSkipped(step="build", reason="`false` is false")
    assert event_line(screen, 0.0, event) == "05:30:00  step.skipped     build  `false` is false"


def test_of_several_runs_each_line_names_its_own(screen):
    event = e.StepStarted(step="build", attempt=1)
    assert event_line(screen, 0.0, event, "r1").split()[:4] == ["05:30:00", "r1", "step.started", "build"]


def test_where_there_is_nothing_to_say_the_line_ends_with_the_kind(screen):
    assert event_line(screen, 59.9, e.RunCompleted()) == "05:30:59  run.completed"


def test_a_kind_that_is_longer_than_its_column_is_told_whole(screen):
    event = e.NotePublished(name="ready")
    assert event_line(screen, 0.0, event).split()[:3] == ["05:30:00", "custom.published", "ready"]


@pytest.mark.parametrize(
    "text",
    [
        "a\nstep.succeeded b",
        "a\r\x1b[2Kb",
        "\x1b]0;title\x07a",
        "a\u202eb",
        "a\u2028b\u2029c\x85d",
        "a\tb" * 1000,
    ],
)
@pytest.mark.parametrize("field", ["step", "reason"])
def test_nothing_of_an_event_begins_a_line_or_moves_the_cursor(screen, field, text):
    line = event_line(screen, 0.0, e.StepSkipped(**{"step": "s", field: text}))
    assert len(line.splitlines()) == 1
    assert line.startswith("05:30:00  step.skipped")
    assert not {*line} & {*"\x1b\x07\r\n\t\x85\u202e\u2028\u2029"}


def test_every_coloured_kind_is_a_kind_of_event_in_a_colour_that_there_is():
    assert COLOURS.keys() <= TAGS
    assert {*COLOURS.values()} <= STYLES.keys()


def test_a_kind_without_a_colour_is_as_plain_as_the_rest(screen, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    out = io.StringIO()
    coloured = Screen(out=out)
    for event in (e.RunFailed(reason="no"), e.RunStarted()):
        coloured.line(event_line(coloured, 0.0, event))
    failed, started = out.getvalue().splitlines()
    assert "\x1b[31mrun.failed" in failed
    assert "  run.started" in started


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (None, ""),
        (0.0, "1970-01-01 05:30:00"),
        (66_599.999, "1970-01-01 23:59:59"),
        (66_600.0, "1970-01-02 00:00:00"),
    ],
)
def test_a_moment_is_told_with_its_day_where_one_is_and_never_is_empty(at, text):
    assert moment(at) == text
    if at is not None:
        assert text.endswith(clock(at))
