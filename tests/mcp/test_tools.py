"""A coding agent starts a run, reads why it waits, answers, and fetches what came of it; as far as its role goes."""

import base64
import json

import pytest
from mcp.client.client import Client

from ropewalk.app.acting import named
from ropewalk.app.open import open_ropewalk
from ropewalk.app.supervisor import Supervisor, supervised
from ropewalk.app.tokens import Person
from ropewalk.mcp.tools import tool_server
from tests.web.opened import project


@pytest.fixture
async def ropewalk(tmp_path):
    async with open_ropewalk(project(tmp_path / "project")) as opened, supervised(Supervisor(opened)):
        yield opened


def told(result):
    assert not result.is_error, result.content
    return result.structured_content


def said(result):
    return str(result.content[0].text)


async def test_an_agent_takes_a_run_from_its_start_to_its_file(ropewalk):
    async with Client(tool_server(ropewalk, lambda context: Person("agent", "admin"))) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        assert names == {
            "workflows",
            "list",
            "show",
            "explain",
            "wait",
            "artifacts",
            "start",
            "answer",
            "give_secrets",
        }
        listed = told(await client.call_tool("workflows", {}))
        assert "writing" in {one["name"] for one in listed["workflows"]}
        run = told(await client.call_tool("start", {"workflow": "writing", "key": "once"}))["run"]
        again = told(await client.call_tool("start", {"workflow": "writing", "key": "once"}))
        assert again == {"run": run, "new": False}
        waited = told(await client.call_tool("wait", {"run": run}))
        assert waited["kind"] == "person"
        why = told(await client.call_tool("explain", {"run": run}))
        ask = why["asks"][0]
        assert ask["prompt"] == "Is the plan good?"
        given = {"run": run, "ask": ask["ask"], "verdict": "approve", "digest": ask["digest"]}
        part = await client.call_tool("answer", {**given, "path": "plan.md", "hunk": 1})
        assert "no conflict of which a part" in str(part.content)
        assert "ask.answered" in told(await client.call_tool("answer", given))["events"]
        assert told(await client.call_tool("wait", {"run": run}))["status"] == "completed"
        files = told(await client.call_tool("artifacts", {"run": run}))["artifacts"]
        assert [file["path"] for file in files] == ["plan.md"]
        assert (
            told(await client.call_tool("artifacts", {"run": run, "path": "plan.md"}))["text"]
            == "# the plan\n"
        )
        shown = told(await client.call_tool("show", {"run": run}))
        assert shown["status"] == "completed"
        assert told(await client.call_tool("show", {"run": run, "step": "write"}))["kind"] == "run"
        assert told(await client.call_tool("list", {"status": ["completed"]}))["runs"][0]["run"] == run
        resource = (await client.read_resource(f"ropewalk://runs/{run}")).contents[0]
        assert json.loads(resource.model_dump()["text"])["run"] == run
        file = (await client.read_resource(f"ropewalk://runs/{run}/artifacts/plan.md")).contents[0]
        assert base64.b64decode(file.model_dump()["blob"]) == b"# the plan\n"


async def test_what_ropewalk_refuses_is_said_in_its_own_words(ropewalk):
    async with Client(tool_server(ropewalk, lambda context: Person("agent", "admin"))) as client:
        result = await client.call_tool("start", {"workflow": "quiat"})
        assert result.is_error
        assert "no-such-workflow" in said(result)
        assert "did you mean quiet" in said(result)
        with pytest.raises(Exception, match="no-such-run"):
            await client.read_resource("ropewalk://runs/nix")
        with pytest.raises(Exception, match="no-such-run"):
            await client.read_resource("ropewalk://runs/nix/artifacts/a.md")


async def test_a_wait_that_is_over_tells_how_it_stands(ropewalk):
    async with Client(tool_server(ropewalk, lambda context: Person("agent", "admin"))) as client:
        run = told(await client.call_tool("start", {"workflow": "asking"}))["run"]
        assert told(await client.call_tool("wait", {"run": run, "seconds": 0}))["run"] == run


async def test_a_run_that_waits_for_a_secret_is_given_it_again_and_tells_nobody(tmp_path):
    folder = project(tmp_path / "project")
    canary = "canary-51c0ffee"
    text = "name: needs\ninputs: {token: {secret: true}}\n"
    text += "steps: [{id: use, run: 'echo \"$T\"', secrets: {T: token}}]\n"
    (folder / "workflows" / "needs.yaml").write_text(text)
    async with open_ropewalk(folder) as before:
        loaded = await named(before, "needs")
        run = await before.start(loaded.workflow, inputs={"token": canary})
    async with (
        open_ropewalk(folder) as ropewalk,
        supervised(Supervisor(ropewalk)),
        Client(tool_server(ropewalk, lambda context: Person("agent", "operator"))) as client,
    ):
        waited = told(await client.call_tool("wait", {"run": run}))
        assert (waited["status"], waited["kind"]) == ("paused", "secret")
        assert "token" in waited["sentence"]
        for wrong, why in (({"tokn": canary}, "did you mean token"), ({"token": "6chars"}, "shorter than 8")):
            result = await client.call_tool("give_secrets", {"run": run, "values": wrong})
            assert result.is_error
            assert why in said(result)
            assert not any(value in said(result) for value in wrong.values())
        given = told(await client.call_tool("give_secrets", {"run": run, "values": {"token": canary}}))
        assert given == {"run": run, "given": ["token"]}
        assert told(await client.call_tool("wait", {"run": run}))["status"] == "completed"
        again = await client.call_tool("give_secrets", {"run": run, "values": {"token": canary}})
        assert "is completed" in said(again)
        assert canary not in json.dumps(told(await client.call_tool("show", {"run": run})))
    assert not [path for path in folder.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("viewer", set()),
        ("approver", {"answer"}),
        ("operator", {"start", "answer", "give_secrets"}),
    ],
)
async def test_each_role_may_do_what_it_should_and_nothing_else(ropewalk, role, may):
    async with Client(tool_server(ropewalk, lambda context: Person("agent", role))) as client:
        assert not (await client.call_tool("list", {})).is_error
        for name, given in (
            ("start", {"workflow": "quiet"}),
            ("answer", {"run": "nix", "ask": "a", "verdict": "approve"}),
            ("give_secrets", {"run": "nix", "values": {}}),
        ):
            result = await client.call_tool(name, given)
            refused = result.is_error and "not-allowed" in said(result)
            assert refused != (name in may)
