"""Troubles of the host that pass are told from faults, however deep they stand."""

from __future__ import annotations

import errno

import pytest

from ropewalk.errors import FolderHeld, GitBusy, StoreBusy, StoreError, WorkspaceError
from ropewalk.transient import WORDS, passing_trouble, told_by_program


@pytest.mark.parametrize("number", WORDS)
def test_what_the_system_calls_so(number: int):
    assert errno.errorcode[number] in passing_trouble(OSError(number, "x"))


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("can't start new thread"),
        StoreBusy(store="a", reason="b"),
        FolderHeld(),
        GitBusy(),
    ],
)
def test_what_else_passes(error: Exception):
    assert passing_trouble(error)


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(2, "x"),
        PermissionError(13, "x"),
        OSError("no number"),
        RuntimeError("other"),
        StoreError(store="a", reason="b"),
        ValueError("disk full"),
    ],
)
def test_what_does_not(error: Exception):
    assert passing_trouble(error) == ""


def test_what_stands_behind_an_error_counts():
    error = WorkspaceError(place="x", reason="no")
    error.__cause__ = OSError(28, "No space left on device")
    assert "ENOSPC" in passing_trouble(error)


def test_a_circle_of_errors_has_an_end():
    one, two = ValueError("a"), ValueError("b")
    one.__cause__, two.__cause__ = two, one
    assert passing_trouble(one) == ""


@pytest.mark.parametrize(
    "line",
    [
        "fatal: unable to create temporary file: No space left on device",
        "error: cannot fork() for merge-tree: Resource temporarily unavailable",
        "fatal: cannot open '/x/.git/index': Too many open files",
        "fatal: sha1 file '/x/objects/pack/tmp_pack_1' write error. Out of diskspace",
        "fatal: unable to write new index file",
        "fatal: Out of memory, malloc failed",
        "error: write error: Disk quota exceeded",
        "fatal: unable to create threaded lstat: Resource temporarily unavailable",
    ],
)
def test_git_tells_of_it_in_its_own_words(line: str):
    assert told_by_program(f"warning: x\n{line}\nmore") == line
    assert told_by_program("fatal: not a git repository") == ""
