import json
import os
from typing import Any

import pytest

from ropewalk.agents.acp.terminals import Terminals
from ropewalk.processes.limits import ProcessLimits
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk
from tests.agents.acp.programs import acting


@pytest.fixture
def desk(tmp_path) -> ListeningDesk:
    return ListeningDesk(tmp_path / "desk")


async def answers(desk, tmp_path, *requests: dict[str, Any], **settings: Any) -> list[Any]:
    """What an agent hears when it asks this."""
    agent = acting(tmp_path / "home", {"ask": list(requests)}, settings=settings)
    outcome = await agent.perform(brief(), desk)
    assert outcome.failure is None
    heard: list[Any] = json.loads((desk.folder / "answers.json").read_text())
    return heard


async def test_files_are_served_inside_the_folder_only(desk, tmp_path):
    written, read, missing, outside, strange = await answers(
        desk,
        tmp_path,
        {"method": "fs/write_text_file", "params": {"path": "a.md", "content": "hello"}},
        {"method": "fs/read_text_file", "params": {"path": "a.md"}},
        {"method": "fs/read_text_file", "params": {"path": "b.md"}},
        {"method": "fs/read_text_file", "params": {"path": "/etc/passwd"}},
        {"method": "fs/delete", "params": {}},
    )
    assert written == {}
    assert read == {"content": "hello"}
    assert missing["code"] == -32002
    assert "outside of the working folder" in outside["error"]
    assert strange["code"] == -32601


async def test_what_the_policy_denies_is_not_done_for_one_that_did_not_ask(desk, tmp_path):
    written, ran = await answers(
        desk,
        tmp_path,
        {"method": "fs/write_text_file", "params": {"path": "a.md", "content": "hello"}},
        {"method": "terminal/create", "params": {"command": "echo", "args": ["hi"]}},
        permissions="deny",
    )
    assert "the policy denies edit" in written["error"]
    assert "the policy denies execute" in ran["error"]
    assert not (desk.folder / "a.md").exists()


async def test_a_terminal_runs_a_command_in_the_folder_and_is_ended_with_the_attempt(desk, tmp_path):
    terminal = {"terminalId": "TERMINAL"}
    made, waited, output, killed, released, gone, outside, absent, left = await answers(
        desk,
        tmp_path,
        {
            "method": "terminal/create",
            "params": {
                "command": "sh",
                "args": ["-c", 'pwd; echo "$WORD"; printf 12345678901234567890; exit 3'],
                "env": [{"name": "WORD", "value": "hello"}],
                "outputByteLimit": 10,
            },
        },
        {"method": "terminal/wait_for_exit", "params": terminal},
        {"method": "terminal/output", "params": terminal},
        {"method": "terminal/kill", "params": terminal},
        {"method": "terminal/release", "params": terminal},
        {"method": "terminal/output", "params": terminal},
        {"method": "terminal/create", "params": {"command": "pwd", "cwd": "/"}},
        {"method": "terminal/create", "params": {"command": "no-such-program"}},
        {"method": "terminal/create", "params": {"command": "sleep", "args": ["600"]}},
    )
    assert made == {"terminalId": "terminal-1"}
    assert waited == {"exitCode": 3}
    assert output == {"output": "1234567890", "truncated": True, "exitStatus": {"exitCode": 3}}
    assert killed == released == {}
    assert "no terminal" in gone["error"]
    assert "outside" in outside["error"]
    assert absent["code"] in (-32002, -32603)
    assert left == {"terminalId": "terminal-2"}
    assert not list(desk.spool.glob("process*"))


async def test_a_terminal_that_is_killed_tells_the_signal(desk, tmp_path):
    terminal = {"terminalId": "TERMINAL"}
    _, running, _, output = await answers(
        desk,
        tmp_path,
        {"method": "terminal/create", "params": {"command": "sleep", "args": ["600"]}},
        {"method": "terminal/output", "params": terminal},
        {"method": "terminal/kill", "params": terminal},
        {"method": "terminal/output", "params": terminal},
    )
    assert "exitStatus" not in running
    assert output["exitStatus"] == {"signal": "15"}


async def test_a_request_without_its_parts_is_refused(desk, tmp_path):
    (refused,) = await answers(desk, tmp_path, {"method": "terminal/create", "params": {}})
    assert refused["code"] == -32602


async def test_a_terminal_is_held_to_the_limits_of_its_agent(desk, tmp_path):
    terminals = Terminals(desk, {"PATH": os.environ["PATH"]}, limits=ProcessLimits(open_files=77))
    made = await terminals.create({"command": "sh", "args": ["-c", "ulimit -n"]})
    assert await terminals.wait(made) == {"exitCode": 0}
    assert (await terminals.output(made))["output"] == "77\n"
    await terminals.close()
    with pytest.raises(ValueError, match="over"):
        await terminals.create({"command": "true"})
