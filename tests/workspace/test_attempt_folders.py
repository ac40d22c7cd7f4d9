"""A place is a whole worktree that shares nothing writable with the repository or another place."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest
from msgspec import structs

from ropewalk.errors import GitFailed, WorkspaceError
from ropewalk.testing.workspace_contract import listing, placed, spot
from ropewalk.workspace.attempt_folders import AttemptFolders, make, remove_folder
from ropewalk.workspace.port import Base, Folder, Merged, Part
from ropewalk.workspace.repository import discover
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import commit, fingerprint, git, repository, write

pytestmark = pytest.mark.needs("git")


@pytest.fixture
async def base(space: GitWorkspace, project: Path) -> Base:
    return await space.prepare("run-1", project)


async def test_a_place_has_the_history_branches_and_tags_to_look_at(space: GitWorkspace, project: Path):
    git(project, "tag", "v1")
    git(project, "branch", "ropewalk/earlier")
    base = await space.prepare("run-1", project)
    folder = Path((await placed(space, base, spot())).path)
    assert (
        git(folder, "status", "--porcelain=v2", "--branch")
        == f"# branch.oid {base.commit}\n# branch.head (detached)"
    )
    assert git(folder, "for-each-ref", "--format=%(refname)").split() == ["refs/heads/main", "refs/tags/v1"]
    assert git(folder, "diff", "main") == ""
    assert git(folder, "fsck", "--connectivity-only") == ""
    assert git(folder, "remote") == ""


async def test_many_places_are_set_up_at_once(space: GitWorkspace, project: Path, base: Base):
    before = fingerprint(project)
    other = GitWorkspace(project.parent / "state", project)
    second = await other.prepare("run-2", project)
    work = [space.open(spot(f"s{number}"), base, (), "own") for number in range(12)]
    work += [other.open(spot(f"s{number}", run="run-2"), second, (), "own") for number in range(12)]
    work += [space.open(spot(f"r{number}"), base, (), "read") for number in range(6)]
    places = await asyncio.gather(*work)
    assert len({place.path for place in places if isinstance(place, Folder)}) == 30
    for place in places:
        assert isinstance(place, Folder)
        assert (Path(place.path) / "code.txt").exists()
    assert fingerprint(project) == before


async def test_an_attempt_that_begins_again_finds_a_clean_folder(space: GitWorkspace, base: Base):
    place = await placed(space, base, spot())
    write(Path(place.path), {"half": "x"})
    assert (await placed(space, base, spot())).path == place.path
    assert not (Path(place.path) / "half").exists()
    await space.close(spot(), place)
    assert listing(str(Path(place.path).parent)) == ["build.1.1~1", "build.1.1~1.index"]
    await space.end("run-1")
    assert listing(str(Path(place.path).parent)) is None
    await space.close(spot(), place)


async def test_a_folder_that_cannot_be_filled_is_taken_away_again(project: Path, base: Base):
    found = await discover(project)
    assert found
    places = AttemptFolders(project.parent / "home", found)
    with pytest.raises(WorkspaceError):
        await places.own("run-1", "x", "1" * 40, "main", base.commit)
    assert listing(str(project.parent / "home/run-1")) == []


async def test_a_disk_that_fills_during_checkout_leaves_nothing_half_done(
    space: GitWorkspace, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    commit(project, {f"big/{number}": "x" * 5000 for number in range(3)})
    base = await space.prepare("run-1", project)
    small = tmp_path / "bin/git"
    small.parent.mkdir()
    small.write_text(f'#!/bin/sh\nulimit -f 4\nexec {shutil.which("git")} "$@"\n')
    small.chmod(0o755)
    with monkeypatch.context() as full:
        full.setenv("PATH", f"{small.parent}:{os.environ['PATH']}")
        with pytest.raises(GitFailed, match=r"signal|large"):
            await space.open(spot(), base, (), "own")
        with pytest.raises(GitFailed, match=r"signal|large"):
            await space.open(spot(), base, (), "read")
    assert listing(str(tmp_path / "state/folders/run-1")) == []
    assert (await placed(space, base, spot())).base == base.commit


async def test_an_interrupted_attempts_folder_goes_on_if_it_was_whole(space: GitWorkspace, base: Base):
    place = await placed(space, base, spot())
    write(Path(place.path), {"half": "x"})
    second = structs.replace(spot(attempt=2), takes_over=1)
    taken = await placed(space, base, second)
    assert taken == place
    assert [a.path for a in (await space.keep(second, taken, succeeded=True)).artifacts] == ["half"]
    assert await placed(space, base, structs.replace(spot(attempt=3), takes_over=2)) == place
    os.unlink(f"{place.path}.index")
    fresh = await placed(space, base, second)
    assert fresh.path != place.path
    assert not (Path(fresh.path) / "half").exists()


async def test_ropewalk_keeps_out_of_a_checkout_that_its_state_folder_lies_in(project: Path):
    space = GitWorkspace(project / ".ropewalk", project)
    before = fingerprint(project)
    base = await space.prepare("run-1", project)
    place = await placed(space, base, spot())
    assert Path(place.path).is_relative_to(project / ".git/ropewalk")
    await space.open(spot("n"), base, (), "none")
    assert fingerprint(project) == before
    await space.end("run-1")
    assert listing(place.path) is None


async def test_settings_that_files_depend_on_are_carried_and_no_others(tmp_path: Path):
    project = repository(tmp_path / "project", {"a": "a"})
    for key, value in (
        ("core.autocrlf", "input"),
        ("filter.x.clean", 'say "hi" \\ there\tand'),
        ("remote.origin.url", "https://example.invalid"),
        ("core.sshCommand", "evil"),
        ("user.email", "ann@example.com"),
    ):
        git(project, "config", key, value)
    space = GitWorkspace(tmp_path / "state")
    folder = Path((await placed(space, await space.prepare("run-1", project), spot())).path)
    assert git(folder, "config", "filter.x.clean") == 'say "hi" \\ there\tand'
    assert git(folder, "config", "core.autocrlf") == "input"
    assert git(folder, "config", "--local", "user.email") == "ann@example.com"
    for key in ("remote.origin.url", "core.sshCommand"):
        assert git(folder, "config", "--local", key, ok=False) == ""


async def test_a_partial_clone_fetches_what_is_missing(tmp_path: Path, project: Path):
    git(project, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", project.as_uri(), "partial")
    space = GitWorkspace(tmp_path / "state")
    base = await space.prepare("run-1", tmp_path / "partial", target="main")
    folder = Path((await placed(space, base, spot())).path)
    assert (folder / "code.txt").exists()
    assert git(folder, "config", "remote.origin.promisor") == "true"


async def test_paths_that_git_would_have_to_quote_work(tmp_path: Path):
    project = repository(tmp_path / '"odd" näme # x', {"a": "a"})
    space = GitWorkspace(tmp_path / "state")
    base = await space.prepare("run-1", project)
    place = await placed(space, base, spot())
    assert git(Path(place.path), "log", "--format=%s") == "first"


async def test_a_step_may_take_its_own_rights_away(space: GitWorkspace, base: Base):
    place = await placed(space, base, spot())
    (Path(place.path) / "locked/inner").mkdir(parents=True)
    write(Path(place.path), {"locked/inner/file": "x"})
    (Path(place.path) / "locked/inner").chmod(0)
    (Path(place.path) / "locked").chmod(0)
    await space.close(spot(), place)
    assert listing(place.path) is None


def test_remove_opens_up_what_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    real = shutil.rmtree
    opened: list[str] = []

    def once_closed(folder: Path) -> None:
        if not opened:
            raise PermissionError(13, "closed", str(folder))
        real(folder)

    def open_up(place: str | Path, mode: int) -> None:
        opened.append(os.fspath(place))

    write(tmp_path / "x", {"a/b": "c"})
    (tmp_path / "x/link").symlink_to(tmp_path)
    monkeypatch.setattr("shutil.rmtree", once_closed)
    monkeypatch.setattr("os.chmod", open_up)
    remove_folder(tmp_path / "x")
    assert opened == [str(tmp_path / "x"), str(tmp_path / "x/a")]
    assert not (tmp_path / "x").exists()


def test_remove_says_when_it_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def busy(folder: Path) -> None:
        raise OSError(39, "Directory not empty")

    monkeypatch.setattr("shutil.rmtree", busy)
    with pytest.raises(WorkspaceError, match="cannot be removed"):
        remove_folder(tmp_path)
    with pytest.raises(WorkspaceError, match="Not a directory"):
        make(Path(os.devnull) / "x")


async def test_needs_that_disagree_give_no_folder(space: GitWorkspace, project: Path, base: Base):
    for step, text in (("a", "1"), ("b", "2")):
        place = await placed(space, base, spot(step))
        write(Path(place.path), {"code.txt": text})
        await space.keep(spot(step), place, succeeded=True)
        await space.close(spot(step), place)
    needs = [Part(step, git(project, "rev-parse", f"refs/ropewalk/run-1/{step}/1.1")) for step in "ab"]
    assert isinstance(await space.open(spot("c"), base, needs, "own"), Merged)
    assert listing(str(project.parent / "state/folders/run-1")) == []
