"""What is laid over in a folder that no commit keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ropewalk.workspace.git import Git
from ropewalk.workspace.judging.layout import lay_over_copy
from ropewalk.workspace.port import JudgeRules
from tests.workspace.repositories import commits, git, repository

pytestmark = pytest.mark.needs("git")

BASE = {
    "100755:check.sh": "base\n",
    "data/a.txt": "base\n",
    "data/b.txt": "base\n",
    "120000:link.sh": "check.sh",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    repository(tmp_path / "p", {"README.md": "x\n"})
    git(tmp_path / "p", "update-ref", "refs/heads/main", commits(tmp_path / "p", {"base": BASE})["base"])
    return tmp_path / "p"


async def laid(project: Path, folder: Path, command: str, **rules: Any) -> dict[str, str]:
    how = JudgeRules("command", command, **rules)
    base = git(project, "rev-parse", "main")
    return (await lay_over_copy(Git(str(project / ".git")), base, folder, how)).restored


async def test_programs_and_what_is_protected_come_from_the_base(project, tmp_path):
    folder = tmp_path / "f"
    (folder / "data").mkdir(parents=True)
    (folder / "check.sh").write_text("weak\n")
    (folder / "data/b.txt").write_text("base\n")
    told = await laid(project, folder, "./check.sh data/a.txt", protect=("data/",))
    assert told == {"check.sh": "named by the command", "data/a.txt": "protected"}
    assert (folder / "check.sh").read_text() == "base\n"
    assert (folder / "check.sh").stat().st_mode & 0o111
    assert await laid(project, folder, "./check.sh", may_change=("check.sh",)) == {}


async def test_nothing_is_written_through_a_link_or_over_a_folder(project, tmp_path):
    folder, outside = tmp_path / "f", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (outside / "a.txt").write_text("mine\n")
    (folder / "data").symlink_to(outside)
    (folder / "check.sh").mkdir()
    told = await laid(project, folder, "sh check.sh; sh link.sh", protect=("data/a.txt",))
    assert told == {"data/a.txt": "protected"}
    assert (outside / "a.txt").read_text() == "mine\n"
    assert (folder / "data/a.txt").read_text() == "base\n"
    (folder / "data/a.txt").unlink()
    (folder / "data/a.txt").symlink_to(outside / "a.txt")
    assert await laid(project, folder, "true", protect=("data/a.txt",)) == {"data/a.txt": "protected"}
    assert (outside / "a.txt").read_text() == "mine\n"


async def test_without_a_base_nothing_is_laid_over(tmp_path):
    found = await lay_over_copy(Git("/nonexistent"), "", tmp_path, JudgeRules("command", "sh x"))
    assert found.restored == {}
