"""One whole run of a workspace, for `test_worktree_crashes.py` to kill between any two git commands.

`python -m tests.workspace.crashing STATE PROJECT` prints what it reached as one line of JSON. The git that it is given
counts its commands, and kills it before one of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import shutil
import sys
from pathlib import Path

from ropewalk.workspace.port import AttemptId, Base, Folder, Part
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import write

AT = 1_700_000_100.0

ENGINE = "CRASHING_ENGINE"
"""The variable in which a program names itself to the git that may kill it."""

# A file that is made only by the one who is first gives each command a number of its own, also to several at once.
_GIT = """#!/bin/sh
set -C
number=1
until true > {counts}/$number; do number=$((number + 1)); done 2>/dev/null
if [ $number = {crash} ]; then kill -KILL $CRASHING_ENGINE; exec sleep 600; fi
exec {git} "$@"
"""


def counting_git(folder: Path, crash: int = 0) -> Path:
    """A folder for the front of the PATH; its git kills the engine before the command with this number (from 1)."""
    counts = folder / "counts"
    counts.mkdir(parents=True)
    program = folder / "git"
    git = shlex.quote(str(shutil.which("git")))
    program.write_text(_GIT.format(counts=shlex.quote(str(counts)), crash=crash, git=git))
    program.chmod(0o755)
    return folder


def commands(folder: Path) -> int:
    """How many commands that git was given."""
    return len(list((folder / "counts").iterdir()))


async def step(space: GitWorkspace, base: Base, name: str, files: dict[str, str], *needs: Part) -> Part:
    spot = AttemptId("run-1", name, 1, 1)
    place = await space.open(spot, base, needs, "own")
    assert isinstance(place, Folder), place
    write(Path(place.path), files)
    kept = await space.keep(spot, place, succeeded=True)
    await space.close(spot, place)
    return Part(name, kept.commit)


async def whole(state: Path, project: Path) -> dict[str, str | None]:
    """Begin a run, or go on with one that was killed, up to its landing; what was reached."""
    space = GitWorkspace(state, project)
    base = await space.prepare("run-1", project, target="main", at=AT)
    one = await step(space, base, "one", {"one.txt": "1", "data.json": '{"one": 1}'})
    two = await step(space, base, "two", {"two.txt": "2", "data.json": '{"two": 2}'})
    both = await step(space, base, "both", {"both.txt": "12"}, one, two)
    merged = await space.merge("run-1", base, [one, two, both], {})
    branch = await space.publish("run-1", merged.commit)
    landed = await space.land("run-1", base, merged.commit, "main")
    await space.end("run-1")
    return {
        "commit": merged.commit,
        "tree": merged.tree,
        "landed": landed,
        "branch": branch,
    }


if __name__ == "__main__":
    os.environ[ENGINE] = str(os.getpid())
    sys.stdout.write(json.dumps(asyncio.run(whole(Path(sys.argv[1]), Path(sys.argv[2])))))
