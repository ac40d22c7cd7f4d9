"""OpenAI's two dialects: a conversation is read as it stands, and a reply says the same whole and as a stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ropewalk.testing.standin.openai import Chat, Responses
from ropewalk.testing.standin.scenario import Limit, Reply, Turn

SPOKEN = Reply(text="All the tests pass now.", tokens_in=9, tokens_out=4)
CALL = Reply(tool="shell", arguments={"command": ["sh", "-c", "make 'it'"]})
TURNS = (Turn("user", "build"), Turn("said", "Yes."), Turn("call", "shell"))


def events(dialect: Responses | Chat, reply: Reply) -> list[dict[str, Any]]:
    lines = [data.decode().split("data: ", 1)[1].strip() for _, data in dialect.stream(reply)]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def test_responses_reads_items_and_a_plain_text():
    body = {
        "instructions": "Working directory: /w",
        "tools": [{"type": "function", "name": "shell"}, {"type": "web_search"}],
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "build"}]},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Yes."}]},
            {"type": "function_call", "name": "shell"},
            {"type": "function_call_output", "output": "done"},
            {"type": "message", "role": "developer", "content": "rules"},
        ],
    }
    talk = Responses().read("/v1/responses", body)
    assert (talk.turns, talk.tools, talk.folder) == (TURNS, ("shell", "web_search"), "/w")
    assert Responses().read("/v1/responses", {"input": "build"}).turns == (Turn("user", "build"),)


def test_chat_reads_messages():
    body = {
        "stream": True,
        "tools": [{"type": "function", "function": {"name": "shell"}}],
        "messages": [
            {"role": "system", "content": "Working directory: /w"},
            {"role": "user", "content": [{"type": "text", "text": "build"}]},
            {"role": "assistant", "content": "Yes.", "tool_calls": []},
            {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "shell"}}]},
            {"role": "tool", "content": "done"},
        ],
    }
    talk = Chat().read("/v1/chat/completions", body)
    assert (talk.turns, talk.tools, talk.folder, talk.stream) == (TURNS, ("shell",), "/w", True)


def test_words_say_the_same_whole_and_as_a_stream():
    whole = Responses().whole(SPOKEN)
    assert (whole["output"][0]["content"][0]["text"], whole["usage"]["total_tokens"]) == (SPOKEN.text, 13)
    streamed = events(Responses(), SPOKEN)
    assert "".join(e["delta"] for e in streamed if e["type"] == "response.output_text.delta") == SPOKEN.text
    assert streamed[-1]["response"] == whole
    choice = Chat().whole(SPOKEN)["choices"][0]
    assert (choice["message"]["content"], choice["finish_reason"]) == (SPOKEN.text, "stop")
    chunks = [chunk["choices"][0] for chunk in events(Chat(), SPOKEN)]
    assert "".join(chunk["delta"].get("content", "") for chunk in chunks) == SPOKEN.text
    assert chunks[-1]["finish_reason"] == "stop"


def test_a_call_says_the_same_whole_and_as_a_stream():
    for item in (Responses().whole(CALL)["output"][0], events(Responses(), CALL)[-2]["item"]):
        assert (item["type"], item["name"], json.loads(item["arguments"])) == (
            "function_call",
            "shell",
            CALL.arguments,
        )
    for choice in (
        Chat().whole(CALL)["choices"][0]["message"],
        events(Chat(), CALL)[1]["choices"][0]["delta"],
    ):
        function = choice["tool_calls"][0]["function"]
        assert (function["name"], json.loads(function["arguments"])) == ("shell", CALL.arguments)
    assert list(Chat().stream(CALL))[-1] == ("", b"data: [DONE]\n\n")


def test_a_refusal_of_the_model_is_told_as_one():
    refused = Reply(text="No.", refused=True)
    assert Responses().whole(refused)["output"][0]["content"] == [{"type": "refusal", "refusal": "No."}]
    assert Chat().whole(refused)["choices"][0]["finish_reason"] == "content_filter"


@pytest.mark.parametrize("dialect", [Responses(), Chat()])
def test_a_limit_says_when_it_is_over_and_other_faults_say_what_they_are(dialect: Responses | Chat):
    headers, body = dialect.refusal(429, Limit(30.0, "used up"), 1_000.0)
    assert (headers, body["error"]["resets_at"]) == ({"retry-after": "30"}, 1_030)
    assert dialect.refusal(401, None, 0.0)[1]["error"]["code"] == "invalid_api_key"
    assert dialect.refusal(500, None, 0.0) == ({}, {"error": {"type": "server_error", "code": "server_error", "message": "the stand-in answers 500"}})  # fmt: skip
