"""Short commands: what goes in, what comes out, and that nothing is waited for too long."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from ropewalk.processes.call import call_program
from tests.processes.stubborn import ENVIRONMENT, argv, living, new_token, until

BOTH = pytest.mark.parametrize("shared", [False, True], ids=["own keeper", "shared keeper"])


async def sh(script: str, **options):
    given = {"folder": "/", "env": ENVIRONMENT, "seconds": 20, "cap": 1_000_000, **options}
    return await call_program(["sh", "-c", script], **given)


@BOTH
async def test_exit_code_output_and_errors_come_back(shared):
    assert await sh("echo out; echo err >&2; exit 3", shared=shared) == (3, b"out\n", b"err\n")
    assert (await sh("kill -KILL $$", shared=shared)).code == -9


@BOTH
async def test_a_large_input_goes_in_while_the_output_comes_out(shared):
    data = b"x" * 3_000_000
    assert await sh("cat", stdin=data, cap=4_000_000, shared=shared) == (0, data, b"")


@BOTH
async def test_input_that_nobody_reads_is_no_fault(shared):
    assert (await sh("exit 4", stdin=b"x" * 3_000_000, shared=shared)).code == 4


@BOTH
@pytest.mark.needs("linux")
async def test_what_takes_too_long_is_ended(shared):
    token = new_token()
    with pytest.raises(ChildProcessError, match=r"longer than 0\.3 seconds"):
        await call_program(
            argv("group", token), folder="/", env=ENVIRONMENT, seconds=0.3, cap=10, shared=shared
        )
    await until(lambda: not living(token))


@BOTH
async def test_what_prints_too_much_is_ended(shared):
    with pytest.raises(ChildProcessError, match="over 1000 bytes"):
        await sh("yes", cap=1000, shared=shared)


async def test_a_sink_takes_the_output_piece_by_piece_past_the_cap():
    pieces: list[bytes] = []
    done = await sh("head -c 500000 /dev/zero; echo err >&2", cap=1000, sink=pieces.append)
    assert done == (0, b"", b"err\n")
    assert sum(map(len, pieces)) == 500_000


async def test_what_a_sink_raises_ends_the_command_and_is_raised():
    def full(data: bytes) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        await sh("yes", sink=full)


@pytest.mark.needs("linux")
async def test_a_cancelled_call_leaves_nothing():
    token = new_token()
    task = asyncio.create_task(
        call_program(argv("gone", token), folder="/", env=ENVIRONMENT, seconds=60, cap=10)
    )
    await until(lambda: living(token) or task.done())
    task.cancel()
    await asyncio.wait({task})
    await until(lambda: not living(token))


ASKED = """
import signal, sys
from pathlib import Path
mark = Path(sys.argv[1])
def asked(*_):
    mark.with_name("part").write_text("asked")
    mark.with_name("part").rename(mark)
    sys.exit(0)
signal.signal(signal.SIGTERM, asked)
mark.with_name("begun").touch()
while True:
    signal.sigtimedwait([], 0.05)
"""


def asking(mark: Path) -> list[str]:
    """A command that leaves a mark when it is asked to end, as git takes its lock files away."""
    return [sys.executable, "-c", ASKED, str(mark)]


@BOTH
async def test_with_a_grace_a_cancelled_command_is_asked_to_end(shared, tmp_path):
    mark = tmp_path / "mark"
    options = {"folder": "/", "env": ENVIRONMENT, "seconds": 20, "cap": 100, "shared": shared}
    call = asyncio.create_task(call_program(asking(mark), **options, grace_seconds=10.0))
    await until((tmp_path / "begun").exists)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert mark.exists()


async def test_short_commands_of_an_engine_that_was_killed_are_asked_to_end(tmp_path):
    mark, script = tmp_path / "mark", tmp_path / "engine.py"
    script.write_text(
        "import asyncio\n"
        "from ropewalk.processes.call import call_program\n"
        f"argv = {asking(mark)!r}\n"
        f"asyncio.run(call_program(argv, folder='/', env={dict(ENVIRONMENT)!r}, seconds=60, cap=100, shared=True))\n"
    )
    engine = subprocess.Popen([sys.executable, str(script)])  # noqa: ASYNC220
    await until((tmp_path / "begun").exists)
    engine.kill()
    engine.wait()
    await until(mark.exists)
