"""Each dialect is asked over the wire, as its programs ask."""

import http.client
import json
import subprocess
import sys
import urllib.error
import urllib.request
from typing import Any

import pytest

from ropewalk.testing.standin import Act, Limit, Scenario, Script, StandIn
from ropewalk.testing.standin.scenario import load, read

TOOLS = {
    "anthropic": [{"name": "Write"}, {"name": "Bash"}],
    "responses": [{"type": "function", "name": "exec_command"}],
    "chat": [{"type": "function", "function": {"name": "write"}}, {"function": {"name": "bash"}}],
    "gemini": [{"functionDeclarations": [{"name": "write_file"}, {"name": "run_shell_command"}]}],
}
PATHS = {
    "anthropic": "/v1/messages",
    "responses": "/v1/responses",
    "chat": "/v1/chat/completions",
    "gemini": "/v1beta/models/g:streamGenerateContent",
}
DIALECTS = list(PATHS)


def body(dialect: str, said: list[tuple[str, str]], *, stream: bool = True, tools: bool = True) -> Any:
    """A request after these turns (`user`, `said` or `call`, and a text)."""
    offered: dict[str, Any] = {"tools": TOOLS[dialect]} if tools else {}
    system = "Working directory: /tmp/place"
    rows: list[Any]
    if dialect == "anthropic":
        kinds = {"call": lambda text: [{"type": "tool_use", "name": text, "input": {}}]}
        rows = [
            {"role": "user" if kind == "user" else "assistant", "content": kinds.get(kind, str)(text)}
            for kind, text in said
        ]
        return {
            "messages": rows,
            "system": [{"type": "text", "text": system}],
            "stream": stream,
            "model": "c",
            **offered,
        }
    if dialect == "responses":
        rows = [
            {"type": "function_call", "name": text}
            if kind == "call"
            else {
                "type": "message",
                "role": "user" if kind == "user" else "assistant",
                "content": [{"text": text}],
            }
            for kind, text in said
        ]
        return {"input": rows, "instructions": system, "stream": stream, "model": "r", **offered}
    if dialect == "chat":
        rows = [{"role": "system", "content": system}]
        for kind, text in said:
            call: Any = {"tool_calls": [{"function": {"name": text}}], "content": None}
            rows.append(
                {"role": "assistant", **call}
                if kind == "call"
                else {"role": "user" if kind == "user" else "assistant", "content": text}
            )
        return {"messages": rows, "stream": stream, "model": "m", **offered}
    parts = {"call": lambda text: {"functionCall": {"name": text}}}
    rows = [
        {
            "role": "user" if kind == "user" else "model",
            "parts": [parts.get(kind, lambda text: {"text": text})(text)],
        }
        for kind, text in said
    ]
    return {"contents": rows, "systemInstruction": {"parts": [{"text": system}]}, **offered}


