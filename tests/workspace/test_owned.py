"""A folder is taken, filled and removed by its owner, or by others only when that one is proved dead."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest
from msgspec import structs

from ropewalk.errors import FolderHeld
from ropewalk.ownership import Life
from ropewalk.testing.workspace_contract import listing, spot
from ropewalk.workspace.attempt_folders import give_back
from ropewalk.workspace.cleanup import drop_folders
from ropewalk.workspace.owned import Owning, mark_of, owner_of, process_owning
from ropewalk.workspace.port import Folder
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import write


class Drivers:
    """`me` and `they`, and what is known of them."""

    def __init__(self) -> None:
        self.lives: dict[str, Life] = {}
        self.me, self.they = (
            Owning(name, lambda one: self.lives.get(one, "unknown")) for name in ("me", "they")
        )


@pytest.fixture
def drivers() -> Drivers:
    return Drivers()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run" / "step.1.1"


def test_a_folder_that_is_claimed_carries_its_owner(drivers: Drivers, folder: Path):
    assert owner_of(folder) == ""
    drivers.me.claim(folder)
    drivers.me.claim(folder)
    assert owner_of(folder) == "me"
    assert mark_of(folder).parent == folder.parent


@pytest.mark.parametrize("life", ["alive", "unknown"])
def test_the_folder_of_another_is_refused_while_it_may_live(drivers: Drivers, folder: Path, life: Life):
    drivers.they.claim(folder)
    drivers.lives["they"] = life
    with pytest.raises(FolderHeld, match="belongs to they"):
        drivers.me.claim(folder)
    assert not drivers.me.may_remove(folder)
    assert drivers.they.may_remove(folder)
    assert drivers.me.may_remove(folder, long_over=True) is (life == "unknown")


def test_the_folder_of_the_dead_goes_to_who_claims_it_first(drivers: Drivers, folder: Path):
    drivers.they.claim(folder)
    drivers.lives["they"] = "dead"
    assert drivers.me.may_remove(folder)
    drivers.me.claim(folder)
    assert owner_of(folder) == "me"
    with pytest.raises(FolderHeld):
        drivers.they.claim(folder)


def test_a_mark_that_nobody_signed_is_free(drivers: Drivers, folder: Path):
    folder.parent.mkdir()
    mark_of(folder).touch()
    drivers.me.claim(folder)
    assert owner_of(folder) == "me"


def test_who_is_just_looked_at_waits_its_turn(drivers: Drivers, folder: Path):
    folder.parent.mkdir()
    with mark_of(folder).open("w") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        with pytest.raises(FolderHeld, match="just taking it"):
            drivers.me.claim(folder)


def test_a_mark_that_was_taken_away_meanwhile_is_made_anew(
    drivers: Drivers, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    flock, gone = fcntl.flock, [True]

    def slow(fd: int, how: int) -> None:
        if gone:
            gone.pop()
            mark_of(folder).unlink()
        flock(fd, how)

    monkeypatch.setattr(fcntl, "flock", slow)
    drivers.me.claim(folder)
    assert owner_of(folder) == "me"


@pytest.mark.parametrize(("number", "fails"), [(errno.ENOLCK, False), (errno.EIO, True)])
def test_a_file_system_without_locks_has_to_do_without(
    drivers: Drivers, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, fails: bool
):
    def refuse(fd: int, how: int) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(fcntl, "flock", refuse)
    if fails:
        with pytest.raises(OSError, match="no"):
            drivers.me.claim(folder)
    else:
        drivers.me.claim(folder)
        assert owner_of(folder) == "me"


def test_whoever_drives_nothing_owns_as_this_process():
    assert process_owning() is process_owning()
    assert f":{os.getpid()}:" in process_owning().owner


def test_a_folder_that_went_to_another_is_not_given_back_by_its_first_owner(drivers: Drivers, folder: Path):
    drivers.they.claim(folder)
    write(folder, {"x": "1"})
    give_back(folder, drivers.me)
    assert (folder / "x").exists()
    give_back(folder, drivers.they)
    assert listing(str(folder.parent)) == []


def test_what_is_dropped_leaves_what_another_may_be_at_work_in(drivers: Drivers, folder: Path):
    for name, owning in (("a", drivers.me), ("b", drivers.they)):
        owning.claim(folder.with_name(name))
        write(folder.with_name(name), {"x": name})
    write(folder.with_name("c"), {"x": "c"})
    assert not drop_folders(folder.parent, drivers.me)
    assert listing(str(folder.parent)) == ["b", "b.owner"]
    drivers.lives["they"] = "dead"
    assert drop_folders(folder.parent, drivers.me)
    assert not folder.parent.exists()
    assert drop_folders(folder.parent, drivers.me)


@pytest.mark.needs("git")
async def test_two_drivers_of_one_attempt_never_work_in_one_folder(drivers: Drivers, project: Path):
    state = project.parent / "state"
    mine, theirs = (GitWorkspace(state, project, owning=one) for one in (drivers.me, drivers.they))
    base = await mine.prepare("run-1", project)
    place = await theirs.open(spot(), base, (), "own")
    assert isinstance(place, Folder)
    write(Path(place.path), {"theirs.txt": "x"})
    with pytest.raises(FolderHeld):
        await mine.open(spot(), base, (), "own")
    again = await mine.open(structs.replace(spot(attempt=2), takes_over=1), base, (), "own")
    assert isinstance(again, Folder)
    assert again.path != place.path
    await mine.close(spot(attempt=2), again)
    (stays,) = await mine.end("run-1")
    assert "another driver may be at work in it" in stays
    assert (Path(place.path) / "theirs.txt").exists()
    drivers.lives["they"] = "dead"
    taken = await mine.open(structs.replace(spot(attempt=2), takes_over=1), base, (), "own")
    assert isinstance(taken, Folder)
    assert taken.path == place.path
    await theirs.close(spot(), place)
    assert (Path(place.path) / "theirs.txt").exists()
    await mine.keep(spot(attempt=2), taken, succeeded=True)
    await mine.close(spot(attempt=2), taken)
    assert await mine.end("run-1") == ()
