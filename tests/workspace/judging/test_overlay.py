"""What of a commit is laid over, without any folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ropewalk.workspace.git import Git
from ropewalk.workspace.judging.overlay import Overlay, overlay
from ropewalk.workspace.port import JudgeRules
from tests.workspace.repositories import commits, git, repository

pytestmark = pytest.mark.needs("git")

BASE = {
    "Makefile": "check:\n\t./scripts/check.sh result.txt\nother:\n\t$(MAKE) -C sub x\n",
    "scripts/check.sh": "python3 tools/deep.py\n",
    "tools/deep.py": "import helper\n",
    "tools/helper.py": "",
    "sub/Makefile": "x:\n\tsh inner.sh\n",
    "package.json": json.dumps({"scripts": {"check": "node scripts/check.js"}}),
    "pyproject.toml": "[tool.ruff]\nline-length = 9\n",
    "tests/test_a.py": "1\n",
    "rust/tests/a.rs": "1\n",
    "result.txt": "1\n",
    "AGENTS.md": "1\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    repository(tmp_path / "p", {"README.md": "x\n"})
    made = commits(tmp_path / "p", {"base": BASE})
    git(tmp_path / "p", "update-ref", "refs/heads/main", made["base"])
    return tmp_path / "p"


async def laid(
    project: Path, files: Mapping[str, str | None], command: str = "true", **rules: Any
) -> Overlay:
    made = commits(project, {"run": files})
    how = JudgeRules(rules.pop("steered", "command"), command, **rules)
    base = git(project, "rev-parse", "main")
    return await overlay(Git(str(project / ".git")), base, made["run"], how)


async def test_what_the_command_runs_in_turn_is_held(project):
    found = await laid(project, {"tools/deep.py": "weak\n", "tools/helper.py": "new\n"}, "make check")
    assert found.restored == {"tools/deep.py": "called by what the command runs"}
    assert list(found.edits) == [b"tools/deep.py"]


async def test_as_it_is_leaves_what_is_only_named(project):
    files = {"scripts/check.sh": "weak\n", "Makefile": "weak:\n"}
    found = await laid(project, files, "sh scripts/check.sh", as_it_is=True)
    assert found.restored == {"Makefile": "make"}


async def test_only_the_steering_in_a_file_is_the_bases(project):
    found = await laid(
        project,
        {
            "pyproject.toml": "[project]\nname = 'x'\n[tool.ruff]\nline-length = 1\n",
            "package.json": json.dumps({"scripts": {"check": "node scripts/check.js"}, "version": "2"}),
            "Makefile": None,
        },
    )
    assert found.joined == {"pyproject.toml": "Python checks"}
    mode, content = found.edits[b"pyproject.toml"] or ("", b"")
    assert (mode, b"line-length = 9" in content, b"name" in content) == ("100644", True, True)
    assert b"package.json" not in found.edits
    assert found.restored == {"Makefile": "make"}


@pytest.mark.parametrize(
    "path",
    [
        "conftest.py",
        "tests/conftest.py",
        "pytest.ini",
        "GNUmakefile",
        "sub/rules.mk",
        "pytest.py",
        ".cargo/config.toml",
    ],
)
async def test_a_new_file_that_would_steer_what_was_there_is_left_out(project, path):
    found = await laid(project, {path: "x = 1\n"})
    assert list(found.left_out) == [path]
    assert found.edits == {path.encode(): None}


@pytest.mark.parametrize(
    "path", ["fresh/conftest.py", "fresh/Makefile", ".github/workflows/x.yml", "jest.config.js"]
)
async def test_a_new_file_that_steers_only_what_is_new_comes_from_the_run(project, path):
    found = await laid(project, {path: "x = 1\n"})
    assert (list(found.of_the_run), found.edits) == ([path], {})


async def test_a_named_file_that_was_not_there_comes_from_the_run(project):
    assert (await laid(project, {"new.sh": "1\n"}, "sh new.sh")).of_the_run == {
        "new.sh": "named by the command"
    }
    assert (await laid(project, {"fresh/test_new.py": "1\n"})).new_tests == ["fresh/test_new.py"]


async def test_an_agent_that_judges_sees_the_work_as_it_is_but_its_instructions_as_they_were(project):
    files = {"AGENTS.md": "2\n", "CLAUDE.md": "2\n", "Makefile": "2\n", "tests/test_a.py": "2\n"}
    found = await laid(project, files, "", steered="agent")
    assert (list(found.restored), list(found.left_out)) == (["AGENTS.md"], ["CLAUDE.md"])
    everything = await laid(project, files, "", steered="all")
    assert list(everything.restored) == ["AGENTS.md", "Makefile", "tests/test_a.py"]


async def test_protection_is_stronger_than_what_may_change(project):
    files = {"tests/test_a.py": "2\n", "tests/test_b.py": "2\n", "Makefile": "2\n"}
    found = await laid(project, files, protect=("tests/**",), may_change=("tests/**", "Makefile"))
    assert (found.restored, found.left_out) == (
        {"tests/test_a.py": "protected"},
        {"tests/test_b.py": "protected"},
    )
    assert (await laid(project, files, "", steered="", protect=("Makefile",))).restored == {
        "Makefile": "protected"
    }


async def test_what_was_put_in_the_way_goes(project):
    found = await laid(
        project, {"tests/test_a.py": None, "tests": "no folder\n", "Makefile": None, "Makefile/x": "1\n"}
    )
    assert found.edits[b"tests"] is None
    assert found.edits[b"Makefile/x"] is None
    assert set(found.restored) == {"tests/test_a.py", "Makefile"}


async def test_nothing_is_looked_at_where_nothing_could_be_laid_over(project):
    base = git(project, "rev-parse", "main")
    nothing = Git("/nonexistent")
    assert await overlay(nothing, base, base, JudgeRules("command")) == Overlay()
    assert await overlay(nothing, "", base, JudgeRules("command")) == Overlay()
    assert await overlay(nothing, base, "x", JudgeRules("")) == Overlay()
    assert await laid(project, {}) == Overlay()
