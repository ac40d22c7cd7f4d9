"""Whatever the user's own git clears away, and whenever it does: nothing that a run needs is among it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from ropewalk.processes.call import call_program
from ropewalk.testing.workspace_contract import placed, spot, worked
from ropewalk.workspace.port import Part
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import git, write

pytestmark = pytest.mark.needs("git")

CLEARING = {
    "gc": ("gc", "-q", "--prune=now"),
    "prune": ("prune", "--expire=now"),
    "repack": ("repack", "-adq"),
}


@pytest.mark.parametrize("how", CLEARING)
async def test_the_users_git_clears_up_before_each_command_of_ours(
    space: GitWorkspace, project: Path, monkeypatch: pytest.MonkeyPatch, how: str
):
    write(project, {"note.txt": "not committed"})

    async def after_clearing(*argv: Any, **how_called: Any) -> Any:
        git(project, *CLEARING[how])
        return await call_program(*argv, **how_called)

    monkeypatch.setattr("ropewalk.workspace.git.call_program", after_clearing)
    base = await space.prepare("run-1", project, with_changes=True, at=1_700_000_100.0)
    one = await worked(space, base, spot("one"), {"one.txt": "1", "code.txt": "mine\n"})
    two = await worked(space, base, spot("two"), {"two.txt": "2"})
    parts = [Part("one", one.commit), Part("two", two.commit)]
    place = await placed(space, base, spot("three"), *parts)
    write(Path(place.path), {"three.txt": "3"})
    assert git(Path(place.path), "status", "--porcelain") == "?? three.txt"
    three = await space.keep(spot("three"), place, succeeded=True)
    amended = await space.amend(spot("three"), three.commit, "three.txt", b"better", by="ann")
    merged = await space.merge("run-1", base, [*parts, Part("three", amended.commit)], {})
    await space.publish("run-1", merged.commit)
    await space.close(spot("three"), place)
    assert await space.end("run-1") == ()
    names = git(project, "ls-tree", "-r", "--name-only", "ropewalk/run-1").split()
    assert {"note.txt", "one.txt", "two.txt", "three.txt"} <= set(names)
    assert git(project, "show", "ropewalk/run-1:three.txt") == "better"
    git(project, "fsck", "--no-dangling")
    assert list((project / ".git/objects/pack").glob("*.keep")) == []


async def test_the_mark_of_a_process_that_was_killed_is_taken_away_when_it_is_old_and_ours(
    space: GitWorkspace, project: Path
):
    await space.prepare("run-1", project)
    packs = project / ".git/objects/pack"
    packs.mkdir(exist_ok=True)
    ours = {name: packs / f"pack-{name}.keep" for name in ("old", "new", "theirs")}
    for name, file in ours.items():
        file.write_bytes(b"mine\n" if name == "theirs" else b"ropewalk: until a ref names it\n")
    for name in ("old", "theirs"):
        os.utime(ours[name], (time.time() - 7200, time.time() - 7200))
    await space.end("run-1")
    assert sorted(file.name for file in packs.glob("*.keep")) == ["pack-new.keep", "pack-theirs.keep"]
