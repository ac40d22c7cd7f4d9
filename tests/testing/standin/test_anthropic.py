"""Anthropic's dialect: a conversation is read as it stands, and a reply says the same whole and as a stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ropewalk.testing.standin.anthropic import Anthropic
from ropewalk.testing.standin.scenario import Limit, Reply, Turn

SPOKEN = Reply(text="All the tests pass now.", tokens_in=9, tokens_out=4, model="claude-x")
CALL = Reply(tool="Bash", arguments={"command": "make 'it' \"now\""})


def events(reply: Reply) -> list[dict[str, Any]]:
    return [json.loads(data.decode().split("data: ", 1)[1]) for _, data in Anthropic().stream(reply)]


def test_a_conversation_is_its_texts_and_its_calls_in_order():
    body = {
        "model": "claude-x",
        "stream": True,
        "system": [{"type": "text", "text": "Working directory: /w"}],
        "tools": [{"name": "Bash"}, {"name": "Write"}],
        "messages": [
            {"role": "user", "content": "build"},
            {"role": "assistant", "content": [{"type": "text", "text": "Yes."}, {"type": "tool_use", "name": "Bash"}]},
            {"role": "user", "content": [{"type": "tool_result", "content": "done"}]},
        ],
    }  # fmt: skip
    talk = Anthropic().read("/v1/messages", body)
    assert talk.turns == (Turn("user", "build"), Turn("said", "Yes."), Turn("call", "Bash"))
    assert (talk.tools, talk.folder, talk.model, talk.stream) == (("Bash", "Write"), "/w", "claude-x", True)


@pytest.mark.parametrize("body", [{}, {"messages": []}, {"messages": [{"role": "user", "content": None}]}])
def test_a_request_without_anything_is_an_empty_conversation(body: dict[str, Any]):
    talk = Anthropic().read("/v1/messages", body)
    assert (talk.turns, talk.tools, talk.stream) == ((), (), False)


def test_words_say_the_same_whole_and_as_a_stream():
    whole = Anthropic().whole(SPOKEN)
    assert whole["content"] == [{"type": "text", "text": SPOKEN.text}]
    assert (whole["stop_reason"], whole["usage"]) == ("end_turn", {"input_tokens": 9, "output_tokens": 4})
    streamed = events(SPOKEN)
    text = "".join(e["delta"]["text"] for e in streamed if e["type"] == "content_block_delta")
    assert text == SPOKEN.text
    (end,) = [e for e in streamed if e["type"] == "message_delta"]
    assert (end["delta"]["stop_reason"], end["usage"]) == ("end_turn", whole["usage"])


def test_a_call_says_the_same_whole_and_as_a_stream():
    (block,) = Anthropic().whole(CALL)["content"]
    assert (block["name"], block["input"]) == ("Bash", CALL.arguments)
    streamed = events(CALL)
    text = "".join(e["delta"]["partial_json"] for e in streamed if e["type"] == "content_block_delta")
    assert json.loads(text) == CALL.arguments
    assert Anthropic().whole(Reply(text="No.", refused=True))["stop_reason"] == "refusal"


def test_a_limit_says_when_it_is_over_and_other_faults_say_what_they_are():
    headers, body = Anthropic().refusal(429, Limit(30.0, "used up"), 1_000.0)
    assert headers["anthropic-ratelimit-unified-reset"] == "1030"
    assert body["error"] == {"type": "rate_limit_error", "message": "used up; resets in 30s"}
    assert Anthropic().refusal(401, None, 0.0)[1]["error"]["type"] == "authentication_error"
    assert Anthropic().refusal(500, None, 0.0)[1]["error"]["type"] == "api_error"
