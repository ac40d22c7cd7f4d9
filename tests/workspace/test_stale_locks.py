"""A lock that a killed git left is taken away only where nobody alive can hold it."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from ropewalk.errors import GitFailed
from ropewalk.workspace import stale_locks
from ropewalk.workspace.git import Git
from ropewalk.workspace.stale_locks import booted_at, is_stale_lock

OWN = "refs/ropewalk/r/a/1.1"
BRANCH = "refs/heads/ropewalk/r"
THEIRS = "refs/heads/main"


@pytest.fixture(autouse=True)
def _long_running_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was started a day ago."""
    monkeypatch.setattr(stale_locks, "booted_at", lambda: time.time() - 86_400)


def lock(folder: Path, ref: str, seconds_old: float) -> bytes:
    """A lock file of that age, and what git says that finds it."""
    path = folder / f"{ref}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.utime(path, (time.time() - seconds_old,) * 2)
    return f"fatal: cannot lock ref '{ref}': Unable to create '{path}': File exists.\n\nAnother git".encode()


@pytest.mark.parametrize(
    ("ref", "seconds_old", "stale"),
    [
        (OWN, 11.0, True),
        (BRANCH, 11.0, True),
        (OWN, 1.0, False),
        (THEIRS, 11.0, False),
        (THEIRS, 86_000.0, False),
        (THEIRS, 90_000.0, True),
        ("index", 90_000.0, True),
    ],
)
def test_a_lock_is_taken_away_where_nobody_alive_can_hold_it(
    tmp_path: Path, ref: str, seconds_old: float, stale: bool
):
    assert is_stale_lock(lock(tmp_path, ref, seconds_old)) == stale
    assert (tmp_path / f"{ref}.lock").exists() == (not stale)


def test_what_is_no_lock_or_gone_meanwhile_is_left_to_git(tmp_path: Path):
    assert not is_stale_lock(b"fatal: bad object HEAD")
    assert not is_stale_lock(b"Unable to create '" + bytes(tmp_path) + b"/refs/ropewalk/r.lock': File exists")


def test_when_the_machine_started_is_in_the_past():
    assert 0 <= booted_at() < time.time()


def test_a_machine_that_does_not_tell_when_it_started_has_always_been_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "nothing to say")
    assert booted_at() == 0.0


@pytest.fixture
def repository(tmp_path: Path) -> Git:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    who = ("-c", "user.name=ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", *who, "-C", str(tmp_path), "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    return Git(str(tmp_path / ".git"))


@pytest.mark.needs("git")
async def test_git_goes_on_past_a_lock_of_our_own_refs_that_was_left_behind(
    tmp_path: Path, repository: Git, monkeypatch: pytest.MonkeyPatch
):
    git = repository
    monkeypatch.setattr("ropewalk.workspace.git._FLAGS", ("-c", "core.filesRefLockTimeout=0"))
    commit = (await git.run("rev-parse", "HEAD")).decode().strip()
    lock(tmp_path / ".git", OWN, 11.0)
    await git.run("update-ref", OWN, commit)
    assert (await git.run("rev-parse", OWN)).decode().strip() == commit
    lock(tmp_path / ".git", OWN, 1.0)
    with pytest.raises(GitFailed, match="File exists"):
        await git.run("update-ref", OWN, commit, "")
