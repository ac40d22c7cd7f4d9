"""What a run that begins now would see is what git has, and with the changes of the checkout what git does not ignore."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.workspace.seen import is_seen
from tests.workspace.repositories import git, write

pytestmark = pytest.mark.needs("git")


@pytest.mark.parametrize(
    ("name", "seen", "taken_along"),
    [
        ("README.md", True, True),
        ("./README.md", True, True),
        ("docs/", True, True),
        ("docs/*.md", True, True),
        ("new.md", False, True),
        ("new/*.md", False, True),
        ("left/x.md", False, False),
        ("nothing.md", False, False),
        ("[x].md", False, False),
    ],
)
async def test_a_name_is_seen_when_git_has_it(project: Path, name: str, seen: bool, taken_along: bool):
    write(project, {"new.md": "x", "new/y.md": "x", "left/x.md": "x"})
    (project / ".git/info/exclude").write_text("left/\n")
    assert await is_seen(project, name, False) is seen
    assert await is_seen(project / "docs", name, True) is taken_along


async def test_outside_of_a_repository_and_without_a_checkout_nobody_can_tell(tmp_path: Path):
    assert await is_seen(tmp_path, "a", False) is None
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    assert await is_seen(tmp_path / "bare.git", "a", False) is None


async def test_a_file_behind_a_link_to_a_folder_is_seen(project: Path):
    (project / "link").symlink_to("docs")
    (project / "out").symlink_to("/etc")
    write(project, {"docs/x.txt": "x"})
    git(project, "add", "-A")
    assert await is_seen(project, "link/x.txt", False) is True
    assert await is_seen(project, "out/passwd", False) is False
