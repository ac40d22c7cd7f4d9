"""Numbers: whole ones and others mix; nothing becomes infinite, and `true` is no number."""

from __future__ import annotations

import pytest

from ropewalk.definition.condition.arithmetic import (
    MAX_MADE,
    OPERATORS,
    double,
    integer,
    minus,
    negative,
    over,
    plus,
    rest,
    times,
)


@pytest.mark.parametrize(
    ("do", "left", "right", "found"),
    [
        (plus, 1, 2, 3),
        (plus, 1, 2.5, 3.5),
        (plus, "a", "b", "ab"),
        (plus, [1], (2,), [1, 2]),
        (minus, 1, 2, -1),
        (times, 2, 2.5, 5.0),
        (over, 7, 2, 3),
        (over, -7, 2, -3),
        (over, 7, -2, -3),
        (over, -7, -2, 3),
        (over, 7, 2.0, 3.5),
        (rest, 7, 3, 1),
        (rest, -7, 3, -1),
        (rest, 7, -3, 1),
        (rest, 7.5, 2, 1.5),
    ],
)
def test_numbers_mix(do, left, right, found):
    got = do(left, right)
    assert (got, type(got)) == (found, type(found))


@pytest.mark.parametrize("sign", OPERATORS)
@pytest.mark.parametrize(("left", "right"), [(True, 1), (1, False), (1, "a"), (None, 1), ([], "a"), ({}, {})])
def test_other_values_do_not_fit(sign, left, right):
    with pytest.raises(ValueError, match="does not take"):
        OPERATORS[sign](left, right)


@pytest.mark.parametrize(
    ("do", "left", "right"),
    [(over, 1, 0), (over, 1.0, 0), (rest, 1, 0), (rest, 1.5, 0.0)],
)
def test_nothing_is_divided_by_zero(do, left, right):
    with pytest.raises(ValueError, match=r"^division by zero$"):
        do(left, right)


@pytest.mark.parametrize(
    ("do", "left", "right"),
    [
        (plus, 2**63 - 1, 1),
        (times, 1e300, 1e300),
        (times, 2**62, 4),
        (over, -(2**63), -1),
        (plus, 10**400, 1.0),
    ],
)
def test_a_number_that_is_too_large_is_refused(do, left, right):
    with pytest.raises(ValueError, match="gives a number that is too large"):
        do(left, right)


@pytest.mark.parametrize("parts", [("a" * MAX_MADE, "b"), ([0] * MAX_MADE, [1])])
def test_nothing_is_made_without_end(parts):
    with pytest.raises(ValueError, match="more than 1000000 characters or items"):
        plus(*parts)


def test_a_number_turns_negative():
    assert negative(2) == -2
    assert negative(-2.5) == 2.5
    with pytest.raises(ValueError, match="too large"):
        negative(-(2**63))
    with pytest.raises(ValueError, match="does not take bool"):
        negative(True)


@pytest.mark.parametrize(
    ("do", "value", "found"),
    [
        (integer, 80.9, 80),
        (integer, -80.9, -80),
        (integer, " 7 ", 7),
        (double, 1, 1.0),
        (double, "1e3", 1000.0),
    ],
)
def test_a_text_or_number_is_read(do, value, found):
    got = do(value)
    assert (got, type(got)) == (found, type(found))


@pytest.mark.parametrize(
    ("do", "value", "said"),
    [
        (integer, True, "`int` does not take bool"),
        (integer, "x", '`int` cannot read "x"'),
        (integer, "9" * 5000, '`int` cannot read "9{40}"'),
        (integer, "9" * 30, "too large"),
        (integer, float("inf"), "cannot read"),
        (double, None, "`double` does not take null"),
        (double, "", '`double` cannot read ""'),
        (double, "inf", "too large"),
        (double, 10**400, "cannot read"),
    ],
)
def test_what_is_no_number_is_refused(do, value, said):
    with pytest.raises(ValueError, match=said):
        do(value)
