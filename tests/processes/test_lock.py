"""The proof that nothing of an attempt lives, and that it is not given while something does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ropewalk.processes.child import Child
from ropewalk.processes.lock import Lock, await_end
from ropewalk.processes.run import run_process
from ropewalk.testing.desk import ListeningDesk
from tests.processes.stubborn import ENVIRONMENT, argv, living, new_token, until


def names(folder: Path) -> list[str]:
    return os.listdir(folder)


class Nothing:
    def take(self, channel: str, data: bytes) -> None: ...

    def close(self) -> None: ...


async def test_a_folder_that_is_not_there_and_one_where_nothing_ran_are_proved(tmp_path: Path):
    assert await await_end(tmp_path / "gone", 0) == ()
    assert await await_end(tmp_path, 0) == ()


async def test_while_a_child_lives_its_keeper_is_named_and_afterwards_the_lock_is_gone(tmp_path: Path):
    token = new_token()
    child = await Child.start(
        argv("plain", token), Nothing(), folder=tmp_path, env=ENVIRONMENT, spool=tmp_path
    )
    (keeper,) = await await_end(tmp_path, 0)
    assert keeper > 0
    await child.stop(0.0)
    child.close()
    assert await await_end(tmp_path, 0) == ()
    assert not names(tmp_path)


async def test_a_lock_that_nobody_holds_any_more_is_proof_and_is_cleared_away(tmp_path: Path):
    os.close(Lock(tmp_path).take())
    assert len(names(tmp_path)) == 1
    assert await await_end(tmp_path.parent, 0) == ()
    assert not names(tmp_path)


async def test_a_lock_that_is_held_by_nobody_known_yet_is_told_as_such(tmp_path: Path):
    held = Lock(tmp_path).take()
    assert await await_end(tmp_path, 0) == (0,)
    os.close(held)


@pytest.mark.parametrize(
    "make",
    [
        os.mkfifo,
        os.mkdir,
        lambda path: os.symlink("/dev/zero", path),
        lambda path: os.symlink("nowhere", path),
    ],
)
async def test_what_is_no_file_holds_nothing_and_stops_nobody(tmp_path: Path, make):
    """An attempt may make what it likes in folders of its own."""
    (tmp_path / "back").mkdir()
    make(tmp_path / "back" / "process-1.lock")
    assert await await_end(tmp_path, 0) == ()


async def test_a_lock_that_cannot_be_looked_at_is_no_proof(tmp_path: Path, monkeypatch):
    os.close(Lock(tmp_path).take())

    def full(*given: object, **more: object) -> int:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        assert await await_end(tmp_path, 0) == (0,)
    assert await await_end(tmp_path, 0) == ()


async def test_a_lock_that_goes_while_it_is_looked_at_holds_nothing(tmp_path: Path, monkeypatch):
    os.close(Lock(tmp_path).take())
    for error in (FileNotFoundError(2, "gone"), OSError(24, "Too many open files")):

        def gone(path: Path, *given: object, error: OSError = error) -> int:
            path.unlink(missing_ok=True)
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(os, "open", gone)
            assert await await_end(tmp_path, 0) == ()
        os.close(Lock(tmp_path).take())


async def test_a_lock_that_was_cleared_away_before_it_was_held_is_made_again(tmp_path: Path, monkeypatch):
    import fcntl

    real = fcntl.flock
    calls: list[int] = []

    def late(descriptor: int, how: int) -> None:
        if not calls:
            (tmp_path / names(tmp_path)[0]).unlink()
        calls.append(how)
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    held = Lock(tmp_path).take()
    assert len(calls) == 2
    assert len(names(tmp_path)) == 1
    os.close(held)


@pytest.mark.needs("linux")
async def test_the_proof_comes_after_the_last_process_of_a_killed_engine(tmp_path: Path):
    token = new_token()
    program = (
        "import asyncio\nfrom pathlib import Path\nfrom ropewalk.processes.run import run_process\n"
        "from ropewalk.testing.desk import ListeningDesk\n"
        f"asyncio.run(run_process({argv('daemon', token)!r}, ListeningDesk(Path({str(tmp_path)!r})), env={ENVIRONMENT!r}))\n"
    )
    engine = subprocess.Popen([sys.executable, "-c", program])  # noqa: ASYNC220
    await until(lambda: living(token))
    engine.kill()
    engine.wait()
    assert await await_end(tmp_path / "spool", 20) == ()
    assert not living(token)


async def test_a_command_that_ended_leaves_no_lock(tmp_path: Path):
    desk = ListeningDesk(tmp_path)
    await run_process(["true"], desk, env=ENVIRONMENT)
    assert not names(desk.spool)
