"""The git workspace keeps the promises of every workspace, in a repository and in a plain folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace.repositories import repository
from weft.testing.workspace_contract import WorkspaceContract
from weft.workspace.worktree import GitWorkspace

pytestmark = pytest.mark.needs("git")


@pytest.fixture
def workspace(tmp_path: Path) -> GitWorkspace:
    return GitWorkspace(tmp_path / "state")


class TestInARepository(WorkspaceContract):
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        return repository(tmp_path / "project", {"README.md": "# Project\n"})


class TestInAPlainFolder(WorkspaceContract):
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        (tmp_path / "project").mkdir()
        return tmp_path / "project"
