"""What the real programs said when their model refused, limited or dropped them, word for word as it was heard."""

import pytest
from acp.exceptions import RequestError

from ropewalk.agents.acp import faults
from ropewalk.agents.presets import PRESETS

NOW = 1_000_000.0
HEARD = [
    (
        "claude",
        "Internal error: API Error: Request rejected (429) · x; resets in 5s",
        {"errorKind": "rate_limit"},
        "quota",
        "quota",
    ),
    (
        "claude",
        "Internal error: Failed to authenticate. API Error: 401 x",
        {"errorKind": "authentication_failed"},
        "permanent",
        "auth",
    ),
    (
        "claude",
        "Internal error: API Error: API returned an empty or malformed response (HTTP 200)",
        {"errorKind": "unknown"},
        "transient",
        "nonsense",
    ),
    (
        "codex",
        "Internal error",
        {
            "message": "You've hit your usage limit. Try again at 6:55 AM.",
            "codex_error_info": "usage_limit_exceeded",
        },
        "quota",
        "quota",
    ),
    (
        "codex",
        "Internal error",
        {"message": "unexpected status 401 Unauthorized: x", "codex_error_info": "other"},
        "permanent",
        "auth",
    ),
    (
        "codex",
        "Internal error",
        {"message": "unexpected status 529 <unknown status code>: x"},
        "transient",
        "transient",
    ),
    (
        "codex",
        "Internal error",
        {"message": "stream disconnected before completion: stream closed"},
        "transient",
        "transient",
    ),
    (
        "codex",
        "Internal error",
        {"message": "stream disconnected before completion: UTF8 error: invalid utf-8 sequence"},
        "transient",
        "nonsense",
    ),
    ("opencode", "Internal error: the stand-in answers 401", {"service": "session"}, "permanent", "auth"),
    (
        "opencode",
        "Internal error: JSON parsing failed: Text: {{{",
        {"service": "session"},
        "transient",
        "nonsense",
    ),
    ("gemini", '{"error":{"code":401,"message":"x","status":"UNAUTHENTICATED"}}', None, "permanent", "auth"),
    ("gemini", "Expected property name or '}' in JSON at position 1", None, "transient", "nonsense"),
    ("claude", "Your credit balance is too low", None, "quota", "quota"),
    ("goose", "the model foo was not found; model foo not found", None, "permanent", "config"),
    ("goose", "something else", None, "permanent", "other"),
    ("goose", "{not json", None, "permanent", "other"),
]


@pytest.mark.parametrize(("agent", "message", "data", "kind", "fine"), HEARD)
def test_what_each_agent_says_has_its_class(agent, message, data, kind, fine):
    code = 401 if "UNAUTH" in message else -32603
    failure = faults.failure_from(RequestError(code, message, data), PRESETS[agent], NOW)
    assert (failure.kind, failure.report["class"]) == (kind, fine)
    if fine == "auth":
        assert PRESETS[agent].login in failure.message


def test_a_quota_says_when_it_is_free_again():
    said = RequestError(-32603, "rate limit; resets in 5s")
    assert faults.failure_from(said, PRESETS["claude"], NOW).retry_at == NOW + 5
    assert faults.failure_from(said, PRESETS["claude"], NOW, free_at=NOW + 60).retry_at == NOW + 60
    assert faults.failure_from(said, PRESETS["claude"], NOW, free_at=NOW - 60).retry_at == NOW + 5
