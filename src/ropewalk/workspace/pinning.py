"""Pin what a run starts from: a commit and the branch it stands on; or say clearly why it cannot start."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ropewalk.errors import DirtyCheckout, WorkspaceError
from ropewalk.workspace import private
from ropewalk.workspace.commits import write_commit
from ropewalk.workspace.gathering import Caps, GatherOptions
from ropewalk.workspace.git import Git
from ropewalk.workspace.ground import RepoContext
from ropewalk.workspace.harvest import harvest
from ropewalk.workspace.names import BRANCHES, base_ref, listed
from ropewalk.workspace.port import Base
from ropewalk.workspace.repository import Repository, Standing, check_branch, commit_of, standing
from ropewalk.workspace.settling import settle


async def prepare(
    ground: RepoContext, scratch: Path, caps: Caps, run: str, with_changes: bool, target: str, at: float
) -> Base:
    """The base of a run; a ref keeps its commit. DirtyCheckout when changes would be left behind unsaid."""
    repository = ground.repository
    await _room_for_branches(repository)
    if ground.private:
        base = await _of_folder(ground, scratch, caps, run, target, at)
    elif target:
        base = await _of_branch(repository, with_changes, target, at)
    else:
        base = await _of_checkout(repository, scratch, caps, run, with_changes, at)
    await repository.git.run("update-ref", base_ref(run), base.commit)
    return base


async def _room_for_branches(repository: Repository) -> None:
    """Git keeps no branch `a/b` next to a branch `a`: better told now than when the work is done."""
    if await commit_of(repository.git, f"refs/heads/{BRANCHES}"):
        raise WorkspaceError(
            place=repository.top or repository.gitdir,
            reason=f"a branch `{BRANCHES}` is in the way of the runs' own branches, {BRANCHES}/…; "
            f"rename it: git branch -m {BRANCHES} {BRANCHES}-old",
        )


async def _of_folder(
    ground: RepoContext, scratch: Path, caps: Caps, run: str, target: str, at: float
) -> Base:
    if target not in ("", private.BRANCH):
        raise WorkspaceError(place=target, reason="a folder without git has no branches to start from")
    commit, left_out = await private.snapshot(ground.repository, scratch, caps, run, at)
    root = ground.repository.top
    warnings = [
        f"{root} is not a git repository; ropewalk keeps a copy of its files in a private one, {ground.repository.gitdir}"
    ]
    if left_out:
        warnings.append(f"not taken in, so not seen by the steps: {listed(left_out)}")
    return Base(root, commit, private.BRANCH, commit, at, private=True, warnings=tuple(warnings))


async def _of_branch(repository: Repository, with_changes: bool, target: str, at: float) -> Base:
    await check_branch(repository.git, target)
    if with_changes and (await standing(repository)).branch != target:
        raise WorkspaceError(
            place=target, reason="uncommitted changes belong to the branch that is checked out"
        )
    commit = await commit_of(repository.git, f"refs/heads/{target}")
    if not commit:
        raise WorkspaceError(place=target, reason="there is no branch of this name")
    return Base(repository.top or repository.gitdir, commit, target, commit, at)


async def _of_checkout(
    repository: Repository, scratch: Path, caps: Caps, run: str, with_changes: bool, at: float
) -> Base:
    now = await standing(repository)
    root = repository.top or repository.gitdir
    changed = (*now.changed, *(now.untracked if with_changes else ()))
    if now.changed and not with_changes:
        raise DirtyCheckout(place=root, count=len(now.changed), listed=listed(now.changed))
    start = now.commit or await _empty(repository.git.aside(scratch), run, at)
    warnings: list[str] = []
    commit = start
    if changed:
        commit, lost = await _with_changes(repository, now, start, scratch, caps, run, at)
        warnings += [f"not taken along: {listed(lost)}"] if lost else []
    if not now.branch:
        warnings.append("HEAD is detached: the result stays on its own branch until it is landed somewhere")
    if now.untracked and not with_changes:
        warnings.append(f"not under version control, so not seen by the steps: {listed(now.untracked)}")
    return Base(root, commit, now.branch, now.commit, at, warnings=tuple(warnings))


async def _empty(git: Git, run: str, at: float) -> str:
    """A first commit without files, for a repository that has none."""
    tree = await git.run("hash-object", "-t", "tree", "-w", "--stdin")
    title = "Begin with an empty tree"
    commit = await write_commit(git, tree.decode().strip(), (), at, title, {"Ropewalk-Run": run})
    await settle(git, {base_ref(run): commit})
    return commit


async def _with_changes(
    repository: Repository, now: Standing, start: str, scratch: Path, caps: Caps, run: str, at: float
) -> tuple[str, Sequence[str]]:
    """The commit, and what could not be taken along."""
    git = repository.git.at(repository.top).aside(scratch)
    index = Path(repository.gitdir, "index")
    crop = await harvest(
        git, start, index, scratch, GatherOptions(caps, now.changed, ours=False), staged=True
    )
    title = "Take along the uncommitted changes of the checkout"
    commit = await write_commit(git, crop.tree, [start], at, title, {"Ropewalk-Run": run})
    await settle(git, {base_ref(run): commit}, [start])
    return commit, crop.lost
