"""How the demo is called again, and what stops it before it begins. What it does is in the journeys."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import pytest

from ropewalk.cli import demo
from ropewalk.cli.context import CommandContext
from ropewalk.cli.demo import DEMO
from ropewalk.errors import UsageError


@pytest.mark.parametrize(
    ("argv", "on_path", "called"),
    [
        ("/a/ropewalk", "/a/ropewalk", "ropewalk"),
        ("/a/ropewalk", "/b/ropewalk", "/a/ropewalk"),
        ("/a b/ropewalk", None, "'/a b/ropewalk'"),
        ("/a/ropewalk/__main__.py", "/a/ropewalk", f"{shlex.quote(sys.executable)} -m ropewalk"),
    ],
)
def test_commands_are_shown_as_they_work_here(monkeypatch, argv, on_path, called):
    monkeypatch.setattr(sys, "argv", [argv])
    monkeypatch.setattr(shutil, "which", lambda name: on_path)
    assert demo._called() == called


async def test_without_git_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UsageError, match="git was not found"):
        await DEMO.perform(CommandContext(str(tmp_path), None), into="x", plain=False, yes=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.needs("git")
async def test_what_git_refuses_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(demo, "_AS_DEMO", ("--nonsense",))
    with pytest.raises(UsageError, match=r"git failed in .*: unknown option: --nonsense"):
        await DEMO.perform(CommandContext(str(tmp_path), None), into="x", plain=False, yes=True)


def test_the_folder_is_new_where_none_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    first, second = (demo._folder(CommandContext(None, None), None, plain=True) for _ in range(2))
    assert first != second
    assert first.parent == Path(tmp_path).resolve()
    assert sorted(path.name for path in first.iterdir()) == [".gitignore", "README.md"]