def ask(standin: StandIn, dialect: str, said: list[tuple[str, str]], **how: Any) -> str:
    path = PATHS[dialect]
    if dialect == "gemini" and not how.get("stream", True):
        path = path.replace("streamG", "g")
    request = urllib.request.Request(
        f"{standin.url}{path}?x=1",
        json.dumps(body(dialect, said, **how)).encode(),
        {"authorization": "Bearer key-1"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode(errors="replace"))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("stream", [True, False])
def test_a_script_is_played_in_order_by_what_the_conversation_has_behind_it(dialect, stream):
    acts = (
        Act(write={"docs/a.md": "one", "b.md": "two"}),
        Act(run="ls"),
        Act(call={"name": "own_tool", "arguments": {"x": 1}}),
        Act(say="Finished now."),
    )
    with StandIn(Scenario((Script(acts=acts, when="begin"),))) as standin:
        user = ("user", "please begin")
        calls = [("call", "tool")]
        first = ask(standin, dialect, [user], stream=stream)
        second = ask(standin, dialect, [user, *calls], stream=stream)
        third = ask(standin, dialect, [user, *calls * 2], stream=stream)
        fourth = ask(standin, dialect, [user, *calls * 3], stream=stream)
        words = ask(standin, dialect, [user, *calls * 4], stream=stream)
        over = ask(
            standin,
            dialect,
            [user, *calls * 4, ("said", "Finished now."), ("said", "by the way")],
            stream=stream,
        )
        other = ask(standin, dialect, [("user", "something else")], stream=stream)
    assert "docs/a.md" in first
    assert "b.md" in second
    assert "ls" in third
    assert "own_tool" in fourth
    assert _joined(words, dialect) == "Finished now."
    assert _joined(over, dialect) == _joined(other, dialect) == "All done."
    assert standin.asked[0].credential == "key-1"
    assert standin.asked[0].talk.folder == "/tmp/place"


def _joined(answer: str, dialect: str) -> str:
    """The words of an answer, from all its pieces."""
    rows = [row[6:] for row in answer.splitlines() if row.startswith("data: {")] or [answer]
    return "".join(_words(json.loads(row), dialect) for row in rows)


def _words(row: dict[str, Any], dialect: str) -> Any:
    if dialect == "anthropic":
        if "content" in row:
            return row["content"][0]["text"]
        return row.get("delta", {}).get("text", "")
    if dialect == "responses":
        if "output" in row:
            return row["output"][0]["content"][0]["text"]
        return row.get("delta", "") if row.get("type") == "response.output_text.delta" else ""
    if dialect == "chat":
        choice = row["choices"][0]
        return choice.get("delta", choice.get("message")).get("content") or ""
    return row["candidates"][0]["content"]["parts"][0].get("text", "")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_fault_is_met_so_many_times_and_then_the_script_goes_on(dialect):
    acts = (
        Act(limit=Limit(reset_seconds=7)),
        Act(status=503, times=2),
        Act(drop=True),
        Act(garbage=True),
        Act(refuse="I will not."),
    )
    with StandIn(Scenario((Script(acts=acts),))) as standin:
        with pytest.raises(urllib.error.HTTPError) as limited:
            ask(standin, dialect, [("user", "x")])
        assert limited.value.code == 429
        assert "7" in limited.value.read().decode()
        for _ in range(2):
            with pytest.raises(urllib.error.HTTPError) as broken:
                ask(standin, dialect, [("user", "x")])
            assert broken.value.code == 503
            broken.value.close()
        limited.value.close()
        assert "I will not" not in ask(standin, dialect, [("user", "x")])
        assert "no answer" in ask(standin, dialect, [("user", "x")])
        refused = ask(standin, dialect, [("user", "x")])
        whole = ask(standin, dialect, [("user", "x")], stream=False)
    assert "refus" in refused or "content_filter" in refused or "SAFETY" in refused or "I wi" in refused
    assert "I will not." in whole


def test_a_request_without_tools_is_a_side_matter_unless_the_scenario_says_otherwise():
    script = Script(acts=(Act(say="the script"),))
    with StandIn(Scenario((script,))) as standin:
        assert _joined(ask(standin, "chat", [("user", "x")], tools=False), "chat") == "Stand-in"
    with StandIn(Scenario((script,), side_matters=False)) as standin:
        assert _joined(ask(standin, "chat", [("user", "x")], tools=False), "chat") == "the script"


def test_a_router_that_wants_json_gets_json():
    with StandIn(Scenario()) as standin:
        asked = {
            **body("gemini", [("user", "x")], tools=False),
            "generationConfig": {"responseMimeType": "application/json"},
        }
        request = urllib.request.Request(
            f"{standin.url}/v1beta/models/g:generateContent", json.dumps(asked).encode()
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            part = json.loads(answer.read())["candidates"][0]["content"]["parts"][0]
    assert json.loads(part["text"])["model_choice"] == "flash"


def test_words_may_take_their_time_and_a_hanging_answer_ends_with_the_server():
    acts = (Act(hang=True), Act(say="slowly said", seconds=0.05))
    with StandIn(Scenario((Script(acts=acts),))) as standin:
        connection = http.client.HTTPConnection(standin.url.removeprefix("http://"), timeout=20)
        connection.request("POST", PATHS["chat"], json.dumps(body("chat", [("user", "x")])))
        assert standin.hanging.wait(20)
        connection.close()
        assert _joined(ask(standin, "chat", [("user", "x")]), "chat") == "slowly said"


def test_other_paths_are_answered_too():
    with StandIn(Scenario()) as standin:
        with urllib.request.urlopen(f"{standin.url}/v1/models", timeout=20) as answer:
            assert json.loads(answer.read())["data"] == []
        count = urllib.request.Request(f"{standin.url}/v1/messages/count_tokens", b"{}")
        with urllib.request.urlopen(count, timeout=20) as answer:
            assert json.loads(answer.read())["input_tokens"] == 10
        with pytest.raises(urllib.error.HTTPError) as unknown:
            urllib.request.urlopen(urllib.request.Request(f"{standin.url}/else", b"{nothing"), timeout=20)
        assert unknown.value.code == 404
        unknown.value.close()


def test_a_scenario_is_read_from_a_file_and_a_slip_is_told(tmp_path):
    path = tmp_path / "scenario.json"
    path.write_text(
        '{"scripts": [{"when": "x", "acts": [{"write": {"a": "1", "b": "2"}}, {"limit": {"reset_seconds": 5}}]}]}'
    )
    assert len(load(path).scripts[0].acts) == 3
    with pytest.raises(ValueError, match="wriite"):
        read('{"scripts": [{"acts": [{"wriite": {}}]}]}')


def test_it_serves_as_a_program_of_its_own(tmp_path):
    path = tmp_path / "scenario.json"
    path.write_text("{}")
    argv = [sys.executable, "-m", "ropewalk.testing.standin", str(path)]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    with urllib.request.urlopen(f"{url}/v1/models", timeout=20) as answer:
        assert answer.status == 200
    process.send_signal(2)
    process.communicate(timeout=20)
    assert process.returncode == 0
