"""The command that reads a script."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ropewalk.steps.shell import default_shell, notices_pipes, script_argv


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_bash_is_taken_where_it_is_installed_and_sh_where_it_is_not(tmp_path):
    assert default_shell(str(tmp_path)) == "sh"
    program(tmp_path, "bash", "exit 0")
    assert default_shell(str(tmp_path)) == "bash"
    script = tmp_path / "script"
    assert script_argv(script, "", str(tmp_path)) == ["bash", "-eu", "-o", "pipefail", str(script)]


def test_a_shell_with_options_or_an_unknown_one_is_taken_as_it_is_written(tmp_path):
    assert script_argv(tmp_path, "bash -e", None) == ["bash", "-e", str(tmp_path)]
    assert script_argv(tmp_path, "fish", None) == ["fish", str(tmp_path)]


@pytest.mark.parametrize(
    ("text", "code", "printed"),
    [
        ("echo a; false; echo b", 1, "a"),
        ("echo a; exit 3", 3, "a"),
        ("echo $#", 0, "0"),
        ("echo $0", 0, "script here"),
        ("echo ${A-unset}", 0, "unset"),
    ],
)
def test_a_script_that_sh_reads_is_the_same_as_ever(tmp_path, text, code, printed):
    (tmp_path / "script here").write_text(text)
    argv = script_argv(tmp_path / "script here", "sh", None)
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip().rpartition("/")[2]) == (code, printed)


def test_sh_notices_a_failure_within_a_pipe_where_it_can(tmp_path):
    (tmp_path / "script").write_text("false | cat")
    knows = not subprocess.run(["sh", "-c", "set -o pipefail"], capture_output=True, check=False).returncode
    code = subprocess.run(script_argv(tmp_path / "script", "sh", None), check=False).returncode
    assert (code == 1) is knows
    bash = ["bash", "--posix", *script_argv(tmp_path / "script", "sh", None)[1:]]
    assert subprocess.run(bash, check=False).returncode == 1


async def test_whether_a_failure_within_a_pipe_is_noticed_is_asked_of_the_shell(tmp_path, monkeypatch):
    assert await notices_pipes()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OSError, match="sh"):
        await notices_pipes()
    program(tmp_path, "sh", "exit 2")
    assert not await notices_pipes()
