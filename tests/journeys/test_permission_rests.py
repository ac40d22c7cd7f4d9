"""An agent of the protocol asks for permissions while nobody is there: its run rests, and goes on with what was answered days later."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.core import events as e
from ropewalk.core import plan
from ropewalk.definition.workflow import Ref, Role, Step, Workflow

pytestmark = pytest.mark.needs("git")

ACTING = Path(__file__).parents[1] / "agents/acp/acting.py"
OPTIONS = [{"optionId": kind, "kind": f"{kind}_once", "name": kind} for kind in ("allow", "reject")]


def asks(number: int, command: str) -> dict[str, Any]:
    call = {
        "toolCallId": f"call-{number}",
        "title": f"Run {command}",
        "kind": "execute",
        "rawInput": {"command": command},
    }
    return {"method": "session/request_permission", "params": {"toolCall": call, "options": OPTIONS}}


def acts(home: Path, *commands: str) -> None:
    turn = {
        "write": {"half.txt": "x"},
        "ask": [asks(number, command) for number, command in enumerate(commands, len(commands))],
        "say": "Done.",
    }
    act = {"can": {"loadSession": True}, "turns": [turn], "log": str(home / "heard.json")}
    (home / "act.json").write_text(json.dumps(act))


def heard(home: Path) -> list[tuple[str, str]]:
    """The calls that begin the session, and where it works."""
    calls = json.loads((home / "heard.json").read_text())
    return [(one["method"], one["params"]["cwd"]) for one in calls if "cwd" in (one["params"] or {})]


def there(*parts: str) -> bool:
    return Path(*parts).exists()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(plan, "REST_SECONDS", 0.2)
    folder = tmp_path / "project"
    folder.mkdir()
    settings = f"""
[agents.acting]
protocol = "acp"
argv = [{json.dumps(sys.executable)}, {json.dumps(str(ACTING))}]
permissions = "ask"
env = {{ACT = {json.dumps(str(tmp_path / "act.json"))}}}
"""
    (folder / "ropewalk.toml").write_text(settings)
    for argv in (
        ("init", "-q", "-b", "main"),
        ("add", "-A"),
        ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "begin"),
    ):
        subprocess.run(["git", *argv], cwd=folder, check=True)
    return folder


async def test_a_run_whose_agent_asks_rests_and_goes_on_in_its_session_with_each_answer(
    project: Path, tmp_path: Path
) -> None:
    ropewalk = open_ropewalk(project)
    step = Step("a", "role", role="dev", creates=(Ref("half.txt"),))
    acts(tmp_path, "make")
    run = await ropewalk.start(Workflow("w", (step,), roles={"dev": Role(agents=("acting",))}))
    state = await ropewalk.drive(run)
    assert (state.status, state.reason, list(state.asks)) == ("paused", "asked", ["a.1.1-1"])
    ((method, place),) = heard(tmp_path)
    assert method == "session/new"
    assert there(place, "half.txt")

    acts(tmp_path, "make", "make test")  # under other ids than before
    await ropewalk.answer(run, "a.1.1-1", "approve", by="ann")
    state = await ropewalk.drive(run)
    assert list(state.asks) == ["a.1.2-2"]
    assert heard(tmp_path) == [("session/load", place)]

    acts(tmp_path, "make test")
    await ropewalk.answer(run, "a.1.2-2", "reject", by="ann")
    state = await ropewalk.drive(run)
    assert state.status == "completed", state.reason
    assert heard(tmp_path) == [("session/load", place)]
    step_state = state.steps["a"]
    assert (step_state.attempts, step_state.tries, step_state.failures) == (1, 0, [])
    answers = [
        (event.ask, event.verdict, event.by)
        for event in (record.event for record in await ropewalk.store.read(run))
        if isinstance(event, e.AskAnswered)
    ]
    assert answers == [
        ("a.1.1-1", "approve", "ann"),
        ("a.1.2-1", "approve", "ann"),
        ("a.1.2-2", "reject", "ann"),
        ("a.1.3-1", "reject", "ann"),
    ]
    assert not there(place)
    await ropewalk.close()
