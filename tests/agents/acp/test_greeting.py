"""Whether an agent can be used is learned from one greeting, whatever the program answers; no credential is shown for it."""

import json

import pytest

from ropewalk.agents.acp import greeting
from ropewalk.agents.acp.greeting import greet
from ropewalk.agents.acp.settings import AcpSettings

GOOD = {"id": 0, "result": {"protocolVersion": 1, "agentInfo": {"name": "a", "version": "1.2.3"}}}


@pytest.fixture
def program(tmp_path):
    """Writes a program that reads the greeting and then does this."""

    def write(script):
        path = tmp_path / "agent"
        path.write_text(f"#!/bin/sh\nread greeting\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return write


def prints(*lines):
    return "cat <<'END'\n" + "\n".join(lines) + "\nEND"


async def greeted(path, **settings):
    return await greet(AcpSettings(argv=(path,), **settings), [path])


async def test_an_agent_that_speaks_the_protocol_tells_its_version(program):
    assert await greeted(program(prints(json.dumps(GOOD)) + "\nsleep 600")) == ("1.2.3", "")


async def test_it_is_greeted_as_the_protocol_wants_it(program, tmp_path):
    await greeted(program(f'echo "$greeting" > {tmp_path}/heard; {prints(json.dumps(GOOD))}'))
    heard = json.loads((tmp_path / "heard").read_text())
    assert (heard["jsonrpc"], heard["method"], heard["params"]["protocolVersion"]) == ("2.0", "initialize", 1)


async def test_lines_before_the_answer_are_passed_over(program):
    noise = ["starting ...", "[1, 2]", '{"id": 7, "result": {}}', "[" * 500, '{"method": "log"}', ""]
    assert await greeted(program(prints(*noise, json.dumps(GOOD)) + "\necho noise >&2")) == ("1.2.3", "")


@pytest.mark.parametrize(
    ("answer", "version", "reason"),
    [
        ({"result": {"protocolVersion": 2, "agentInfo": {"version": "9"}}}, "9", "speaks version 2 of"),
        ({"result": {}}, "", "speaks version None of"),
        ({"error": {"code": -32601, "message": "what is initialize?"}}, "", "what is initialize?"),
        ({"error": "in words"}, "", "as expected: in words"),
        ({"error": [1]}, "", "as expected: [1]"),
        ({"error": {"code": 3}}, "", "as expected: {'code': 3}"),
        ({"result": None}, "", "ended without an answer"),
        ({"result": [1]}, "", "ended without an answer"),
        ({"result": {"protocolVersion": 1, "agentInfo": "x"}}, "", ""),
        ({"result": {"protocolVersion": 1, "agentInfo": {"version": None}}}, "", ""),
    ],
)
async def test_any_answer_is_a_version_and_a_reason(program, answer, version, reason):
    told_version, told_reason = await greeted(program(prints(json.dumps({"id": 0, **answer}))))
    assert told_version == version
    assert reason in told_reason
    assert bool(told_reason) == bool(reason)


async def test_one_that_ends_without_an_answer_cannot_be_used(program):
    version, reason = await greeted(program("exit 3"))
    assert version == ""
    assert "it ended without an answer" in reason


async def test_one_that_never_answers_is_not_waited_for(program, monkeypatch):
    monkeypatch.setattr(greeting, "_SECONDS", 0.1)
    assert await greeted(program("sleep 600")) == ("", "it did not answer within 0.1 s")


async def test_one_that_is_not_there_cannot_be_started(tmp_path):
    version, reason = await greeted(str(tmp_path / "nothing"))
    assert version == ""
    assert reason.startswith("it cannot be started: ")


async def test_no_credential_is_shown_and_its_home_is_its_own(program, tmp_path, monkeypatch):
    monkeypatch.setenv("AGENT_KEY", "s3cret")
    monkeypatch.setenv("AGENT_REGION", "north")
    script = f'echo "${{AGENT_KEY-none}} $AGENT_REGION $HOME" > {tmp_path}/seen; {prints(json.dumps(GOOD))}'
    home = tmp_path / "made" / "home"
    settings = {"credentials": ("AGENT_KEY",), "passed": ("AGENT_REGION",), "home": str(home)}
    assert await greeted(program(script), **settings) == ("1.2.3", "")
    assert (tmp_path / "seen").read_text() == f"none north {home}\n"
    assert home.is_dir()


async def test_what_is_started_for_it_is_wrapped(program, tmp_path):
    path = program(prints(json.dumps(GOOD)))
    wrapped = ["sh", "-c", f'echo "$0" > {tmp_path}/wrapped; exec "$0"']
    settings = AcpSettings(argv=(path,))
    assert await greet(settings, [path], lambda argv: [*wrapped, *argv]) == ("1.2.3", "")
    assert (tmp_path / "wrapped").read_text() == f"{path}\n"
