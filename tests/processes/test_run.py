"""Real children: what they print, how they end, and that nothing of them is left."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ropewalk.agents.environment import clean_environment
from ropewalk.processes.lock import await_end
from ropewalk.processes.run import Exit, run_process
from ropewalk.testing.desk import ListeningDesk

STUBBORN = "trap '' TERM; echo ready; while :; do sleep 1; done"


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path)


async def sh(script: str, desk: ListeningDesk, **options) -> Exit:
    return await run_process(["sh", "-c", script], desk, env=clean_environment({}), **options)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - it is another process that makes it hold
            await asyncio.sleep(0)


def living(pid: int) -> bool:
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(shown.stdout.strip()) and not shown.stdout.startswith("Z")


async def test_what_a_child_prints_is_said_on_its_channel_and_kept(desk):
    ended = await sh("echo one; echo two >&2; exit 3", desk)
    assert (ended.code, ended.out, ended.err) == (3, "one\n", "two\n")
    assert (desk.heard("out"), desk.heard("err")) == ("one\n", "two\n")
    assert desk.signs >= 2


async def test_a_child_works_in_the_desks_folder_with_only_the_given_environment(desk):
    ended = await run_process(
        [sys.executable, "-c", "import os; print(os.getcwd()); print(sorted(os.environ))"],
        desk,
        env={"GIVEN": "1"},
    )
    folder, names = ended.out.splitlines()
    assert Path(folder) == desk.folder.resolve()
    assert set(eval(names)) - {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"} == {"GIVEN"}


async def test_a_file_can_be_the_standard_input_and_without_one_there_is_nothing_to_read(desk):
    source = desk.spool / "source"
    source.write_bytes(b"from a file")
    assert (await sh("cat", desk, stdin=source)).out == "from a file"
    assert (await sh("cat", desk)).out == ""


async def test_arguments_never_reach_a_shell(desk):
    sly = "$(touch sly); `touch sly` ; touch sly"
    ended = await run_process(
        [sys.executable, "-c", "import sys; print(sys.argv[1])", sly], desk, env=clean_environment({})
    )
    assert ended.out.strip() == sly
    assert not list(desk.folder.iterdir())


async def test_a_program_that_is_not_there_is_an_os_error_and_leaves_no_lock(desk):
    with pytest.raises(FileNotFoundError):
        await run_process(["no-such-program-anywhere"], desk, env=clean_environment({}))
    assert not list(desk.spool.iterdir())


async def test_much_output_is_bounded_and_the_cut_is_said(desk):
    script = "echo first; head -c 50000000 /dev/zero | tr '\\0' x; echo; echo last"
    ended = await sh(script, desk, output_bytes=200_000, tail_bytes=1_000)
    heard = desk.heard()
    assert ended.total_bytes == 50_000_012
    assert heard.startswith("first\n")
    assert heard.endswith("\nlast\n")
    assert len(heard) < 200_200
    assert f"left out {ended.cut_bytes:,} bytes" in heard
    assert len(ended.out) == 1_000


async def test_a_signal_that_ends_the_child_is_its_negative_code(desk):
    assert (await sh("kill -KILL $$", desk)).code == -signal.SIGKILL


async def test_children_left_behind_are_ended_when_their_parent_has_ended(desk):
    ended = await sh("trap '' TERM; sleep 600 & echo $!", desk, grace_seconds=0.1)
    assert ended.code == 0
    assert ended.left_behind
    assert "left behind" in desk.heard("err")
    assert not living(int(ended.out))


async def test_a_child_that_ends_by_itself_at_once_was_not_left_behind(desk):
    ended = await sh(
        "mkfifo gate; (read -r word < gate; echo late) & echo go > gate & exit 0", desk, settle_seconds=60
    )
    assert ended.out == "late\n"
    assert not ended.left_behind


@pytest.mark.needs("linux")
async def test_a_daemon_that_holds_our_pipe_is_ended_too(desk):
    ended = await sh("setsid sh -c 'echo $$ > pid; exec sleep 600' & while ! [ -s pid ]; do :; done", desk)
    assert ended.left_behind
    assert not living(int((desk.folder / "pid").read_text()))


@pytest.mark.needs("linux")
async def test_a_stranger_that_never_stops_printing_is_ended_too(desk):
    """It left the group and cleared its environment."""
    script = "env -i setsid sh -c 'echo $$ > pid; exec yes' & while ! [ -s pid ]; do :; done"
    ended = await sh(script, desk, output_bytes=1000)
    assert ended.code == 0
    assert not living(int((desk.folder / "pid").read_text()))


@pytest.mark.needs("linux")
async def test_a_daemon_that_closed_its_files_does_not_outlive_a_command_that_ended_well(desk):
    script = "setsid sh -c 'echo $$ > pid; exec sleep 600' </dev/null >/dev/null 2>&1 & while ! [ -s pid ]; do :; done"
    ended = await sh(script, desk)
    assert (ended.code, ended.left_behind, ended.trouble) == (0, True, "")
    assert not living(int((desk.folder / "pid").read_text()))


async def test_cancelling_ends_a_child_that_ignores_sigterm(desk):
    work = asyncio.create_task(sh(f"echo $$; {STUBBORN}", desk, grace_seconds=0.1))
    await until(lambda: "ready" in desk.heard())
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not living(int(desk.heard().split()[0]))
    assert not list(desk.spool.iterdir())


async def test_cancelling_lets_a_child_end_in_its_own_way_within_the_grace(desk):
    script = "trap 'echo tidy; exit 0' TERM; echo ready; while :; do sleep 0.01; done"
    work = asyncio.create_task(sh(script, desk, grace_seconds=60))
    await until(lambda: "ready" in desk.heard())
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert desk.heard("out").endswith("tidy\n")


async def test_cancelling_twice_does_not_wait_for_the_grace(desk):
    work = asyncio.create_task(sh(STUBBORN, desk, grace_seconds=3600))
    await until(lambda: "ready" in desk.heard())
    work.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    work.cancel()
    async with asyncio.timeout(20):
        with pytest.raises(asyncio.CancelledError):
            await work


@pytest.mark.needs("linux")
async def test_cancelling_reaches_a_process_that_left_the_group(desk):
    script = "setsid sh -c 'echo $$ > pid; exec sleep 600' >/dev/null 2>&1 & echo ready; wait"
    work = asyncio.create_task(sh(script, desk, grace_seconds=0.1))
    pid = desk.folder / "pid"
    await until(lambda: pid.exists() and pid.read_text().strip())
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    await until(lambda: not living(int(pid.read_text())))


async def test_a_spool_that_takes_no_lock_leaves_no_child(desk):
    desk.spool.rmdir()
    with pytest.raises(FileNotFoundError):
        await sh("touch begun", desk)
    assert not list(desk.folder.iterdir())


def started(argv: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(argv)


async def test_children_die_with_a_parent_that_is_killed(desk, tmp_path):
    program = f"""
import asyncio
from pathlib import Path
from ropewalk.processes.run import run_process
from ropewalk.testing.desk import ListeningDesk
desk = ListeningDesk(Path({str(tmp_path / "inner")!r}))
asyncio.run(run_process(["sh", "-c", "echo $$ > pid; sleep 600 & sleep 600"], desk, env={{"PATH": {os.environ["PATH"]!r}}}))
"""
    pid = tmp_path / "inner" / "folder" / "pid"
    parent = started([sys.executable, "-c", program])
    await until(lambda: pid.exists() and pid.read_text().strip())
    parent.kill()
    parent.wait()
    await until(lambda: not living(int(pid.read_text())))
    assert await await_end(tmp_path / "inner" / "spool", 20) == ()
