"""A generated repository, worktrees of it by ropewalk and plain checkouts by git, and a merge of what eight attempts changed.

Both set up all eight at once, and take turns. Each attempt changes one file that all change, in a place of its own, and
adds fifty. Every merge is of new commits: nothing of it was merged before.
"""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from ropewalk.workspace.port import AttemptId, Base, Folder, Part
from ropewalk.workspace.worktree import GitWorkspace

EIGHT = 8
TURNS = 2
SHARED = "d0/s0/f0.txt"
WHO = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "gc.auto=0")


def git(where: Path, *argv: str) -> None:
    subprocess.run(["git", *WHO, *argv], cwd=where, check=True, capture_output=True)


def generated(where: Path, files: int) -> Path:
    """A packed repository with this many small files in some hundred folders, on the branch `main`."""
    where.mkdir(parents=True)
    git(where, "init", "-q", "-b", "main")
    for number in range(files):
        file = where / f"d{number // 400}" / f"s{number % 10}" / f"f{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"file {number}, line {line}\n" for line in range(20 + number % 60)))
    git(where, "add", "-A")
    git(where, "commit", "-q", "-m", "generated")
    git(where, "repack", "-adq")
    return where


def plain(project: Path, home: Path) -> float:
    """Seconds for eight `git checkout` at once, in clones that borrow the objects; making those is not counted.

    (`git worktree add` eight times at once fails now and then: it races for its own files.)
    """
    for number in range(EIGHT):
        git(project, "clone", "-q", "--shared", "--no-checkout", str(project), str(home / str(number)))
    began = time.perf_counter()
    running = [
        subprocess.Popen(["git", *WHO, "checkout", "-q", "main"], cwd=home / str(number))
        for number in range(EIGHT)
    ]
    if max(process.wait() for process in running):
        raise SystemExit("git checkout failed")
    seconds = time.perf_counter() - began
    shutil.rmtree(home)
    return seconds


def change(place: Path, number: int) -> None:
    """What an attempt does."""
    shared = place / SHARED
    lines = shared.read_text().splitlines()
    lines[2 * number] = f"changed by {number}"
    shared.write_text("\n".join(lines) + "\n")
    for extra in range(50):
        folder = place / f"d{extra % 20}" / f"s{extra % 10}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"new-{number}-{extra}.txt").write_text(f"{number} {extra}\n")


async def turn(space: GitWorkspace, base: Base, run: str) -> tuple[float, float, float]:
    """Seconds to set up eight worktrees, to keep what was done in them one after another, and to merge it."""
    spots = [AttemptId(run, f"step-{number}", 1, 1) for number in range(EIGHT)]
    began = time.perf_counter()
    places = await asyncio.gather(*(space.open(spot, base, (), "own") for spot in spots))
    set_up = time.perf_counter() - began
    for number, place in enumerate(places):
        assert isinstance(place, Folder)
        change(Path(place.path), number)
    began = time.perf_counter()
    kept = [await space.keep(spot, place, succeeded=True) for spot, place in zip(spots, places, strict=True)
            if isinstance(place, Folder)]  # fmt: skip
    keep = (time.perf_counter() - began) / EIGHT
    parts = [Part(spot.step, done.commit) for spot, done in zip(spots, kept, strict=True)]
    began = time.perf_counter()
    merged = await space.merge(run, base, parts, {})
    merge = time.perf_counter() - began
    assert merged.commit, merged.conflicts
    await space.end(run)
    return set_up, keep, merge


async def compare(n: int, work: Path) -> dict[str, object]:
    """The medians of some turns; a first of each, which fills the caches, is not counted."""
    project = generated(work / "project", n)
    os.sync()
    space = GitWorkspace(work / "state", project)
    checkouts: list[float] = []
    turns: list[Sequence[float]] = []
    began = time.perf_counter()
    for number in range(TURNS + 1):
        base = await space.prepare(f"run-{number}", project, at=1_700_000_000.0 + number)
        checkouts.append(plain(project, work / "plain"))
        turns.append(await turn(space, base, f"run-{number}"))
    set_up, keep, merge = (median(values) for values in zip(*turns[1:], strict=True))
    return {
        "seconds": time.perf_counter() - began,
        "plain_seconds": median(checkouts[1:]),
        "worktrees_seconds": set_up,
        "keep_seconds": keep,
        "merge_seconds": merge,
    }
