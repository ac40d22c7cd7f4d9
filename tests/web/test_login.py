"""A login by cookie: signed, strict, ended by revoking its token, useless to other pages, and not to be guessed."""

import pytest

from ropewalk.app.tokens import Tokens
from ropewalk.errors import TooMany, Unauthenticated
from ropewalk.web.login import COOKIE, FAILURES, LOGIN_SECONDS, WINDOW_SECONDS, Logins


async def logged_in(door, role="operator", name="olga"):
    text = (await door.token(role, name))["Authorization"].removeprefix("Bearer ")
    answer = await door.client.post("/login", data={"token": text})
    assert answer.status_code == 303
    return answer


async def test_a_browser_that_shows_its_token_gets_a_cookie_that_no_script_and_no_other_site_can_use(guarded):
    page = await guarded.client.get("/", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/login")
    assert "Token" in (await guarded.client.get("/login")).text
    answer = await logged_in(guarded)
    assert "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]
    me = (await guarded.client.get("/api/v1/me")).json()
    assert (me["name"], me["role"]) == ("olga", "operator")


async def test_what_changes_something_needs_the_csrf_token_of_its_own_login(guarded):
    await logged_in(guarded)
    csrf = (await guarded.client.get("/api/v1/me")).json()["csrf"]
    body = {"workflow": "quiet"}
    assert (await guarded.client.post("/api/v1/runs", json=body)).json()["code"] == "foreign-request"
    wrong = {"X-CSRF-Token": "é".encode()}
    assert (await guarded.client.post("/api/v1/runs", json=body, headers=wrong)).status_code == 403
    good = {"X-CSRF-Token": csrf}
    assert (await guarded.client.post("/api/v1/runs", json=body, headers=good)).status_code == 201


async def test_a_login_ends_with_its_token_and_with_the_logout(guarded):
    await logged_in(guarded)
    await Tokens(guarded.ropewalk.store).revoke("olga", guarded.ropewalk.engine.clock.now())
    assert (await guarded.client.get("/api/v1/me")).status_code == 401
    answer = await guarded.client.post("/logout")
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_a_forged_cookie_is_none(guarded):
    port = guarded.url.rpartition(":")[2]
    for cookie in ("x", "a.b.c", "\x80", "a.99999999999.00"):
        answer = await guarded.client.get(
            "/api/v1/me", headers={"Cookie": f"{COOKIE}_{port}={cookie}".encode("latin-1")}
        )
        assert answer.status_code == 401


async def test_guessing_is_slowed_down_for_the_guesser(guarded):
    statuses = [
        (await guarded.client.post("/login", data={"token": "ropewalk_x"})).status_code
        for _ in range(FAILURES + 1)
    ]
    assert statuses == [401] * FAILURES + [429]
    assert int((await guarded.client.post("/login", data={"token": "x"})).headers["retry-after"]) > 0


async def test_a_link_logs_in_one_browser_once_and_is_not_held_up_by_who_guesses(guarded):
    text = (await guarded.token("admin", "ada"))["Authorization"].removeprefix("Bearer ")
    ticket = guarded.desk.access.logins.link(text)
    for _ in range(FAILURES):
        assert (await guarded.client.get("/login", params={"ticket": "guessed"})).status_code == 401
    assert (await guarded.client.get("/login", params={"ticket": "guessed"})).status_code == 429
    answer = await guarded.client.get("/login", params={"ticket": ticket})
    assert answer.status_code == 200
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert (await guarded.client.get("/api/v1/me")).json()["name"] == "ada"
    guarded.client.cookies.clear()
    again = await guarded.client.get("/login", params={"ticket": ticket})
    assert again.status_code == 401
    assert "set-cookie" not in again.headers


async def test_two_doors_of_one_host_do_not_take_each_others_cookies(guarded):
    answer = await logged_in(guarded)
    port = guarded.url.rpartition(":")[2]
    assert answer.headers["set-cookie"].startswith(f"{COOKIE}_{port}=")


async def test_the_limit_is_one_of_an_address_and_passes(guarded):
    logins = Logins(Tokens(guarded.ropewalk.store))
    for _ in range(FAILURES):
        with pytest.raises(Unauthenticated):
            await logins.begin("x", "1.2.3.4", 100.0)
    with pytest.raises(TooMany):
        await logins.begin("x", "1.2.3.4", 100.0)
    with pytest.raises(Unauthenticated):
        await logins.begin("x", "1.2.3.5", 100.0)
    with pytest.raises(Unauthenticated):
        await logins.begin("x", "1.2.3.4", 101.0 + WINDOW_SECONDS)


async def test_a_cookie_outlives_a_restart_but_not_its_time(guarded):
    text, _ = await Tokens(guarded.ropewalk.store).create("ada", "viewer", 100.0)
    cookie, _ = await Logins(Tokens(guarded.ropewalk.store)).begin(text, "", 100.0)
    fresh = Logins(Tokens(guarded.ropewalk.store))
    assert (await fresh.person(cookie, 200.0)).name == "ada"
    with pytest.raises(Unauthenticated):
        await fresh.person(cookie, 101.0 + LOGIN_SECONDS)
