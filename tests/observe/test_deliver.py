"""One delivery: over TLS the certificate must fit the name, and nothing private is gone to by default."""

from importlib.metadata import EntryPoint
from typing import ClassVar

import pytest

from ropewalk.observe.deliver import deliver
from ropewalk.observe.webhooks import Webhook
from ropewalk.store.port import Record

RECORD = Record(1, "r", 1, 1.0, "run.created", "", "", b"{}", "")


async def test_what_does_not_speak_tls_is_not_taken(tmp_path):
    from tests.observe.receiver import receiver

    async with receiver() as hook:
        url = hook.url.replace("http://", "https://")
        made = Webhook("x", url, secret="whsec_AAAA")
        assert await deliver(made, RECORD, 1.0, private=True, seconds=0.5)
        assert hook.taken == []


async def test_a_private_address_is_not_gone_to():
    made = Webhook("x", "http://127.0.0.1:9/", secret="whsec_AAAA")
    assert "not a public address" in await deliver(made, RECORD, 1.0)
    assert await deliver(Webhook("x", "http://127.0.0.1:9/", secret="whsec_AAAA", private=True), RECORD, 1.0)


class Lamp:
    """A notifier of a plug-in."""

    name = "lamp"
    events: ClassVar[list[tuple[str, str]]] = []

    async def notify(self, event):
        if event["subject"] == "leaves":
            raise SystemExit(3)
        self.events.append((event["id"], event["type"]))


@pytest.fixture
def lamp(monkeypatch):
    point = EntryPoint("lamp", f"{__name__}:Lamp", "ropewalk.notifiers")
    monkeypatch.setattr(
        "importlib.metadata.entry_points", lambda group: [point] if group == point.group else []
    )
    monkeypatch.setattr(Lamp, "events", [])


@pytest.mark.usefixtures("lamp")
async def test_a_notifier_of_a_plug_in_is_told_the_event():
    made = Webhook("x", notifier="lamp")
    assert made.target == "the notifier lamp"
    assert not await deliver(made, RECORD, 1.0)
    assert Lamp.events == [("r/1", "ropewalk.run.created")]


@pytest.mark.usefixtures("lamp")
async def test_a_notifier_that_fails_or_is_gone_is_told_and_ends_nothing():
    leaving = Record(1, "leaves", 1, 1.0, "run.created", "", "", b"{}", "")
    assert "The plug-in lamp failed: SystemExit: 3" in await deliver(
        Webhook("x", notifier="lamp"), leaving, 1.0
    )
    assert "nothing of that name" in await deliver(Webhook("x", notifier="gone"), RECORD, 1.0)
