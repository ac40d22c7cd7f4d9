import sys
from types import SimpleNamespace

import pytest

from ropewalk.agents.port import Probe
from ropewalk.agents.rehearsal import Rehearsal
from ropewalk.errors import AgentError, PluginError, StoreError
from ropewalk.observe import health
from ropewalk.store.memory import MemoryStore


class Sad(Rehearsal):
    async def probe(self):
        return Probe("sad", installed=False, usable=False, reason="not installed", hint="install it")


class Gone(dict):
    def __getitem__(self, name):
        raise AgentError(agent=name, reason="it is broken")


def test_python_and_the_parts_are_good_here(monkeypatch):
    assert health.python_check().grade == "good"
    assert "msgspec" in health.parts_check().detail
    missing = health.parts_check(("no-such-part",))
    assert (missing.grade, missing.detail) == ("bad", "not installed: no-such-part")
    monkeypatch.setattr(sys, "version_info", (3, 10))
    assert "3.11" in health.python_check().hint


@pytest.mark.needs("git")
async def test_git_is_good_when_it_is_new_enough(monkeypatch):
    from ropewalk.workspace import git

    assert (await health.git_check()).grade == "good"
    monkeypatch.setattr(git, "OLDEST_GIT", (99, 0))
    assert "99.0" in (await health.git_check()).hint
    monkeypatch.setenv("PATH", "/nowhere")
    assert (await health.git_check()).grade == "bad"


async def test_a_shell_that_does_not_notice_a_failure_within_a_pipe_is_told(tmp_path, monkeypatch):
    assert (await health.shell_check()).grade == "good"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (await health.shell_check()).grade == "bad"
    (tmp_path / "sh").write_text("#!/bin/sh\nexit 2\n")
    (tmp_path / "sh").chmod(0o755)
    check = await health.shell_check()
    assert (check.grade, check.hint) == ("warning", "install bash")


async def test_a_store_that_can_be_written_and_is_whole_is_good():
    assert (await health.store_check(MemoryStore())).grade == "good"


async def test_a_store_with_a_fault_or_that_cannot_be_written_is_bad():
    class Damaged(MemoryStore):
        async def verify(self, run=""):
            return ["Record 3 is wrong.", "Record 4 is wrong."]

    class ReadOnly(MemoryStore):
        async def remember(self, key, value):
            raise StoreError(store="x", reason="it is read-only")

    damaged = await health.store_check(Damaged())
    assert (damaged.grade, damaged.hint != "") == ("bad", True)
    assert "2 fault(s), the first: Record 3" in damaged.detail
    assert "read-only" in (await health.store_check(ReadOnly())).detail


@pytest.mark.parametrize(("free", "grade"), [(10 << 30, "good"), (500 << 20, "warning"), (1 << 20, "bad")])
def test_room_on_the_disk(monkeypatch, tmp_path, free, grade):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=free))
    assert health.disk_check(tmp_path).grade == grade


async def test_agents_say_themselves_whether_they_can_be_used():
    good, sad = await health.agents_check({"rehearsal": Rehearsal(), "sad": Sad()})
    assert (good.grade, sad.grade, sad.hint) == ("good", "warning", "install it")
    assert (await health.probe_agent("x", Gone(x=1))).reason == "The agent x cannot be used: it is broken."


def test_plug_ins_that_failed_are_told():
    assert health.plugins_check((), ()).detail == "none installed"
    assert health.plugins_check((), ("b", "a")).detail == "a, b"
    broken = health.plugins_check([PluginError(name="p", reason="it raised")], ("p",))
    assert (broken.grade, broken.detail) == ("warning", "The plug-in p could not be loaded: it raised.")


def test_a_record_of_runs_that_git_would_clean_away_is_told_with_what_to_do(tmp_path):
    (tmp_path / ".git").mkdir()
    home = tmp_path / "sub" / ".ropewalk"
    home.mkdir(parents=True)
    inside = health.state_check(home, f"sqlite:///{home}/ropewalk.db")
    assert "`git clean -fdx` takes every run on record; leave it out (`-e .ropewalk`)" in inside.detail
    for elsewhere in (f"sqlite:///{tmp_path.parent}/ropewalk.db", "postgresql://host/ropewalk", "memory"):
        assert "not in the way of `git clean`" in health.state_check(home, elsewhere).detail
