"""The engine's end of its fork server: one for a process, started late, there again after it was killed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ropewalk.processes.fork_server import ForkServer

pytestmark = pytest.mark.needs("linux")


@pytest.fixture
def server():
    server = ForkServer()
    yield server
    server.close()


def test_it_is_started_when_it_is_wanted_and_only_once(server):
    assert server.process is None
    server.ready()
    first = server.process
    server.ready()
    assert server.process is first


def test_it_has_no_environment_no_file_of_ours_and_a_session_of_its_own(server, tmp_path: Path):
    with (tmp_path / "store").open("wb") as store:
        os.set_inheritable(store.fileno(), True)
        server.ready()
        pid = server.process.pid
        files = {os.path.realpath(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")}
    assert str(tmp_path / "store") not in files
    assert b"HOME=" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert os.getsid(pid) == pid


def test_closing_it_ends_it(server):
    server.ready()
    process = server.process
    server.close()
    assert process.returncode == 0
    server.close()


def test_a_fork_of_ours_gets_one_of_its_own(server):
    server.ready()
    parents = server.process.pid
    reads, writes = os.pipe()
    child = os.fork()
    if not child:
        server.ready()
        os.write(writes, str(server.process.pid).encode())
        server.close()
        os._exit(0)
    os.waitpid(child, 0)
    own = int(os.read(reads, 20))
    os.close(reads)
    os.close(writes)
    assert own != parents
    assert server.process.poll() is None
