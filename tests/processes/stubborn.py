"""Children that do all they can to outlive the one who started them, and how a test sees whether one did.

Each is known by a token in its command line: they clear their environment, leave their session, and close their files.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

DEAF = "trap '' TERM HUP INT; "
WAYS = {
    "plain": "exec sleep 600 {token}",
    "deaf": "trap '' TERM HUP INT; while :; do sleep 600 {token}; done",
    "group": "sleep 600 {token} & sleep 600 {token}",
    "session": "setsid sleep 600 {token} & sleep 600 {token}",
    "daemon": "trap '' TERM; (env -i setsid sh -c 'exec sleep 600 {token}' <&- >&- 2>&- &) ; sleep 600 {token}",
    "closed": "(setsid sleep 600 {token} </dev/null >/dev/null 2>&1 &) ; exec sleep 600 {token} </dev/null >/dev/null 2>&1",
    "gone": "(env -i setsid sh -c 'trap \"\" TERM; sleep 600 {token}; :' </dev/null >/dev/null 2>&1 &)",
}
ENVIRONMENT = {"PATH": os.environ["PATH"]}


def argv(way: str, token: str) -> list[str]:
    """A command that starts processes of this way; `token` is a number like 0.123, which `sleep` takes too."""
    return ["sh", "-c", WAYS[way].format(token=token)]


def new_token() -> str:
    """One that no other test has."""
    return f"0.{int.from_bytes(os.urandom(7), 'big'):018}"


def living(token: str) -> list[int]:
    """Processes that carry it (a part of it will do) and are not just waiting to be reaped."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
                state = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
            except OSError:
                continue
            if token.encode() in line and b"sleep" in line and state not in "ZX":
                found.append(int(entry.name))
    return found


async def until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Look until it holds."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - it is another process that makes it hold
            await asyncio.sleep(0)
