"""What an attempt starts from is one commit of all that its needs left: settled as a person said, or not started from at all."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ropewalk.runtime.assignment import Assignment
from ropewalk.runtime.merging import (
    commits_of,
    disagreed,
    start_from,
    start_merged,
    start_tree,
    unseen,
)
from ropewalk.testing.briefs import brief
from ropewalk.testing.workspace_contract import listing
from ropewalk.workspace.folder import FolderWorkspace
from ropewalk.workspace.names import show_path
from ropewalk.workspace.port import AttemptId, Base, Folder, Merged, Part
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import commits, git, repository

pytestmark = pytest.mark.needs("git")

STRANGE = "übung \u202e.txt"
"""Not ASCII, with a space and a sign that turns the rest of a line around."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return repository(tmp_path / "project", {"x.txt": "base\n", STRANGE: "base\n"})


@pytest.fixture
def space(tmp_path: Path, project: Path) -> GitWorkspace:
    return GitWorkspace(tmp_path / "state", project)


@pytest.fixture
async def left(project: Path, space: GitWorkspace) -> dict[str, str]:
    """Commits of steps: `a` and `b` disagree about two files, `c` with nobody."""
    return commits(
        project,
        {
            "a": {"x.txt": "of a\n", STRANGE: "of a\n"},
            "b": {"x.txt": "of b\n", STRANGE: "of b\n"},
            "c": {"c.txt": "of c\n"},
        },
    )


async def assigned(space: GitWorkspace, project: Path, left: dict[str, str], *names: str) -> Assignment:
    base = await space.prepare("r", project, at=1_700_000_100.0)
    parts = tuple(Part(name, left[name]) for name in names)
    return Assignment(brief("run", run="r", step="next"), AttemptId("r", "next", 1, 2), base, parts)


def settled(how: str, value: Any = None, by: str = "ann") -> dict[str, Any]:
    return {"how": how, "by": by, "value": value, "onto": ""}


class Full(GitWorkspace):
    """On a disk without room."""

    async def merge(self, *args: Any, **how: Any) -> Merged:
        raise OSError(errno.ENOSPC, "No space left on device")


async def test_without_an_answer_the_parts_are_taken_as_they_are_and_nothing_is_merged(tmp_path: Path):
    parts = (Part("a", "0" * 40), Part("b", "1" * 40))
    assignment = Assignment(brief(), AttemptId("r", "next", 1, 1), Base(root=""), parts)
    assert await start_from(assignment, GitWorkspace(tmp_path / "state", tmp_path)) is parts
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(("how", "text"), [("ours", "of a"), ("theirs", "of b"), ("union", "of a\nof b")])
async def test_one_side_for_all_settles_every_file_and_joins_no_one_out(
    space: GitWorkspace, project: Path, left: dict[str, str], how: str, text: str
):
    assignment = replace(await assigned(space, project, left, "a", "b", "c"), resolution=settled(how))
    merged = await start_merged(assignment, space)
    assert merged.conflicts == ()
    assert [git(project, "show", f"{merged.commit}:{name}") for name in ("x.txt", STRANGE)] == [text, text]
    for commit in left.values():
        git(project, "merge-base", "--is-ancestor", commit, merged.commit)


async def test_texts_settle_file_by_file_and_nothing_is_a_file_that_is_to_go(
    space: GitWorkspace, project: Path, left: dict[str, str]
):
    texts = {"x.txt": "", show_path(STRANGE.encode()): None}
    assignment = replace(
        await assigned(space, project, left, "a", "b"), resolution=settled("resolved", texts)
    )
    merged = await start_merged(assignment, space)
    assert git(project, "ls-tree", "--name-only", merged.commit) == "x.txt"
    assert git(project, "show", f"{merged.commit}:x.txt") == ""


async def test_the_answer_is_the_last_part_named_for_the_step_and_says_who_gave_it(
    space: GitWorkspace, project: Path, left: dict[str, str]
):
    policies = {"*.md": "ours"}
    assignment = replace(
        await assigned(space, project, left, "a", "b"),
        resolution=settled("theirs", by="Änn"),
        policies=policies,
    )
    parts = await start_from(assignment, space)
    assert isinstance(parts, tuple)
    *earlier, answer = parts
    assert tuple(earlier) == assignment.parts
    assert (answer.step, answer.policies) == ("next", policies)
    assert "Ropewalk-Resolved-By: Änn" in git(project, "log", "-1", "--format=%B", answer.commit)
    refs = git(project, "for-each-ref", "--format=%(refname)", "--points-at", answer.commit)
    assert "refs/ropewalk/r/next/1.2.resolved" in refs.split(), "git would clean it up"


