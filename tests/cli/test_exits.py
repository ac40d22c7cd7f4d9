"""Each exit code has one meaning, and what a run came to is told by its own code."""

from __future__ import annotations

import pytest

from ropewalk.cli import exits
from ropewalk.cli.main import overview
from ropewalk.core.state import ENDED

CODES = {name: code for name, code in vars(exits).items() if isinstance(code, int)}


def test_no_two_codes_are_the_same():
    assert len(CODES) == 7
    assert len(set(CODES.values())) == len(CODES)


def test_each_code_has_a_meaning_and_nothing_else_has():
    assert exits.MEANINGS.keys() == set(CODES.values())


def test_each_way_in_which_a_run_ends_or_stops_has_its_code():
    assert exits.OF_STATUS.keys() == {*ENDED, "paused"}
    assert {status for status, code in exits.OF_STATUS.items() if code == 0} == {"completed"}
    assert len(set(exits.OF_STATUS.values())) == len(exits.OF_STATUS)


@pytest.mark.parametrize("name", sorted(CODES.keys() - {"BUG"}))
def test_the_first_page_tells_the_same_codes(name):
    assert f" {CODES[name]} {name.lower().replace('_', ' ')}" in overview()


@pytest.mark.parametrize(
    ("step", "words", "code"),
    [
        ("{id: a, run: 'true'}", (), exits.COMPLETED),
        ("{id: a, run: 'false'}", (), exits.FAILED),
        ("{id: a, ask: Well?}", (), exits.PAUSED),
        ("{id: a, run: 'true'}", ("--parallel", "0"), exits.BAD_INPUT),
    ],
)
def test_a_command_that_drove_a_run_ends_with_the_code_of_its_status(ropewalk, step, words, code):
    assert ropewalk.run(step, *words).code == code


def test_what_was_aborted_is_told_from_what_failed(ropewalk):
    ropewalk.run("{id: a, ask: Well?}")
    ropewalk("abort", "last")
    assert ropewalk("watch", "last").code == exits.ABORTED
