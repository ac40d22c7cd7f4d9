"""A project to work on, and a git workspace on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import LINES, repository


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return repository(
        tmp_path / "project",
        {
            "README.md": "# Project\n\nWhat it is.\n\n## Use\n\nRun it.\n",
            "code.txt": LINES,
            "settings.json": '{\n  "name": "project",\n  "deps": {"a": "1"}\n}\n',
            "docs/plan.md": "# Plan\n",
        },
    )


@pytest.fixture
def space(tmp_path: Path, project: Path) -> GitWorkspace:
    return GitWorkspace(tmp_path / "state", project)
