"""One whole run of a workspace, for `test_worktree_crashes.py` to kill between any two git commands.

`python -m tests.workspace.crashing STATE PROJECT` prints what it reached as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.workspace.repositories import write
from weft.workspace import git
from weft.workspace.port import Base, Part, Place, Spot
from weft.workspace.worktree import GitWorkspace

AT = 1_700_000_100.0


async def step(space: GitWorkspace, base: Base, name: str, files: dict[str, str], *needs: Part) -> Part:
    spot = Spot("run-1", name, 1, 1)
    place = await space.open(spot, base, needs, "own")
    assert isinstance(place, Place), place
    write(Path(place.path), files)
    kept = await space.keep(spot, place, succeeded=True)
    await space.close(spot, place)
    return Part(name, kept.commit)


async def whole(state: Path, project: Path) -> dict[str, str | int | None]:
    """Begin a run, or go on with one that was killed, up to its landing; what was reached."""
    space = GitWorkspace(state, project)
    base = await space.prepare("run-1", project, target="main", at=AT)
    one = await step(space, base, "one", {"one.txt": "1", "data.json": '{"one": 1}'})
    two = await step(space, base, "two", {"two.txt": "2", "data.json": '{"two": 2}'})
    both = await step(space, base, "both", {"both.txt": "12"}, one, two)
    woven = await space.weave("run-1", base, [one, two, both], {})
    branch = await space.publish("run-1", woven.commit)
    landed = await space.land("run-1", base, woven.commit, "main")
    await space.end("run-1")
    return {
        "commit": woven.commit,
        "tree": woven.tree,
        "landed": landed,
        "branch": branch,
        "commands": git._started,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(whole(Path(sys.argv[1]), Path(sys.argv[2])))))
