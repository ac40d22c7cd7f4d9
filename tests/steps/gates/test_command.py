"""A command as a gate."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ropewalk.core.work import Outcome, Verdict
from ropewalk.errors import GateError
from ropewalk.steps.gates.command import CommandGate
from ropewalk.steps.port import Tools
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk

DONE = Outcome()


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path)


async def judge(desk: ListeningDesk, args: dict[str, Any], outcome: Outcome = DONE, **fields: Any) -> Verdict:
    return await CommandGate().judge(args, brief("run", **fields), outcome, desk, Tools(agents={}))


async def test_exit_code_0_passes(desk):
    verdict = await judge(desk, {"script": "true"})
    assert (verdict.verdict, verdict.gate, verdict.evidence) == ("PASS", "true", {"exit_code": 0})


async def test_another_exit_code_fails_with_the_last_lines_as_findings(desk):
    verdict = await judge(desk, {"script": "for i in $(seq 30); do echo line $i; done; echo why >&2; exit 2"})
    assert verdict.verdict == "FAIL"
    assert verdict.findings[-2:] == ("line 30", "why")
    assert len(verdict.findings) == 20
    assert verdict.reason == "exit code 2: why"
    assert (await judge(desk, {"script": "exit 3"})).findings == ("exit code 3",)


async def test_the_outputs_of_the_work_can_be_used(desk):
    verdict = await judge(desk, {"argv": ["test", "{{ outputs.n }}", "=", "7"]}, Outcome(outputs={"n": 7}))
    assert verdict.verdict == "PASS"


async def test_a_gate_that_cannot_start_does_not_judge(desk):
    with pytest.raises(GateError, match="no-such-checker"):
        await judge(desk, {"argv": ["no-such-checker", "--all"]})
    with pytest.raises(GateError, match=r"undefined|no attribute"):
        await judge(desk, {"argv": ["test", "{{ outputs.n }}"]})


async def test_a_long_command_has_a_short_name(desk):
    assert len((await judge(desk, {"script": "true " + "x" * 100})).gate) == 60


@pytest.mark.needs("bwrap")
async def test_a_gate_is_as_confined_as_the_agent_whose_work_it_runs(desk, monkeypatch):
    monkeypatch.setenv("HOME", str(desk.folder.parent / "home"))
    script = {"script": "test -e ~/.netrc"}
    (desk.folder.parent / "home").mkdir()
    (desk.folder.parent / "home" / ".netrc").write_text("private")
    agents: Any = {"free": SimpleNamespace(confine="none"), "shut": SimpleNamespace(confine="worktree")}
    for agent, verdict in (("free", "PASS"), ("shut", "FAIL"), ("gone", "PASS")):
        found = await CommandGate().judge(
            script, brief("role"), Outcome(agent=agent), desk, Tools(agents=agents)
        )
        assert found.verdict == verdict, agent
    assert (await judge(desk, script, confine="worktree")).verdict == "FAIL"


async def test_a_gate_that_cannot_be_confined_does_not_judge(desk, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GateError, match="bwrap was not found"):
        await judge(desk, {"script": "true"}, confine="worktree")
