"""One is told as one, everywhere."""

from __future__ import annotations

from ropewalk.counting import counted, times


def test_one_is_no_plural():
    assert [counted(number, "step") for number in (0, 1, 2)] == ["0 steps", "1 step", "2 steps"]
    assert [times(number) for number in (0, 1, 2)] == ["0 times", "once", "2 times"]
