"""A duration in any form is seconds, and what is written for seconds is the shortest form that reads back as them."""

import pytest

from ropewalk.definition import Timeouts
from ropewalk.formats.native.durations import UNITS, seconds, written
from tests.formats.told import step, told


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("90s", 90.0),
        ("1h30m", 5400.0),
        ("30m1h", 5400.0),
        ("1.5h", 5400.0),
        ("500ms", 0.5),
        ("1m500ms", 60.5),
        ("1m1s1ms", 61.001),
        ("1s1s", 2.0),
        ("1w1d", 691_200.0),
        ("0s", 0.0),
        (0, 0.0),
        (7, 7.0),
        (0.25, 0.25),
        ("none", None),
        ("none\n", None),
        ("5m\n", 300.0),
    ],
)
def test_a_duration_is_the_sum_of_its_parts(duration, expected):
    assert seconds(duration) == expected


def test_a_bare_number_is_a_float_of_seconds():
    assert isinstance(seconds(7), float)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (604_800.0, "1w"),
        (1_209_600, "2w"),
        (691_200.0, "8d"),
        (86_400, "1d"),
        (90_000, "25h"),
        (5400.0, "90m"),
        (61.0, "61s"),
        (1, "1s"),
        (1.5, 1.5),
        (0.001, 0.001),
        (0.0, 0),
        (0, 0),
    ],
)
def test_seconds_are_written_in_the_largest_unit_that_divides_them(duration, text):
    result = written(duration)
    assert result == text
    assert isinstance(result, type(text))


@pytest.mark.parametrize(
    "duration", [0, 0.001, 0.1, 1, 59, 60, 3601, 86_400, 1e-05, 31_536_000, 1e12, 12.345]
)
def test_what_is_written_reads_back_as_the_same_seconds(duration):
    assert seconds(written(duration)) == duration


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_that_is_read_is_one_that_a_file_may_write(unit):
    assert step(f"- {{id: a, run: b, timeout: 3{unit}}}").timeout == Timeouts(step_seconds=3 * UNITS[unit])


def test_a_block_of_yaml_that_says_none_sets_no_limit():
    assert step("- id: a\n  run: b\n  timeout: |\n    none\n").timeout == Timeouts()


@pytest.mark.parametrize(
    "duration", ["9" * 400 + "s", "1" * 16 + "w", "٣m", "m", "5 m", "-1s", "1h none", "nones"]
)
def test_a_duration_that_no_number_can_hold_or_that_is_none_is_a_fault(duration):
    (fault,) = told(f"steps: [{{id: a, run: b, retry: {{delay: '{duration}', cap: 60}}}}]")
    assert "`delay` takes a duration such as 90s, 5m or 1h30m" in fault
