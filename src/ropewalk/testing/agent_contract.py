"""What every agent must do, whatever program stands behind it: subclass, say how yours is told, and run it with pytest.

An act is a mapping: `write` (files), `outputs`, `facts`, `route`, `fail` ({class, message, retry_in}), `prints` (so many
bytes), `hangs` (says "begun", puts its process id into the file `pid` if it has one, and goes on for ever).
"""

from __future__ import annotations

import asyncio
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import pytest

from ropewalk.agents.port import Agent, Confining
from ropewalk.core import Brief, Outcome
from ropewalk.definition import Ref
from ropewalk.steps import check_outcome
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk


class ScriptedCase(NamedTuple):
    """An agent that will do an act, and what its brief must say for it."""

    agent: Agent
    fields: Mapping[str, Any] = {}


class AgentContract(ABC):
    """`classes` are the failures that an agent of this kind can tell apart."""

    classes: tuple[str, ...] = ("transient", "quota", "permanent")

    @abstractmethod
    def scripted(self, act: dict[str, Any], home: Path) -> ScriptedCase:
        """An agent that does this act; `home` is a folder for whatever it needs."""

    @pytest.fixture
    def desk(self, tmp_path: Path) -> ListeningDesk:
        return ListeningDesk(tmp_path / "desk")

    async def _do(self, act: dict[str, Any], desk: ListeningDesk, **fields: Any) -> tuple[Brief, Outcome]:
        home = desk.folder.parent.parent / "home"
        home.mkdir(exist_ok=True)
        agent, extra = self.scripted(act, home)
        task = brief(role_name="builder", **{**fields, **extra})
        return task, await agent.perform(task, desk)

    async def test_it_has_a_name_and_says_whether_it_can_be_used(self, tmp_path: Path) -> None:
        agent = self.scripted({}, tmp_path).agent
        probe = await agent.probe()
        assert probe.agent == agent.name
        assert probe.usable
        if getattr(agent, "confines", False):
            confined = await cast("Confining", agent).probe(confined=True)
            assert confined.usable or confined.reason

    async def test_a_file_that_it_was_asked_for_is_there_when_it_succeeds(self, desk: ListeningDesk) -> None:
        asked: dict[str, Any] = {"creates": (Ref("docs/plan.md"),)}
        task, outcome = await self._do({"write": {"docs/plan.md": "# Plan\n"}}, desk, **asked)
        assert outcome.failure is None
        assert (desk.folder / "docs/plan.md").read_text() == "# Plan\n"
        assert check_outcome(task, outcome, None, desk.folder) is None

    async def test_saying_done_without_the_file_does_not_count(self, desk: ListeningDesk) -> None:
        task, outcome = await self._do({}, desk, creates=(Ref("docs/plan.md"),))
        failure = check_outcome(task, outcome, None, desk.folder)
        assert failure is not None
        assert failure.kind == "invalid_output"
        assert "docs/plan.md" in failure.message

    async def test_outputs_come_back_and_fit_their_schema(self, desk: ListeningDesk) -> None:
        schema = {"type": "object", "properties": {"score": {"type": "integer"}}, "required": ["score"]}
        task, outcome = await self._do({"outputs": {"score": 7}}, desk, output_schema=schema)
        assert outcome.failure is None
        assert outcome.outputs["score"] == 7
        assert check_outcome(task, outcome, None, desk.folder) is None

    async def test_facts_and_the_route_come_back_as_asked(self, desk: ListeningDesk) -> None:
        act = {"facts": {"has_ui": True}, "route": "slow"}
        asked: dict[str, Any] = {
            "wants_facts": {"has_ui": {"type": "boolean"}},
            "wants_route": ("fast", "slow"),
        }
        task, outcome = await self._do(act, desk, **asked)
        assert outcome.facts == {"has_ui": True}
        assert outcome.route == "slow"
        assert check_outcome(task, outcome, None, desk.folder) is None

    async def test_a_failure_has_its_class_and_a_quota_says_when_it_is_free_again(
        self, desk: ListeningDesk
    ) -> None:
        early = desk.now()
        for kind in self.classes:
            _, outcome = await self._do(
                {"fail": {"class": kind, "message": "so it is", "retry_in": 600}}, desk
            )
            assert outcome.failure is not None
            assert outcome.failure.kind == kind
            if kind == "quota":
                assert outcome.failure.retry_at is not None
                assert early + 590 < outcome.failure.retry_at < desk.now() + 610

    async def test_cancelling_stops_it_and_leaves_no_process(self, desk: ListeningDesk) -> None:
        work = asyncio.create_task(self._do({"hangs": True}, desk))
        pid = desk.folder / "pid"
        await _until(lambda: "begun" in desk.heard() or work.done())
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        if pid.exists():
            await _until(lambda: not _living(int(pid.read_text())))

    async def test_two_attempts_at_once_do_not_disturb_each_other(self, tmp_path: Path) -> None:
        desks = [ListeningDesk(tmp_path / name / "desk") for name in ("one", "two")]
        acts: list[dict[str, Any]] = [{"write": {"a.md": "1"}}, {"write": {"a.md": "2"}}]
        await asyncio.gather(*(self._do(act, desk) for act, desk in zip(acts, desks, strict=True)))
        assert [(desk.folder / "a.md").read_text() for desk in desks] == ["1", "2"]

    async def test_what_it_says_is_bounded(self, desk: ListeningDesk) -> None:
        task, _ = await self._do({"prints": 900_000}, desk, output_bytes=200_000)
        assert 0 < len(desk.heard()) <= task.output_bytes + 1_000


async def _until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - it is another process that makes it hold
            await asyncio.sleep(0)


def _living(pid: int) -> bool:
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(shown.stdout.strip()) and not shown.stdout.startswith("Z")
