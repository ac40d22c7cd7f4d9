"""What is open to anybody: health that tells no more than it must, a login that repeats nothing, a description of the API."""

import pytest

from ropewalk.errors import StoreError
from ropewalk.web import doorway
from ropewalk.web.login import FAILURES
from tests.web.opened import opened


async def test_it_is_ready_only_while_its_store_can_be_read(guarded, monkeypatch):
    async def position():
        raise StoreError("secret path /srv/x")

    monkeypatch.setattr(guarded.ropewalk.store, "position", position)
    answer = await guarded.client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "reason": "store-error"})
    assert (await guarded.client.get("/health/live")).json() == {"status": "live"}


async def test_it_is_not_ready_when_nothing_is_driven_that_should_be(guarded):
    guarded.desk.supervisor.alive = False
    answer = await guarded.client.get("/health/ready")
    assert (answer.status_code, answer.json()["reason"]) == (503, "nothing is driven")


async def test_it_is_not_ready_while_it_closes(guarded):
    guarded.desk.closing = True
    assert (await guarded.client.get("/health/ready")).status_code == 503


async def test_a_door_that_drives_nothing_is_ready_too(tmp_path):
    async with opened(tmp_path / "project", drive=False) as door:
        assert (await door.client.get("/health/ready")).json() == {"status": "ready"}


async def test_metrics_that_are_not_installed_say_what_to_install(door, monkeypatch):
    monkeypatch.setattr(door.desk, "telemetry", None)
    answer = await door.client.get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (503, "missing-extra")
    assert "telemetry" in answer.text


async def test_the_page_of_the_api_names_every_operation_and_escapes_what_it_shows(door, monkeypatch):
    described = (await door.client.get("/openapi.json")).json()
    names = [operation["operationId"] for path in described["paths"].values() for operation in path.values()]
    page = (await door.client.get("/docs")).text
    assert [name for name in names if f"<td>{name}<td>" not in page] == []
    path = {"/<i>": {"get": {"operationId": "<b>", "description": "<script>"}}}
    monkeypatch.setattr(door.app, "openapi", lambda: {"paths": path})
    page = (await door.client.get("/docs")).text
    assert "GET /&lt;i&gt;</code><td>&lt;b&gt;<td>&lt;script&gt;" in page


async def test_a_login_that_failed_says_so_and_repeats_nothing_of_what_was_sent(guarded):
    answer = await guarded.client.post("/login", data={"token": "<script>x</script>{said}"})
    assert answer.status_code == 401
    assert '<p role="alert">This token is not known' in answer.text
    assert "script" not in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_token_may_have_space_around_it(guarded):
    text = (await guarded.token("viewer"))["Authorization"].removeprefix("Bearer ")
    answer = await guarded.client.post("/login", data={"token": f"  {text}\n"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize("data", [{}, {"token": "x" * 201}])
async def test_a_form_that_is_none_is_refused_as_a_problem(guarded, data):
    answer = await guarded.client.post("/login", data=data)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


async def test_the_form_is_the_same_page_before_and_after_too_many_attempts(guarded):
    first = await guarded.client.get("/login")
    assert (first.status_code, 'role="alert"' in first.text) == (200, False)
    for _ in range(FAILURES):
        await guarded.client.post("/login", data={"token": "x"})
    last = await guarded.client.post("/login", data={"token": "x"})
    assert last.status_code == 429
    assert last.headers["content-security-policy"] == doorway.POLICY
    assert int(last.headers["retry-after"]) > 0
    assert '<p role="alert">Too many attempts' in last.text


async def test_a_link_logs_in_by_a_page_and_not_by_a_redirect(guarded):
    text = (await guarded.token("admin"))["Authorization"].removeprefix("Bearer ")
    ticket = guarded.desk.access.logins.link(text)
    answer = await guarded.client.get("/login", params={"ticket": ticket})
    assert answer.status_code == 200, "a strict cookie is not sent to a redirect that began on another site"
    assert 'http-equiv="refresh" content="0;url=/"' in answer.text
    assert ticket not in answer.text


async def test_the_cookie_is_for_https_only_where_the_door_is(guarded):
    answer = await guarded.client.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "Secure" not in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
