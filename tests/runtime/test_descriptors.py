"""There are never more slots than the process has file descriptors for."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

from ropewalk.runtime import descriptors as module
from ropewalk.runtime.descriptors import OF_AN_ATTEMPT, OF_OURS, slots_that_fit


class Limits:
    """Of a process that has ten descriptors open."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, *, fixed: bool = False) -> None:
        self.now = (soft, hard)
        self.fixed = fixed
        monkeypatch.setattr(module, "_open_now", lambda: 10)
        monkeypatch.setattr(resource, "getrlimit", lambda kind: self.now)
        monkeypatch.setattr(resource, "setrlimit", self.set)

    def set(self, kind: int, limits: tuple[int, int]) -> None:
        if self.fixed:
            raise ValueError("not allowed")
        self.now = limits


MINE = 10 + OF_OURS


def test_where_there_is_room_all_slots_are_there(monkeypatch: pytest.MonkeyPatch):
    limits = Limits(monkeypatch, 65_536, 65_536)
    assert slots_that_fit(32) == 32
    assert limits.now == (65_536, 65_536)


def test_the_limit_is_raised_as_far_as_it_is_needed(monkeypatch: pytest.MonkeyPatch):
    limits = Limits(monkeypatch, 64, resource.RLIM_INFINITY)
    assert slots_that_fit(32) == 32
    assert limits.now == (MINE + 32 * OF_AN_ATTEMPT, resource.RLIM_INFINITY)


def test_where_it_cannot_be_raised_that_far_there_are_fewer(monkeypatch: pytest.MonkeyPatch):
    Limits(monkeypatch, 64, MINE + 5 * OF_AN_ATTEMPT)
    assert slots_that_fit(32) == 5


def test_where_it_cannot_be_raised_at_all_there_are_those_that_fit(monkeypatch: pytest.MonkeyPatch):
    Limits(monkeypatch, MINE + 3 * OF_AN_ATTEMPT + 1, 65_536, fixed=True)
    assert slots_that_fit(32) == 3


def test_one_slot_is_always_there(monkeypatch: pytest.MonkeyPatch):
    Limits(monkeypatch, 16, 16)
    assert slots_that_fit(32) == 1


def test_without_a_limit_nothing_is_counted(monkeypatch: pytest.MonkeyPatch):
    Limits(monkeypatch, resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    assert slots_that_fit(32) == 32


def test_what_is_open_is_counted_or_guessed(monkeypatch: pytest.MonkeyPatch):
    with open(os.devnull) as _:
        assert module._open_now() > 3

    def refuse(path: str) -> list[str]:
        raise PermissionError

    monkeypatch.setattr(os, "listdir", refuse)
    assert module._open_now() == OF_OURS


def test_a_process_with_few_descriptors_finds_few_slots():
    script = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)); from ropewalk.runtime.descriptors import slots_that_fit; print(slots_that_fit(32))"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert 1 <= int(shown.stdout) <= 3
