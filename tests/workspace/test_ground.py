"""A run stands on the repository that it began in, wherever that is now, and ropewalk's folders are outside of its checkout."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ropewalk.errors import WorkspaceError
from ropewalk.testing.workspace_contract import listing
from ropewalk.workspace.ground import RepoContext, attempts_path, ground, ground_of
from ropewalk.workspace.names import attempt_ref, base_ref
from ropewalk.workspace.port import AttemptId, Base
from tests.workspace.repositories import git, repository, write

pytestmark = pytest.mark.needs("git")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "p", {"a.txt": "1\n", "sub/b.txt": "2\n"})


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def began(root: Path, run: str = "r") -> Base:
    """What a run begins from that has its ref there."""
    commit = git(root, "rev-parse", "HEAD")
    git(root, "update-ref", base_ref(run), commit)
    return Base(root=str(root), commit=commit)


def where(context: RepoContext) -> tuple[str, Path, bool]:
    return context.repository.top, context.state, context.private


@pytest.mark.parametrize("folder", ["", "sub"])
async def test_a_folder_of_a_checkout_stands_on_its_repository(root: Path, state: Path, folder: str):
    context = await ground(state, root / folder)
    assert where(context) == (str(root), state, False)
    assert context.places == state / "folders"
    assert listing(str(state)) is None


async def test_a_state_folder_inside_the_checkout_moves_into_the_git_directory(root: Path, tmp_path: Path):
    (tmp_path / "elsewhere").symlink_to(root / "sub")
    for state in (root / ".ropewalk", root / "sub/.ropewalk", root, tmp_path / "elsewhere/state"):
        assert (await ground(state, root)).state == root / ".git/ropewalk"
    beside = tmp_path / "p-state"  # Its path only begins alike.
    assert (await ground(beside, root)).state == beside


async def test_a_linked_worktree_has_its_folders_in_the_common_git_directory(root: Path, tmp_path: Path):
    side = tmp_path / "side"
    git(root, "worktree", "add", "-q", str(side))
    assert where(await ground(side / ".ropewalk", side)) == (str(side), root / ".git/ropewalk", False)
    assert (await ground(root / ".ropewalk", side)).state == root / ".ropewalk"


async def test_a_bare_repository_has_no_checkout_to_stay_out_of(root: Path, tmp_path: Path):
    git(tmp_path, "clone", "-q", "--bare", str(root), "bare.git")
    state = tmp_path / "bare.git/ropewalk"
    assert where(await ground(state, tmp_path / "bare.git")) == ("", state, False)


async def test_a_folder_without_git_and_one_that_is_taken_alone_get_a_private_one(root: Path, tmp_path: Path):
    plain, state = tmp_path / "plain", tmp_path / "state"
    plain.mkdir()
    for folder, alone in ((plain, False), (root, True)):
        context = await ground(state, folder, alone)
        assert where(context) == (str(folder), state, True)
        assert Path(context.repository.gitdir).parent == state / "repositories"
        assert await ground(state, folder, alone) == context
    assert len(list((state / "repositories").iterdir())) == 2
    assert listing(str(plain)) == []


async def test_where_attempts_are_is_said_and_nothing_is_made(root: Path, tmp_path: Path):
    plain, state = tmp_path / "plain", tmp_path / "state"
    plain.mkdir()
    assert await attempts_path(state, root) == await attempts_path(state, plain) == state / "folders"
    assert await attempts_path(plain / ".ropewalk", plain) == plain / ".ropewalk/folders"
    assert await attempts_path(root / ".ropewalk", root / "sub") == root / ".git/ropewalk/folders"
    assert listing(str(state)) is None
    assert listing(str(plain)) == []
    assert not (root / ".git/ropewalk").exists()


async def test_a_run_finds_its_repository_where_it_was(root: Path, state: Path, tmp_path: Path):
    base = Base(root=str(root), commit=git(root, "rev-parse", "HEAD"))
    plain = tmp_path / "plain"
    plain.mkdir()
    other = repository(tmp_path / "other", {"a.txt": "other\n"})
    began(other)
    for folder in (root, root / "sub", plain, other, tmp_path / "none"):
        assert where(await ground_of(state, folder, base)) == (str(root), state, False)


@pytest.mark.parametrize("how", ["moved", "copied"])
async def test_a_run_goes_with_a_repository_that_was(root: Path, state: Path, tmp_path: Path, how: str):
    base = began(root)
    now = tmp_path / "now"
    if how == "moved":
        os.rename(root, now)
    else:
        shutil.copytree(root, now)
    assert where(await ground_of(state, now / "sub", base)) == (str(now), state, False)


async def test_a_clone_that_has_the_commit_is_not_where_the_run_began(
    root: Path, state: Path, tmp_path: Path
):
    base = began(root)
    git(tmp_path, "clone", "-q", str(root), "clone")
    git(tmp_path / "clone", "update-ref", attempt_ref(AttemptId("r", "s", 1, 1)), base.commit)
    assert where(await ground_of(state, tmp_path / "clone", base)) == (str(root), state, False)
    shutil.rmtree(root)
    with pytest.raises(WorkspaceError, match="call ropewalk in the folder where it is now"):
        await ground_of(state, tmp_path / "clone", base)


async def test_a_bare_repository_is_known_by_its_git_directory(root: Path, state: Path, tmp_path: Path):
    git(tmp_path, "clone", "-q", "--bare", str(root), "bare.git")
    bare = tmp_path / "bare.git"
    base = Base(root=str(bare), commit=git(root, "rev-parse", "HEAD"))
    assert (await ground_of(state, bare, base)).repository.gitdir == str(bare)


@pytest.mark.parametrize("left", ["nothing", "a file", "an ordinary folder"])
async def test_a_repository_that_went_away_is_one_clear_error(
    root: Path, state: Path, tmp_path: Path, left: str
):
    base = began(root)
    os.rename(root, tmp_path / "away")
    if left == "a file":
        write(tmp_path, {root.name: ""})
    elif left == "an ordinary folder":
        write(root, {"a.txt": "1\n"})
    for folder in (root, tmp_path / "none"):
        with pytest.raises(WorkspaceError) as refused:
            await ground_of(state, folder, base)
        assert str(folder) in str(refused.value)
        assert "call ropewalk in the folder where it is now" in str(refused.value)
    assert listing(str(state)) is None


async def test_a_private_run_stays_private_when_its_folder_becomes_a_repository(root: Path, state: Path):
    base = Base(root=str(root), commit=git(root, "rev-parse", "HEAD"), private=True)
    assert where(await ground_of(state, root, base)) == (str(root), state, True)
