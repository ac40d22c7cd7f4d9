"""Children and their keepers with real processes and real SIGKILL: the one who is killed, nothing of a child is left."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from ropewalk.processes.child import Child
from ropewalk.processes.fork_server import ForkServer
from tests.processes.stubborn import ENVIRONMENT, WAYS, argv, living, new_token, until

pytestmark = pytest.mark.needs("linux")

Start = Callable[..., Coroutine[Any, Any, Child]]


class Heard:
    def __init__(self) -> None:
        self.data = b""

    def take(self, channel: str, data: bytes) -> None:
        self.data += data

    def close(self) -> None: ...


@pytest.fixture
async def start(server: ForkServer, tmp_path: Path) -> AsyncIterator[Start]:
    begun: list[Child] = []

    async def begin(words: list[str], **options: Any) -> Child:
        given = {"folder": tmp_path, "env": ENVIRONMENT, "server": server, **options}
        child = await Child.start(words, given.pop("sink", Heard()), **given)
        begun.append(child)
        return child

    yield begin
    for child in begun:
        await child.stop(0.0)
        child.close()


@pytest.fixture
def server():
    server = ForkServer()
    yield server
    server.close()


def keepers(server: ForkServer) -> list[int]:
    assert server.process is not None
    pid = server.process.pid
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("way", WAYS)
async def test_stopping_leaves_nothing_whatever_the_child_did_to_outlive_it(start, way):
    token = new_token()
    child = await start(argv(way, token))
    await until(lambda: living(token))
    await child.stop(0.05)
    assert not living(token)
    assert child.trouble == ""


@pytest.mark.parametrize("way", WAYS)
async def test_the_fork_server_ends_what_a_killed_keeper_has_left(start, server, way):
    token = new_token()
    child = await start(argv(way, token))
    await until(lambda: living(token))
    if way == "gone":
        await child.ended()  # else the keeper may be killed before it says how the command ended
    for keeper in keepers(server):
        os.kill(keeper, signal.SIGKILL)
    assert await child.over(20)
    assert not living(token)
    assert child.code == (0 if way == "gone" else -signal.SIGKILL)
    assert child.trouble == ""


async def test_keepers_end_what_they_keep_when_the_fork_server_is_killed_and_the_next_child_gets_a_new_one(
    start, server
):
    token = new_token()
    child = await start(argv("daemon", token))
    await until(lambda: living(token))
    server.process.kill()
    assert await child.over(20)
    await until(lambda: not living(token))
    after = await start(["true"])
    assert await after.over(20)
    assert after.code == 0


async def test_a_keeper_that_was_stopped_is_killed_and_what_it_kept_with_it(start, server, monkeypatch):
    monkeypatch.setattr("ropewalk.processes.child._LAST_SECONDS", 0.2)
    token = new_token()
    child = await start(argv("gone", token))
    await until(lambda: living(token))
    os.kill(keepers(server)[0], signal.SIGSTOP)
    await child.stop(0.05)
    await until(lambda: not living(token))


async def test_cancelling_the_start_leaves_nothing(start):
    for _ in range(20):
        token = new_token()
        task = asyncio.create_task(start(argv("daemon", token)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not living(token)


async def test_a_child_inherits_its_three_files_and_no_other(start):
    heard = Heard()
    secret = os.open("/", os.O_RDONLY)
    os.set_inheritable(secret, True)
    try:
        child = await start(["sh", "-c", "ls /proc/$$/fd"], sink=heard)
        assert await child.over(20)
        child.drain()
    finally:
        os.close(secret)
    assert set(heard.data.split()) <= {b"0", b"1", b"2", b"10"}  # dash keeps its own script at 10


async def test_signals_are_as_a_program_expects_them(start):
    heard = Heard()
    child = await start(["grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"], sink=heard)
    assert await child.over(20)
    child.drain()
    masks = [int(line.split()[1], 16) for line in heard.data.splitlines()]
    assert len(masks) == 2
    assert not any(mask & 0x7FFFFFFF for mask in masks)  # 32 and 33 are the C library's own


@pytest.mark.parametrize("shared", [False, True], ids=["own keeper", "shared keeper"])
async def test_what_cannot_be_started_is_told_with_what_is_wrong(start, tmp_path, shared):
    with pytest.raises(FileNotFoundError) as error:
        await start(["no-such-program"], shared=shared)
    assert error.value.filename == "no-such-program"
    with pytest.raises(FileNotFoundError) as error:
        await start(["true"], folder=tmp_path / "gone", shared=shared)
    assert error.value.filename == str(tmp_path / "gone")
    program = tmp_path / "plain"
    program.write_text("#!/bin/sh\n")
    with pytest.raises(PermissionError):
        await start([str(program)], shared=shared)
    with pytest.raises(PermissionError):
        await start(["plain"], env={"PATH": f"/nowhere:{tmp_path}"}, shared=shared)


async def test_a_program_of_the_working_folder_is_not_run_by_its_bare_name(start, tmp_path):
    program = tmp_path / "sly"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for shared in (False, True):
        with pytest.raises(FileNotFoundError):
            await start(["sly"], shared=shared)


@pytest.mark.parametrize(
    ("words", "env"),
    [(["true\0"], {}), ([], {}), ([""], {}), (["true"], {"A=B": "c"}), (["true"], {"A": "\0"})],
)
async def test_what_no_program_can_be_given_is_a_value_error(start, words, env):
    with pytest.raises(ValueError, match=r"null byte|a program|variable"):
        await start(words, env=env)


async def test_a_large_environment_goes_through(start):
    heard = Heard()
    child = await start(
        ["sh", "-c", "echo ${#LARGE}"], env={**ENVIRONMENT, "LARGE": "x" * 100_000}, sink=heard
    )
    assert await child.over(20)
    child.drain()
    assert heard.data == b"100000\n"


async def test_without_subreapers_groups_are_ended_as_on_macos(start, server):
    plain = ForkServer(plain=True)
    try:
        token = new_token()
        child = await start(argv("group", token), server=plain)
        await until(lambda: len(living(token)) >= 2)
        await child.stop(0.05)
        assert not living(token)
        after = await start(["sh", "-c", "sleep 600 & exit 3"], server=plain)
        await after.ended()
        assert await after.end_rest(0.05, 0.05)
        assert after.code == 3
        simple = await start(["true"], server=plain)
        assert await simple.over(20)
    finally:
        plain.close()


async def test_a_shared_keeper_runs_many_at_once_and_kills_the_one_that_is_stopped(start, server):
    token = new_token()
    long = await start(argv("group", token), shared=True)
    others = await asyncio.gather(*(start(["sh", "-c", f"exit {n}"], shared=True) for n in range(20)))
    assert all([await other.over(20) for other in others])
    assert [other.code for other in others] == list(range(20))
    assert living(token)
    await long.stop(0.0)
    await until(lambda: not living(token))
    assert len(keepers(server)) == 1


async def test_a_killed_shared_keeper_takes_its_commands_along_and_another_one_takes_its_place(start, server):
    token = new_token()
    long = await start(argv("plain", token), shared=True)
    os.kill(keepers(server)[0], signal.SIGKILL)
    assert await long.over(20)
    await until(lambda: not living(token))
    after = await start(["true"], shared=True)
    assert await after.over(20)
    assert after.code == 0


async def test_descriptors_of_a_child_are_closed_again(start):
    await (await start(["true"])).over(20)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        child = await start(["true"])
        assert await child.over(20)
        child.close()
        with pytest.raises(FileNotFoundError):
            await start(["no-such-program"])
    assert len(os.listdir("/proc/self/fd")) <= before


async def test_what_could_not_be_ended_is_told_by_pid(start):
    child = await start(["true"])
    await child.over(20)
    child.left = (4711, 0)
    assert child.trouble == "2 processes could not be ended: 4711, unknown"
