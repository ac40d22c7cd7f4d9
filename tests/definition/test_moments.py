"""Moments: written with a zone, or as seconds; anything else is told with how one is written."""

from __future__ import annotations

import pytest

from ropewalk.definition.moments import moment


@pytest.mark.parametrize(
    "value",
    [
        "1970-01-01T01:00:00+01:00",
        " 1970-01-01T00:00:00Z\n",
        "1970-01-01 00:00:00.0+0000",
        "1969-12-31T23:00-01:00",
        "1970-01-01T14:00:00+14:00",
        0,
        0.0,
    ],
)
def test_a_moment_is_unix_seconds(value):
    assert moment(value) == 0.0


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("tomorrow", "'tomorrow' is no moment; write it as 2026-12-24T18:00:00"),
        ("2026-13-01T00:00:00Z", "is no moment"),
        ("2026-12-01T10:00:00", "has no zone"),
        ("2026-12-01", "has no zone"),
        ("2026-02-30T10:00:00Z", "is no moment"),
        ("2026-12-01T25:00:00Z", "is no moment"),
        ("２026-12-01T10:00:00Z", "is no moment"),
        ("2026-12-01T10:00:00+99:99", "is in no zone: `.99:99` is not one"),
        ("2026-12-01T10:00:00-1401", "is in no zone"),
        ("2026-12-01T10:00:00+01:60", "is in no zone"),
        (True, "not bool"),
        (1764300000000, "not milliseconds"),
        (10**400, "before the year 9999"),
        (float("nan"), "unix seconds"),
        (-1, "unix seconds"),
        (None, "not NoneType"),
    ],
)
def test_what_is_no_moment_is_told(value, said):
    with pytest.raises(ValueError, match=said):
        moment(value)
