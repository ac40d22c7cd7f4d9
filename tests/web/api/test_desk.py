"""What all routes of one app share: it counts what the doors are busy with, and closes by sending every listener away."""

import asyncio

import msgspec
import pytest
from starlette.requests import Request

from ropewalk.app import Courier, Tokens
from ropewalk.app.open import open_ropewalk
from ropewalk.app.supervisor import Supervisor
from ropewalk.web.api.desk import ApiDesk, desk_of, give
from ropewalk.web.app import create_app
from ropewalk.web.entrance import Access
from ropewalk.web.login import Logins
from tests.web.opened import project


@pytest.fixture
async def ropewalk(tmp_path):
    async with open_ropewalk(project(tmp_path / "project")) as opened:
        yield opened


def desk(ropewalk, supervisor=None):
    tokens = Tokens(ropewalk.store)
    return ApiDesk(ropewalk, Access(tokens, Logins(tokens), lambda: 0.0), supervisor)


async def test_only_what_the_doors_do_is_measured(ropewalk):
    assert desk(ropewalk).gauges() == {"listeners": 0, "listeners_dropped": 0}
    busy = desk(ropewalk, Supervisor(ropewalk))
    busy.courier = Courier(ropewalk.store, lambda: 0.0)
    busy.courier.delivered, busy.courier.failed, busy.courier.given_up = 1, 2, 3
    busy.dropped = 4
    assert busy.gauges() == {
        "listeners": 0, "listeners_dropped": 4, "runs_driven": 0, "driving_errors": 0,
        "webhooks_delivered": 1, "webhooks_failed": 2, "webhooks_given_up": 3,
    }  # fmt: skip


async def test_closing_ends_every_listener_also_one_that_fails_at_it_and_may_be_repeated(ropewalk):
    opened = desk(ropewalk)
    await opened.fanout.begin()
    ended = []

    async def listener(name, error=None):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append((name, opened.closing))
            if error is not None:
                raise error

    opened.sockets = {
        asyncio.create_task(listener("a", ValueError("broken"))),
        asyncio.create_task(listener("b")),
    }
    await asyncio.sleep(0)
    await opened.close()
    assert sorted(ended) == [("a", True), ("b", True)]
    assert opened.fanout._reader is None
    await opened.close()


async def test_a_route_works_with_the_desk_of_its_own_app(ropewalk):
    apps = [create_app(ropewalk), create_app(ropewalk)]
    requests = [Request({"type": "http", "app": app}) for app in apps]
    assert [desk_of(request) for request in requests] == [app.state.desk for app in apps]
    assert apps[0].state.desk is not apps[1].state.desk


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, b"{}"),
        ({"a": "\u202eä\n"}, '{"a":"\u202eä\\n"}'.encode()),
        ({"a": float("nan"), "b": float("inf")}, b'{"a":null,"b":null}'),
        ([1j], b'["1j"]'),
        (None, b"null"),
    ],
)
def test_whatever_is_shown_is_json(value, text):
    answer = give(value, 201, {"Location": "/x"})
    assert (answer.body, answer.status_code) == (text, 201)
    assert (answer.headers["content-type"], answer.headers["location"]) == ("application/json", "/x")


def test_a_struct_is_written_by_the_names_of_its_fields():
    class Shown(msgspec.Struct, frozen=True):
        run: str
        events: tuple[str, ...] = ()

    assert give(Shown("r")).body == b'{"run":"r","events":[]}'