async def test_an_answer_for_some_files_leaves_the_others_open(
    space: GitWorkspace, project: Path, left: dict[str, str]
):
    """Nothing is started from half of an answer."""
    assignment = replace(
        await assigned(space, project, left, "a", "b"), resolution=settled("resolved", {"x.txt": "both\n"})
    )
    for merged in (await start_from(assignment, space), await start_merged(assignment, space)):
        assert isinstance(merged, Merged)
        assert (merged.commit, [conflict["kind"] for conflict in merged.conflicts]) == ("", ["content"])
    assert await start_tree(assignment, space) is None
    assert not git(project, "for-each-ref", "refs/ropewalk/r/next")


async def test_the_tree_of_a_start_is_the_one_of_its_merge_whoever_made_that(
    space: GitWorkspace, project: Path, left: dict[str, str], tmp_path: Path
):
    assignment = await assigned(space, project, left, "a", "c")
    tree = await start_tree(assignment, space)
    merged = await start_merged(assignment, space)
    assert tree == merged.tree == git(project, "rev-parse", f"{merged.commit}^{{tree}}")
    assert await start_tree(assignment, GitWorkspace(tmp_path / "other", project)) == tree
    alone = replace(assignment, parts=())
    assert await start_tree(alone, space) == git(project, "rev-parse", f"{assignment.base.commit}^{{tree}}")


async def test_there_is_no_tree_of_what_cannot_be_joined(
    space: GitWorkspace, project: Path, left: dict[str, str], tmp_path: Path
):
    """The attempt itself meets what is in the way, and tells it."""
    assignment = await assigned(space, project, left, "a", "b")
    assert await start_tree(assignment, space) is None
    lost = replace(assignment, parts=(Part("a", "0" * 40),))
    assert await start_tree(lost, space) is None
    (tmp_path / "file").write_text("in the way of a folder")
    assert await start_tree(assignment, GitWorkspace(tmp_path / "file", project)) is None
    unknown = replace(assignment, policies={"*": "nonsense"})
    assert await start_tree(unknown, space) is None
    assert await start_tree(assignment, Full(tmp_path / "state", project)) is None


async def test_where_nothing_is_versioned_there_is_no_tree(tmp_path: Path):
    assignment = Assignment(brief(), AttemptId("r", "next", 1, 1), Base(root=str(tmp_path)))
    assert await start_tree(assignment, FolderWorkspace(tmp_path / "state", "r")) is None


async def test_what_only_gates_look_at_is_an_empty_folder_that_stands_for_the_merge(
    space: GitWorkspace, project: Path, left: dict[str, str]
):
    assignment = await assigned(space, project, left, "a", "c")
    place = await unseen(assignment, space, assignment.parts)
    assert isinstance(place, Folder)
    assert (place.base, place.writable) == ((await start_merged(assignment, space)).commit, False)
    assert listing(place.path) == []
    await space.close(assignment.spot, place)
    disputed = await assigned(space, project, left, "a", "b")
    merged = await unseen(disputed, space, disputed.parts)
    assert isinstance(merged, Merged)
    assert listing(place.path) is None, "no folder is laid out for what does not fit together"


async def test_what_does_not_fit_together_fails_with_the_steps_that_disagree_and_their_files(
    space: GitWorkspace, project: Path, left: dict[str, str]
):
    assignment = await assigned(space, project, left, "a", "c", "b")
    outcome = disagreed(assignment, space, await start_merged(assignment, space))
    assert outcome.failure is not None
    assert (outcome.failure.kind, outcome.commit) == ("conflict", "")
    shown = show_path(STRANGE.encode())
    assert shown.isascii(), "nothing that is printed turns a line around"
    assert outcome.failure.message == f"what a, b left does not fit together, in {shown}, x.txt"
    assert outcome.failure.report["steps"] == ["a", "c", "b"]
    assert [conflict["steps"] for conflict in outcome.conflicts] == [["a", "b"]] * 2


async def test_a_kind_that_works_on_commits_is_given_all_that_the_assignment_says(tmp_path: Path):
    space = GitWorkspace(tmp_path / "state", tmp_path)
    assignment = Assignment(
        brief(),
        AttemptId("r", "next", 3, 4),
        Base(root="/", commit="1" * 40),
        (Part("a", "0" * 40),),
        policies={"*": "ours"},
        resolution=settled("theirs"),
    )
    of_it = commits_of(assignment, space)
    for name in ("spot", "base", "parts", "policies", "resolution"):
        assert getattr(of_it, name) == getattr(assignment, name), name
    assert of_it.workspace is space
    assert of_it.judge is None
