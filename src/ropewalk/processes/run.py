"""Runs a command of an attempt well: argv only, its own session, bounded output, and nothing of it left when it is over.

Cancelling ends everything that it started: SIGTERM, grace, SIGKILL; a second cancellation kills at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from ropewalk.processes.capture import Capture
from ropewalk.processes.child import Child
from ropewalk.processes.desk import ProcessListener
from ropewalk.processes.limits import ProcessLimits


class Exit(Struct, frozen=True):
    """How a process ended: its exit code (-n when signal n ended it), the end of what it printed, and what was cut.

    `left_behind` says that it had left processes, which were ended; `trouble` what could not be.
    """

    code: int
    out: str = ""
    err: str = ""
    total_bytes: int = 0
    cut_bytes: int = 0
    left_behind: bool = False
    trouble: str = ""


async def run_process(
    argv: Sequence[str],
    desk: ProcessListener,
    *,
    env: Mapping[str, str],
    stdin: Path | None = None,
    folder: Path | None = None,
    output_bytes: int = 1_048_576,
    tail_bytes: int = 65_536,
    grace_seconds: float = 5.0,
    settle_seconds: float = 0.25,
    limits: ProcessLimits | None = None,
) -> Exit:
    """Run `argv` in the desk's folder with exactly `env`; what it prints goes to `desk.say`, at most `output_bytes`.

    `stdin` is a file, or nothing to read. What still lives `settle_seconds` after the command has ended is ended too.
    Raises OSError when the program cannot be started.
    """
    capture = Capture(desk, output_bytes, tail_bytes)
    child = await Child.start(
        argv, capture, folder=folder or desk.folder, env=env, stdin=stdin, limits=limits, spool=desk.spool
    )
    left_behind = False
    try:
        await child.ended()
        left_behind = await child.end_rest(settle_seconds, grace_seconds)
    except BaseException:
        await child.stop(grace_seconds)
        raise
    finally:
        child.close()
        if left_behind:
            desk.say("[ropewalk ended processes that the command left behind]\n", "err")
        if child.trouble:
            desk.say(f"[ropewalk: {child.trouble}]\n", "err")
    return Exit(
        code=child.code,
        out=capture.text("out"),
        err=capture.text("err"),
        total_bytes=capture.total_bytes,
        cut_bytes=capture.cut_bytes,
        left_behind=left_behind,
        trouble=child.trouble,
    )
