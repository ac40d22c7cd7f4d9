"""Classes of failures from a program's last words."""

from __future__ import annotations

import pytest

from ropewalk.agents.failures import classify, free_again

NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        (1, "Error: 429 Too Many Requests", "quota"),
        (1, "You have hit your usage limit", "quota"),
        (1, "503 upstream overloaded", "transient"),
        (1, "connection reset by peer", "transient"),
        (75, "anything", "transient"),
        (1, "TypeError: x", "permanent"),
        (-9, "", "permanent"),
    ],
)
def test_the_last_words_decide_the_class(code, text, kind):
    assert classify(code, text, NOW).kind == kind


def test_only_the_last_words_count():
    assert classify(1, "rate limit\n" + "line\n" * 30, NOW).kind == "permanent"


def test_the_message_says_how_it_ended_and_what_it_said_last():
    assert classify(3, "one\n\ntwo\n", NOW).message == "exit code 3: two"
    assert classify(-15, "", NOW).message == "ended by signal 15"
    assert classify(0, "", NOW).message == "ended"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Retry-After: 30", NOW + 30),
        ("try again in 5 m", NOW + 300),
        ("resets in about 2h", NOW + 7200),
        ("please wait 250ms", NOW + 0.25),
        ("limit resets at 2026-01-01T00:00:00Z", 1767225600.0),
        ("resets at 2026-01-01 01:00:00+01:00", 1767225600.0),
        ("resets at 2026-01-01T00:00", 1767225600.0),
        ("x-ratelimit-reset: 1767225600", 1767225600.0),
        ("resets at 2026-99-01T00:00:00Z", None),
        ("no idea", None),
    ],
)
def test_the_time_to_come_back_is_read_off_the_text(text, at):
    assert free_again(text, NOW) == at


def test_only_what_comes_back_has_a_time():
    assert classify(1, "429, retry-after 5", NOW).retry_at == NOW + 5
    assert classify(1, "failed, wait 5", NOW).retry_at is None
