"""Git is called hardened: nothing of the environment or of a worktree decides what runs, and nothing runs for ever."""

from __future__ import annotations

import asyncio
import os
import select
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from ropewalk.errors import GitBusy, GitFailed, WorkspaceError
from ropewalk.transient import passing_trouble
from ropewalk.workspace.git import Git, git_version
from ropewalk.workspace.private import repository_for
from ropewalk.workspace.repository import commit_of, discover
from tests.workspace.repositories import git, repository

pytestmark = pytest.mark.needs("git")


@pytest.fixture
def repo(tmp_path: Path) -> Git:
    return Git(str(repository(tmp_path / "repo", {"a": "a"}) / ".git"))


def tool(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    return folder


async def test_what_git_says_comes_back_and_what_went_wrong_is_said(repo: Git):
    assert len((await repo.run("rev-parse", "HEAD")).strip()) == 40
    with pytest.raises(GitFailed, match=r"git rev-parse failed in .*: fatal: ") as failed:
        await repo.run("rev-parse", "--verify", "nothing")
    assert failed.value.where["code"] == 128
    assert (await repo.call("rev-parse", "--verify", "-q", "nothing")).code == 1


WAYS: dict[str, Callable[[Git, Path], Awaitable[object]]] = {
    "run": lambda git, _: git.run("gc"),
    "call": lambda git, _: git.call("gc"),
    "pour": lambda git, _: git.pour("cat-file", "blob", "HEAD:a", sink=print),
    "a name that may not be there": lambda git, _: commit_of(git, "HEAD"),
    "looking for a repository": lambda git, folder: discover(folder),
    "making a private one": lambda git, folder: repository_for(folder / "home", folder),
    "the version": lambda git, _: git_version(),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("code", "line"),
    [
        (128, "fatal: unable to write file: No space left on device"),
        (1, "error: cannot fork() for git-lfs: Resource temporarily unavailable"),
    ],
)
async def test_a_trouble_of_the_host_is_told_as_one_whatever_was_asked(
    repo: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, code: int, line: str
):
    full = tool(tmp_path / "bin", "git", f"echo '{line}' >&2; exit {code}")
    monkeypatch.setenv("PATH", f"{full}:{os.environ['PATH']}")
    with pytest.raises(GitBusy) as failed:
        await WAYS[way](repo, tmp_path)
    assert line.partition(": ")[2] in passing_trouble(failed.value)


async def test_a_command_that_gave_up_is_called_by_its_name(
    repo: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    full = tool(tmp_path / "bin", "git", "echo 'fatal: No space left on device' >&2; exit 128")
    monkeypatch.setenv("PATH", f"{full}:{os.environ['PATH']}")
    with pytest.raises(GitBusy, match="git write-tree had to give up"):
        await repo.lazily().run("write-tree")


async def test_variables_of_the_caller_lead_nowhere(
    repo: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.bare")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "nonsense")
    assert (await repo.run("cat-file", "-p", "HEAD:a")) == b"a"


async def test_hooks_and_file_monitors_do_not_run(repo: Git, tmp_path: Path):
    folder = Path(repo.gitdir)
    for name in ("reference-transaction", "post-index-change"):
        tool(folder / "hooks", name, f"touch {tmp_path}/ran")
    git(folder, "config", "core.fsmonitor", f"touch {tmp_path}/ran; false")
    at = repo.at(folder.parent, tmp_path / "index")
    await at.run("read-tree", "HEAD")
    await at.run("update-ref", "refs/heads/x", "HEAD")
    await at.run("status", "--porcelain")
    assert not (tmp_path / "ran").exists()


async def test_nobody_is_asked_for_a_password(repo: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GIT_ASKPASS", str(tool(tmp_path, "ask", f"touch {tmp_path}/asked; echo x") / "ask"))
    said = await repo.call(
        "credential", "fill", stdin=b"protocol=https\nhost=example.invalid\n\n", seconds=10
    )
    assert said.code != 0 or b"password=\n" in said.out
    assert not (tmp_path / "asked").exists()


@pytest.mark.needs("linux")
async def test_a_command_that_does_not_end_is_killed_with_all_it_started(repo: Git, tmp_path: Path):
    script = f"sleep 1000 & echo $! > {tmp_path}/pid; wait"
    git(Path(repo.gitdir), "config", "alias.stall", f"!{script}")
    with pytest.raises(GitFailed, match=r"longer than 0\.5 seconds"):
        await repo.run("stall", seconds=0.5)
    pid = int((tmp_path / "pid").read_text())
    assert _dies(pid)


@pytest.mark.needs("linux")
async def test_a_cancelled_command_is_killed(repo: Git, tmp_path: Path):
    os.mkfifo(tmp_path / "ready")
    git(
        Path(repo.gitdir),
        "config",
        "alias.stall",
        f"!echo $$ > {tmp_path}/pid; echo > {tmp_path}/ready; sleep 1000",
    )
    task = asyncio.create_task(repo.run("stall"))
    await asyncio.to_thread((tmp_path / "ready").read_text)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _dies(int((tmp_path / "pid").read_text()))


def _dies(pid: int) -> bool:
    """Whether a process that was killed is gone, within five seconds."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], 5)[0])
    finally:
        os.close(handle)


async def test_a_flood_of_output_is_cut_off(repo: Git):
    git(Path(repo.gitdir), "config", "alias.flood", "!yes")
    with pytest.raises(GitFailed, match="over 100000 bytes"):
        await repo.run("flood", cap=100_000)


async def test_what_is_left_behind_with_the_output_open_is_not_waited_for(repo: Git):
    git(Path(repo.gitdir), "config", "alias.leave", "!(sleep 30; true) & echo said")
    assert await repo.run("leave", seconds=20) == b"said\n"


async def test_output_that_is_closed_is_not_the_end(
    repo: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(
        "PATH", f"{tool(tmp_path / 'bin', 'git', 'exec >&- 2>&-; exec sleep 30')}:{os.environ['PATH']}"
    )
    with pytest.raises(GitFailed, match="took longer than"):
        await repo.run("status", seconds=0.5)


async def test_input_that_nobody_reads_is_no_fault(repo: Git):
    assert await repo.run("rev-parse", "HEAD", stdin=b"x" * 10_000_000)


async def test_no_git_and_a_folder_that_is_gone_are_told_apart(
    repo: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(GitFailed, match="the folder is gone"):
        await repo.at(tmp_path / "gone").run("status")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WorkspaceError, match="install git"):
        await git_version()


async def test_a_git_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert await git_version() >= (2, 38)
    folder = tool(tmp_path / "bin", "git", "echo git version 2.37.9")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    with pytest.raises(WorkspaceError, match=r"version 2\.37\.9 is too old; install git 2\.38 or newer"):
        await git_version()
    tool(tmp_path / "bin", "git", "kill -9 $$")
    with pytest.raises(GitFailed, match="killed by signal 9"):
        await Git(str(tmp_path)).run("status")
    tool(tmp_path / "bin", "git", "exit 3")
    with pytest.raises(GitFailed, match="exit code 3"):
        await Git(str(tmp_path)).run("status")
    (tmp_path / "bin" / "git").chmod(0o644)
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(GitFailed, match="Permission denied"):
        await Git(str(tmp_path)).run("status")


@pytest.mark.needs("linux")
def test_a_command_does_not_outlive_a_driver_that_is_killed(tmp_path: Path):
    folder = repository(tmp_path / "repo", {"a": "a"})
    os.mkfifo(tmp_path / "ready")
    script = f"!echo $$ > {tmp_path}/pid; echo > {tmp_path}/ready; sleep 1000"
    git(folder, "config", "alias.stall", script)
    program = "import asyncio, sys\nfrom ropewalk.workspace.git import Git\nasyncio.run(Git(sys.argv[1]).run('stall'))"
    with subprocess.Popen([sys.executable, "-c", program, str(folder / ".git")]) as driver:
        (tmp_path / "ready").read_text()
        driver.kill()
    assert _dies(int((tmp_path / "pid").read_text()))
