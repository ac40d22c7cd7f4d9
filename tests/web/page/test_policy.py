"""Whatever is sent says what a browser may load for it: from here only, and nothing that is embedded elsewhere."""

import pytest

from ropewalk.web.page.policy import CONTENT, Policy


async def sent_by(app, kind="http"):
    messages = []

    async def send(message):
        messages.append(message)

    async def receive():
        return {}

    await Policy(app)({"type": kind}, receive, send)
    return messages


async def test_all_that_is_sent_says_what_a_browser_may_load():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b""})

    messages = await sent_by(app)
    assert messages[0]["headers"] == [(b"a", b"b"), (b"content-security-policy", CONTENT.encode())]
    assert messages[1] == {"type": "http.response.body", "body": b""}


async def test_an_answer_without_headers_gets_the_policy_too():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 404})

    assert (await sent_by(app))[0]["headers"] == [(b"content-security-policy", CONTENT.encode())]


async def test_messages_of_a_websocket_pass_unchanged():
    async def app(scope, receive, send):
        await send({"type": "websocket.accept"})

    assert await sent_by(app, "websocket") == [{"type": "websocket.accept"}]


@pytest.mark.parametrize(
    "name", ["default-src", "connect-src", "form-action", "base-uri", "frame-src", "script-src"]
)
def test_nothing_is_loaded_from_or_sent_to_another_place(name):
    rules = dict(rule.strip().split(" ", 1) for rule in CONTENT.split(";"))
    assert set(rules[name].split()) <= {"'self'", "'unsafe-inline'", "'unsafe-eval'"}
    assert rules["object-src"] == rules["frame-ancestors"] == "'none'"
    assert "http" not in CONTENT
    assert "*" not in CONTENT
