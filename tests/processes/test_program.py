"""A child becomes the program that was asked for, found on the path that it was given, or says at which stage it could not."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from ropewalk.processes.messages import Request
from ropewalk.processes.program import become, spawn


def request_for(*argv: str, folder: Path | str = "/", limits=(), **environment: str) -> Request:
    variables = {name.encode(): value.encode() for name, value in environment.items()}
    return Request([os.fsencode(word) for word in argv], variables, os.fsencode(folder), limits)


def output_of(start) -> tuple[int, bytes]:
    """The exit code and the output of what `start` begins with three files."""
    reads, writes = os.pipe()
    nothing = os.open(os.devnull, os.O_RDWR)
    pid = start([nothing, writes, writes])
    os.close(writes)
    os.close(nothing)
    parts = []
    while part := os.read(reads, 65_536):
        parts.append(part)
    os.close(reads)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), b"".join(parts)


def spawned(request: Request) -> tuple[int, bytes]:
    return output_of(lambda files: spawn(request, files))


def forked(request: Request) -> tuple[int, bytes, bytes]:
    """As a keeper does for a command with limits."""
    reads, writes = os.pipe()
    keeper = os.getpid()

    def start(files: list[int]) -> int:
        pid = os.fork()
        if not pid:
            become(request, files, keeper, writes)
        return pid

    code, printed = output_of(start)
    os.close(writes)
    status = os.read(reads, 100)
    os.close(reads)
    return code, printed, status


def program(folder: Path, name: str, text: str, mode: int = 0o755) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(mode)
    return path


def test_it_runs_in_its_folder_in_a_session_of_its_own_with_exactly_its_variables(tmp_path: Path):
    ask = "import os; print(os.getcwd(), os.getsid(0) == os.getpid(), sorted(os.environ))"
    code, printed = spawned(
        request_for(sys.executable, "-c", ask, folder=tmp_path, LC_CTYPE="C", ONLY="this")
    )
    assert code == 0
    assert printed.decode().split("\n")[0] == f"{tmp_path} True ['LC_CTYPE', 'ONLY']"
    assert os.getcwd() != str(tmp_path)


def test_the_first_of_its_name_that_may_be_run_is_taken_from_the_path(tmp_path: Path):
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    program(first, "tool", "echo first", 0o644)
    program(second, "tool", "echo second")
    path = f"/nowhere:{first}:{second}"
    assert spawned(request_for("tool", PATH=path)) == (0, b"second\n")
    assert forked(request_for("tool", PATH=path, limits=((7, 64),)))[1] == b"second\n"


@pytest.mark.parametrize("name", ["no-such-program", "/no/such/program"])
def test_a_program_that_is_not_there_is_the_stage_program(name: str, tmp_path: Path):
    with pytest.raises(FileNotFoundError) as refused:
        spawn(request_for(name, PATH=str(tmp_path)), [0, 1, 2])
    assert refused.value.__notes__ == ["program"]
    code, _, status = forked(request_for(name, PATH=str(tmp_path), limits=((7, 64),)))
    assert (code, status) == (127, f"{errno.ENOENT} program".encode())


def test_a_folder_that_is_not_there_is_the_stage_folder(tmp_path: Path):
    missing = tmp_path / "missing"
    with pytest.raises(FileNotFoundError) as refused:
        spawn(request_for("true", folder=missing), [0, 1, 2])
    assert refused.value.__notes__ == ["folder"]
    assert forked(request_for("true", folder=missing))[2] == f"{errno.ENOENT} folder".encode()


def test_a_program_that_may_not_be_run_is_told_rather_than_one_that_is_not_there(tmp_path: Path):
    program(tmp_path, "tool", "echo no", 0o644)
    _, _, status = forked(request_for("tool", PATH=f"{tmp_path}:/nowhere"))
    assert status == f"{errno.EACCES} program".encode()


def test_limits_hold_for_the_program_and_an_impossible_one_is_the_stage_limits():
    import resource

    number = int(resource.RLIMIT_NOFILE)
    ask = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    assert forked(request_for(sys.executable, "-c", ask, limits=((number, 40),)))[:2] == (0, b"(40, 40)\n")
    assert forked(request_for("true", limits=((999, 1),)))[2].endswith(b" limits")


def test_a_fork_whose_keeper_died_meanwhile_becomes_nothing():
    reads, writes = os.pipe()
    pid = os.fork()
    if not pid:
        become(request_for("true"), [0, 1, 2], 1 if os.getppid() != 1 else 2, writes)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 126
    os.close(reads)
    os.close(writes)
