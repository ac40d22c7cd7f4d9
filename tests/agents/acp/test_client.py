import json
from typing import Any

import pytest
from acp.exceptions import RequestError

from ropewalk.agents.acp.client import Client
from ropewalk.agents.acp.files import AgentFiles
from ropewalk.agents.acp.permissions import Permissions
from ropewalk.agents.acp.terminals import Terminals
from ropewalk.agents.acp.updates import Updates
from ropewalk.agents.acp.usage import UsageMeter
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


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("terminal/create", {}),
        ("terminal/create", None),
        ("terminal/create", {"command": "true", "env": "A=B"}),
        ("terminal/create", {"command": "true", "env": 1}),
        ("terminal/create", {"command": "true", "args": 5}),
        ("terminal/create", {"command": "true", "outputByteLimit": [1]}),
        ("terminal/create", {"command": "true", "outputByteLimit": float("inf")}),
        ("terminal/output", [1]),
        ("fs/read_text_file", {"path": "a", "line": [1]}),
        ("session/request_permission", {"toolCall": [1]}),
        ("session/request_permission", {"toolCall": {"locations": ["a"]}, "options": [1]}),
    ],
)
async def test_a_request_without_its_parts_or_with_parts_of_another_shape_is_refused(desk, method, params):
    (desk.folder / "a").write_text("text")
    client = Client(
        Updates(desk.say),
        UsageMeter("none"),
        Permissions(desk, "allow"),
        AgentFiles(desk.folder),
        Terminals(desk, {}),
    )
    with pytest.raises(RequestError) as refused:
        await client(method, params, is_notification=False)
    assert refused.value.code == -32602
