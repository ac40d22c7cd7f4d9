"""No folder of an attempt goes before what is in it is proved to be kept; what cannot be kept stays, and is named."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ropewalk.errors import WorkspaceError
from ropewalk.testing.workspace_contract import listing, placed, spot
from ropewalk.workspace.owned import mark_of
from ropewalk.workspace.port import Base, Folder, FolderNote
from ropewalk.workspace.worktree import GitWorkspace
from tests.soak import trials
from tests.workspace.crashing import counting_git
from tests.workspace.repositories import dead_owner, git, write

pytestmark = pytest.mark.needs("git")


@pytest.fixture
async def base(space: GitWorkspace, project: Path) -> Base:
    return await space.prepare("run-1", project, at=1_700_000_100.0)


@pytest.fixture
async def place(space: GitWorkspace, base: Base) -> Folder:
    return await placed(space, base, spot())


async def test_what_a_killed_attempt_left_is_kept_when_its_folder_goes(
    space: GitWorkspace, project: Path, place: Folder
):
    write(Path(place.path), {"half.txt": "half"})
    assert await space.end("run-1") == ()
    assert listing(str(Path(place.path).parent)) is None
    assert git(project, "show", "refs/ropewalk/run-1/build/1.1.left:half.txt") == "half"
    assert (
        git(project, "log", "-1", "--format=%an %ct", "refs/ropewalk/run-1/build/1.1.left")
        == "ropewalk 1700000000"
    )


@pytest.mark.parametrize("ended", ["killed", "failed", "put aside"])
async def test_ignored_files_that_were_declared_are_kept_of_an_attempt_that_did_not_succeed(
    space: GitWorkspace, project: Path, ended: str
):
    git(project, "config", "core.excludesFile", str(project / ".git" / "mine"))
    write(project / ".git", {"mine": "*.log\nout/\n"})
    base = await space.prepare("run-1", project, at=1_700_000_100.0)
    declared = ["report.log", "out", "logs/**/*.log", "absent.log", "empty", "behind/x.log"]
    place = await space.open(spot(), base, (), "own", FolderNote(tuple(declared)))
    assert isinstance(place, Folder)
    folder = Path(place.path)
    files = ("report.log", "out/a", "logs/b/c.log")
    write(folder, dict.fromkeys((*files, "other.log", "logs/b/d.txt"), "x"))
    (folder / "empty").mkdir()
    (folder / "behind").symlink_to("/")
    if ended == "failed":
        await space.keep(spot(), place, succeeded=False, also=declared)
        await space.close(spot(), place)
    elif ended == "put aside":
        await space.open(spot(), base, (), "own")
    assert await space.end("run-1") == ()
    ref = {"killed": "1.1.left", "failed": "1.1", "put aside": "1.1.left.1"}[ended]
    changed = git(
        project, "diff", "--name-only", base.commit, f"refs/ropewalk/run-1/build/{ref}"
    ).splitlines()
    assert changed == sorted((*files, "behind", "logs/b/d.txt"))


async def test_what_was_kept_already_is_not_kept_twice_and_an_untouched_folder_just_goes(
    space: GitWorkspace, project: Path, base: Base, place: Folder
):
    write(Path(place.path), {"whole.txt": "whole"})
    await space.keep(spot(), place, succeeded=True)
    await placed(space, base, spot("idle"))
    await placed(space, base, spot("reader"), mode="read")
    assert await space.end("run-1") == ()
    names = git(project, "for-each-ref", "--format=%(refname)", "refs/ropewalk").splitlines()
    assert names == ["refs/ropewalk/run-1/@base", "refs/ropewalk/run-1/build/1.1"]


async def test_a_folder_whose_work_cannot_be_kept_stays_until_it_can(
    space: GitWorkspace, project: Path, place: Folder
):
    write(Path(place.path), {"precious.txt": "p"})
    in_the_way = project / ".git/refs/ropewalk/run-1/build/1.1.left/x"
    in_the_way.mkdir(parents=True)
    (in_the_way / "y.lock").touch()
    (in_the_way / "z").write_text(git(project, "rev-parse", "HEAD") + "\n")
    [left] = await space.end("run-1")
    assert left.startswith(place.path)
    assert (Path(place.path) / "precious.txt").read_text() == "p"
    for file in in_the_way.iterdir():
        file.unlink()
    assert await space.end("run-1") == ()
    assert git(project, "show", "refs/ropewalk/run-1/build/1.1.left:precious.txt") == "p"


async def test_what_git_cannot_hold_keeps_its_folder_there(space: GitWorkspace, place: Folder):
    os.mkfifo(Path(place.path) / "pipe")
    assert await space.end("run-1") == (f"{place.path}: pipe: it is no file, folder or link",)
    assert listing(place.path) is not None


async def test_a_folder_that_is_set_up_anew_puts_what_was_there_aside_and_the_end_keeps_it(
    space: GitWorkspace, project: Path, base: Base, place: Folder
):
    for words in ("one", "two"):
        write(Path(place.path), {"half.txt": words})
        assert await placed(space, base, spot()) == place
    assert listing(place.path) == [".git", *sorted(git(project, "ls-tree", "--name-only", "HEAD").split())]
    await space.close(spot(), place)
    assert await space.end("run-1") == ()
    first, second = (
        "refs/ropewalk/run-1/build/1.1.left.1:half.txt",
        "refs/ropewalk/run-1/build/1.1.left.2:half.txt",
    )
    assert (git(project, "show", first), git(project, "show", second)) == ("one", "two")


KILLED = """
import asyncio, os, pathlib, sys
os.environ["CRASHING_ENGINE"] = str(os.getpid())
from ropewalk.workspace.worktree import GitWorkspace
space = GitWorkspace(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
print(asyncio.run(getattr(space, sys.argv[3])("run-1", *([True] if sys.argv[3] == "forget" else []))))
"""


EVERY = trials(4, 1)
"""Which of git's commands the gate tries: every fourth, up to the first that is past the end."""


@pytest.mark.soak
@pytest.mark.parametrize("verb", ["end", "forget"])
async def test_clearing_up_can_be_killed_before_any_git_command_and_done_again(
    space: GitWorkspace, project: Path, base: Base, verb: str, tmp_path: Path
):
    state, serial = project.parent / "state", itertools.count()

    async def begin() -> None:
        for number in (1, 2):
            place = await placed(space, base, spot(f"s{number}"))
            write(Path(place.path), {f"half{number}.txt": "half"})
            mark_of(Path(place.path)).write_text(dead_owner())

    def clear(before: int) -> int:
        argv = [sys.executable, "-c", KILLED, str(state), str(project), verb]
        front = counting_git(tmp_path / f"git-{verb}-{next(serial)}", before)
        environment = {**os.environ, "PATH": f"{front}:{os.environ['PATH']}"}
        return subprocess.run(argv, check=False, env=environment, capture_output=True).returncode

    for before in range(1, 80, EVERY):
        await begin()
        killed = clear(before) != 0
        if killed:
            assert clear(0) == 0
        names = git(project, "for-each-ref", "--format=%(refname)", "refs/ropewalk/run-1").splitlines()
        assert listing(str(state / "places/run-1")) is None
        if verb == "end":
            for number in (1, 2):
                ref = f"refs/ropewalk/run-1/s{number}/1.1.left:half{number}.txt"
                assert git(project, "show", ref) == "half"
            git(project, "update-ref", "-d", "refs/ropewalk/run-1/s1/1.1.left")
        else:
            assert names == []
            git(project, "update-ref", "refs/ropewalk/run-1/@base", base.commit)
        if not killed:
            assert before > 3
            break
    else:
        pytest.fail("it never came to its end")


async def test_the_refs_of_a_run_that_has_not_landed_keep_its_folders_too(space: GitWorkspace, place: Folder):
    with pytest.raises(WorkspaceError, match="has not landed"):
        await space.forget("run-1")
    assert listing(place.path) is not None


async def test_what_an_attempt_with_secrets_left_when_it_was_cut_off_is_kept_only_once_it_was_looked_through(
    space: GitWorkspace, project: Path, base: Base
):
    place = await space.open(spot(), base, (), "own", FolderNote(("a.log",), secret=True))
    assert isinstance(place, Folder)
    write(Path(place.path), {"half.txt": "secret"})
    mark_of(Path(place.path)).write_text(dead_owner())
    (why,) = await space.end("run-1")
    assert why.startswith(f"{place.path}: its attempt was cut off, and had been given secrets")
    assert git(project, "for-each-ref", "--format=%(refname)", "refs/ropewalk/run-1/build") == ""
    assert await space.cut_off(spot("other", attempt=2)) == []
    assert await space.cut_off(spot()) == []
    assert await space.cut_off(spot(attempt=2)) == [place.path]
    write(Path(place.path), {"half.txt": "clean"})
    await space.looked_through(place.path)
    assert await space.cut_off(spot(attempt=2)) == []
    assert await space.end("run-1") == ()
    assert git(project, "show", "refs/ropewalk/run-1/build/1.1.left:half.txt") == "clean"
