"""What was settled of a whole path counts for the disputes that were shown, and for no later one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.testing.workspace_contract import spot
from ropewalk.workspace.port import Base, Choice
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import LINES, commits, parts

pytestmark = pytest.mark.needs("git")


@pytest.fixture
async def base(space: GitWorkspace, project: Path) -> Base:
    return await space.prepare("run-1", project, at=1_700_000_100.0)


async def test_what_was_settled_of_a_whole_path_settles_nothing_that_was_not_shown(
    space: GitWorkspace, project: Path, base: Base
):
    """b and c disagree about a line of which a, and so the report, says nothing."""
    line = LINES.splitlines(keepends=True)
    texts = {
        "a": "A\n" + "".join(line[1:]),
        "b": "B\n" + "".join(line[1:-1]) + "B5\n",
        "c": "".join(line[:-1]) + "C5\n",
    }
    made = commits(project, {name: {"code.txt": text} for name, text in texts.items()})
    [shown] = (await space.merge("run-1", base, parts(made), {})).conflicts
    assert shown["steps"] == ["a", "b"]
    for choice in ("theirs", texts["b"].encode()):
        choices: dict[str, Choice] = {"code.txt": {shown["id"]: choice}}
        again = await space.resolve(spot("merge"), base, parts(made), {}, choices, by="ann")
        [asked] = again.conflicts
        assert (asked["hunks"][0]["ours"], asked["hunks"][0]["theirs"]) == ("B5", "C5")
        both: dict[str, Choice] = {"code.txt": {shown["id"]: choice, asked["id"]: "theirs"}}
        merged = await space.resolve(spot("merge"), base, parts(made), {}, both, by="ann")
        text = await space.read(merged.commit, "code.txt")
        assert text is not None
        assert (text[:2], text[-3:]) == (b"B\n", b"C5\n")
