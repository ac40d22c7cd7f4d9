"""What comes in from where it should not, or as whom it should not, gets no further than the entrance."""

import asyncio

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from ropewalk.app.tokens import MAY, ROLES, Tokens
from ropewalk.web.entrance import _host, is_loopback
from ropewalk.web.roles import RULES
from tests.web.opened import opened


def filled(path):
    return path.replace("*", "x").replace("{", "").replace("}", "")


@pytest.mark.parametrize(("method", "path"), [rule for rule, role in RULES.items() if role != "anybody"])
async def test_every_route_without_a_token_is_401(guarded, method, path):
    answer = await guarded.client.request(method, filled(path))
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_each_role_can_do_what_it_should_and_nothing_else(guarded):
    for role in ROLES:
        headers = await guarded.token(role, role)
        for (method, path), needed in RULES.items():
            if needed == "anybody" or path in {"/api/v1/feed/sse", "/api/v1/feed"}:
                continue
            answer = await guarded.client.request(method, filled(path), headers=headers, json={})
            allowed = needed in MAY[role]
            assert (answer.status_code == 403) != allowed, f"{role} {method} {path}: {answer.status_code}"


async def test_health_is_open_to_anybody_but_only_at_its_own_path(guarded):
    assert (await guarded.client.get("/health/live")).json() == {"status": "live"}
    assert (await guarded.client.get("/health/ready")).status_code == 200
    for path in ("/api/v1/runs/health/live", "/x/health/ready", "/health/live/", "//health/live"):
        assert (await guarded.client.get(path)).status_code == 401, path


async def test_a_name_that_is_not_ours_is_refused(door):
    answer = await door.client.get("/api/v1/runs", headers={"Host": "evil.example:80"})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign-request")


async def test_a_name_of_the_settings_is_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("ROPEWALK_HOSTS", "ropewalk.example, other.example")
    async with opened(tmp_path / "project", drive=False) as door:
        await door.let_in()
        assert (await door.client.get("/api/v1/runs", headers={"Host": "Ropewalk.example"})).is_success


async def test_a_foreign_page_can_change_nothing_and_hear_nothing(door):
    foreign = {"Origin": "https://evil.example"}
    answer = await door.client.post("/api/v1/runs", json={"workflow": "quiet"}, headers=foreign)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign-request")
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert (
        await door.client.post("/api/v1/runs", json={"workflow": "quiet"}, headers=cross)
    ).status_code == 403
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            f"{door.socket_url}/api/v1/feed",
            origin=Origin("https://evil.example"),
            additional_headers=door.headers,
        ):
            pass
    assert refused.value.response.status_code == 403
    own = {"Origin": door.url}
    assert (
        await door.client.post("/api/v1/runs", json={"workflow": "quiet"}, headers=own)
    ).status_code == 201


async def test_a_hundred_megabytes_are_refused_before_they_are_read(door):
    async def endless():
        for _ in range(1600):
            yield b"x" * 65536
            await asyncio.sleep(0)

    for content in (b"x" * (2 << 20), endless()):
        try:
            answer = await door.client.post("/api/v1/runs", content=content)
        except (httpx.WriteError, httpx.ReadError):
            continue  # the door was closed in its face
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert (await door.client.get("/health/live")).is_success


async def test_a_client_that_goes_in_the_middle_of_its_body_harms_nobody(door):
    host, port = door.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST /api/v1/runs HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\nabc".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await door.client.get("/health/live")).is_success


@pytest.mark.parametrize(
    "given", ["Basic abc", "Bearer ropewalk_wrong", "Bearer", "Bearer ropewalk_ünknown".encode()]
)
async def test_a_token_that_is_not_one_lets_nobody_in(guarded, given):
    answer = await guarded.client.get("/api/v1/runs", headers={"Authorization": given})
    assert answer.status_code == 401


async def test_what_has_run_out_or_was_revoked_lets_nobody_in_at_once(guarded):
    headers = await guarded.token("viewer", "vic")
    assert (await guarded.client.get("/api/v1/runs", headers=headers)).is_success
    await Tokens(guarded.ropewalk.store).revoke("vic", guarded.ropewalk.engine.clock.now())
    assert (await guarded.client.get("/api/v1/runs", headers=headers)).status_code == 401
    short = await guarded.token("viewer", "val", days=1e-9)
    assert (await guarded.client.get("/api/v1/runs", headers=short)).status_code == 401


async def test_a_method_that_a_path_does_not_know_is_405_and_a_path_that_is_not_there_404(door):
    wrong = await door.client.put("/api/v1/runs")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, POST")
    assert (await door.client.get("/api/v2/runs")).json()["code"] == "no-such-place"


async def test_every_answer_says_that_it_is_not_to_be_guessed_or_framed(door):
    for path in ("/api/v1/runs", "/nix", "/login"):
        headers = (await door.client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    ("text", "name"),
    [("localhost:80", "localhost"), ("[::1]:80", "::1"), ("::1", "::1"), ("A.b", "a.b"), ("", "")],
)
def test_a_host_is_compared_without_its_port(text, name):
    assert _host(text) == name


def test_only_this_hosts_own_addresses_are_loopback():
    assert all(is_loopback(host) for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "example.org", ""))


async def test_a_body_that_is_nested_without_end_is_told_so_on_every_route(guarded):
    headers = {**await guarded.token("admin", "admin"), "content-type": "application/json"}
    for content in (b"[" * 100_000, b'{"a":' * 100_000, b"[" * 500 + b"]" * 500):
        for (method, path), needed in RULES.items():
            if needed == "anybody" or method in {"GET", "HEAD"}:
                continue
            answer = await guarded.client.request(method, filled(path), headers=headers, content=content)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request"), f"{method} {path}"
            assert "nested deeper than 64 levels" in answer.json()["detail"]
