"""Google's dialect: a conversation is read as it stands, and a reply says the same whole and as a stream."""

from __future__ import annotations

import json
from typing import Any

from ropewalk.testing.standin.gemini import Gemini
from ropewalk.testing.standin.scenario import Limit, Reply, Turn

PATH = "/v1beta/models/gemini-x:streamGenerateContent"


def events(reply: Reply) -> list[dict[str, Any]]:
    return [json.loads(data.decode().split("data: ", 1)[1]) for _, data in Gemini().stream(reply)]


def parts_of(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return list(answer["candidates"][0]["content"]["parts"])


def test_a_conversation_is_its_texts_and_its_calls_in_order():
    body = {
        "systemInstruction": {"parts": [{"text": "Workspace directory: /w"}]},
        "tools": [{"functionDeclarations": [{"name": "write_file"}]}, {"googleSearch": {}}],
        "generationConfig": {"responseMimeType": "application/json"},
        "contents": [
            {"role": "user", "parts": [{"text": "build"}]},
            {"role": "model", "parts": [{"text": "Yes."}, {"functionCall": {"name": "write_file"}}]},
            {"role": "user", "parts": [{"functionResponse": {}}]},
        ],
    }
    talk = Gemini().read(PATH, body)
    assert talk.turns == (Turn("user", "build"), Turn("said", "Yes."), Turn("call", "write_file"))
    assert (talk.tools, talk.model, talk.stream, talk.wants_json) == (("write_file",), "gemini-x", True, True)
    assert not Gemini().read("/v1beta/models/gemini-x:generateContent", {}).stream


def test_words_say_the_same_whole_and_as_a_stream():
    reply = Reply(text="All the tests pass now.", tokens_in=9, tokens_out=4)
    whole = Gemini().whole(reply)
    assert parts_of(whole) == [{"text": reply.text}]
    assert whole["usageMetadata"]["totalTokenCount"] == 13
    streamed = events(reply)
    assert "".join(parts_of(answer)[0]["text"] for answer in streamed) == reply.text
    assert [answer["candidates"][0].get("finishReason") for answer in streamed][-2:] == [None, "STOP"]


def test_a_call_and_a_refusal_say_what_they_are():
    call = Reply(tool="write_file", arguments={"content": "é"})
    assert parts_of(Gemini().whole(call)) == [
        {"functionCall": {"name": "write_file", "args": {"content": "é"}}}
    ]
    assert [parts_of(answer) for answer in events(call)] == [parts_of(Gemini().whole(call))]
    assert Gemini().whole(Reply(text="No.", refused=True))["candidates"][0]["finishReason"] == "SAFETY"
    assert events(Reply(text=""))[0]["candidates"][0]["finishReason"] == "STOP"


def test_a_limit_says_when_it_is_over_and_other_faults_say_what_they_are():
    _, body = Gemini().refusal(429, Limit(30.0, "used up"), 0.0)
    assert (body["error"]["status"], body["error"]["details"][0]["retryDelay"]) == (
        "RESOURCE_EXHAUSTED",
        "30s",
    )
    assert Gemini().refusal(401, None, 0.0)[1]["error"]["status"] == "UNAUTHENTICATED"
    assert Gemini().refusal(500, None, 0.0)[1]["error"]["status"] == "INTERNAL"
