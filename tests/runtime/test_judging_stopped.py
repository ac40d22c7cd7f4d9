"""Gates that cannot judge: what was judged and paid for by then is told, and asked for once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.core.work import Verdict
from ropewalk.definition.policy import Retry
from ropewalk.definition.workflow import Gate, Role, Step, Workflow
from ropewalk.errors import WorkspaceError
from tests.runtime.test_judging import project, script, write

__all__ = ["project"]
pytestmark = pytest.mark.needs("git")


async def test_where_the_host_is_in_the_way_no_gate_that_has_judged_is_asked_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Paid:
        name, steered = "paid", "none"
        schema: ClassVar[Mapping[str, Any]] = {}

        async def judge(self, args: Mapping[str, Any], *given: Any) -> Verdict:
            asked.append(args["name"])
            if asked == ["one", "two"]:
                raise OSError(24, "Too many open files")
            return Verdict("paid", "PASS")

    ropewalk = open_ropewalk(project)
    monkeypatch.setattr(ropewalk.gates, "gate", lambda name: Paid())
    gates = tuple(Gate("paid", {"name": name}) for name in ("one", "two"))
    flow = Workflow(name="flow", steps=(script("work", "true", gates=gates),), gates=gates)
    state = await ropewalk.drive(await ropewalk.start(flow))
    await ropewalk.close()
    assert state.status == "completed", state.reason
    assert asked == ["one", "two", "two", "one", "two"]


class Fails:
    """An agent that is paid, and a gate that the host has no room for."""

    name, steered = "fails", "none"
    schema: ClassVar[Mapping[str, Any]] = {}

    async def judge(self, *given: Any) -> Verdict:
        raise WorkspaceError(place="x", reason="it cannot judge")


async def test_what_an_agent_took_is_known_also_where_its_work_could_not_be_judged(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = '{"usage": {"tokens_in": 5, "cost_usd": 0.5}}'
    write(project, {"agent": f"echo hi; echo '{told}' > $ROPEWALK_OUTPUT\n"})
    write(project, {"ropewalk.toml": f"[agents.dev]\nargv = ['sh', '{project}/agent']\n"})
    ropewalk = open_ropewalk(project, workspace="folder")
    monkeypatch.setattr(ropewalk.gates, "gate", lambda name: Fails())
    step = Step(id="a", kind="role", role="dev", prompt="Do it.", gates=(Gate("fails"),))
    flow = Workflow(name="flow", steps=(step,), roles={"dev": Role(agents=("dev",))})
    state = await ropewalk.drive(await ropewalk.start(flow))
    await ropewalk.close()
    assert (state.status, state.spent.cost_usd, state.spent.tokens) == ("failed", 0.5, 5)


@pytest.mark.parametrize("role", ["", "dev"])
async def test_what_judges_took_is_counted_also_where_one_of_them_cannot_judge(
    project: Path, role: str
) -> None:
    usage = {"tokens_in": 3, "cost_usd": 0.25}
    answers = {
        "good": json.dumps({"outputs": {"verdict": "PASS", "findings": []}, "usage": usage}),
        "lost": json.dumps({"outputs": {"verdict": "FINE"}, "usage": usage}),
        "dev": json.dumps({"usage": usage}),
    }
    write(project, {name: f"echo '{text}' > $ROPEWALK_OUTPUT\n" for name, text in answers.items()})
    agents = "".join(f"[agents.{name}]\nargv = ['sh', '{project}/{name}']\n" for name in answers)
    write(project, {"ropewalk.toml": agents})
    gates = tuple(
        Gate("verdict", {"role": name, "who": Role(agents=(name,)), "criteria": ["x"]})
        for name in ("good", "lost")
    )
    step = Step(
        id="a", kind="role" if role else "run", role=role, prompt="Do it.",
        args={} if role else {"script": "true"}, gates=gates, retry=Retry(attempts=1),
    )  # fmt: skip
    ropewalk = open_ropewalk(project, workspace="folder")
    flow = Workflow(name="flow", steps=(step,), roles={name: Role(agents=(name,)) for name in answers})
    state = await ropewalk.drive(await ropewalk.start(flow))
    await ropewalk.close()
    assert state.status == "failed"
    judged = [(one.verdict, one.usage.cost_usd if one.usage else None) for one in state.steps["a"].verdicts]
    assert judged == [("PASS", 0.25), ("FAIL", 0.25)], state.reason
    assert (state.spent.cost_usd, state.spent.unknown) == ((0.75, 0) if role else (0.5, 0))
