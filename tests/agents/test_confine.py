import os
import subprocess

import pytest

from weft.agents import confine
from weft.agents.acp.agent import AcpAgent
from weft.agents.acp.settings import Settings
from weft.errors import AgentError
from weft.testing.briefs import brief
from weft.testing.desk import ListeningDesk


@pytest.mark.needs("bwrap")
def test_inside_only_the_folder_can_be_written_and_credentials_are_not_there(tmp_path):
    folder, home, keep = tmp_path / "folder", tmp_path / "home", tmp_path / "home" / "keep"
    for path in (folder, home / ".ssh", keep):
        path.mkdir(parents=True)
    (home / ".ssh" / "id").write_text("private")
    (home / ".netrc").write_text("password")
    wrap = confine.confined(folder, [keep, tmp_path / "absent"], home, network=True)
    script = f"""
        echo in > in.txt; echo kept > {keep}/kept.txt
        echo out > {tmp_path}/out.txt; ls {home}/.ssh; cat {home}/.netrc; pwd
    """
    done = subprocess.run(wrap(["sh", "-c", script]), capture_output=True, text=True, check=False)
    assert (folder / "in.txt").read_text() == "in\n"
    assert (keep / "kept.txt").exists()
    assert not (tmp_path / "out.txt").exists()
    assert done.stdout.strip() == str(folder)


@pytest.mark.needs("bwrap")
def test_the_network_can_be_shut(tmp_path):
    wrap = confine.confined(tmp_path, [], tmp_path, network=False)
    done = subprocess.run(wrap(["cat", "/proc/net/dev"]), capture_output=True, text=True, check=True)
    assert [line.split(":")[0].strip() for line in done.stdout.splitlines() if ":" in line] == ["lo"]


async def test_asked_for_and_not_to_be_had_nothing_is_started(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AgentError, match="bwrap was not found"):
        confine.confined(tmp_path, [], tmp_path, network=True)
    agent = AcpAgent("x", Settings(argv=("/bin/sh", "-c", "echo started > started"), confine="worktree"))
    desk = ListeningDesk(tmp_path / "desk")
    outcome = await agent.perform(brief(), desk)
    assert outcome.failure is not None
    assert outcome.failure.report == {"class": "config"}
    assert not (desk.folder / "started").exists()
    probe = await agent.probe()
    assert not probe.usable
    assert "bubblewrap" in probe.mend


@pytest.mark.needs("bwrap")
def test_a_program_below_the_folder_that_is_fresh_inside_is_found_there_still(tmp_path, monkeypatch):
    program = tmp_path / "tools" / "bin" / "greet"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\ncat $(dirname $0)/../word\n")
    program.chmod(0o755)
    (tmp_path / "tools" / "word").write_text("hello")
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    (tmp_path / "work").mkdir()
    wrap = confine.confined(tmp_path / "work", [], tmp_path, network=True)
    done = subprocess.run(wrap(["greet"]), capture_output=True, text=True, check=False)
    assert done.stdout == "hello", done.stderr
