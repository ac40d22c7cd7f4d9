"""Webhooks reach who wants them: in order for each run, again until they are taken, and later by hand."""

import asyncio
import base64
import hmac
import sys
from hashlib import sha256

import pytest

from ropewalk.core.events import NotePublished
from ropewalk.errors import StoreError
from ropewalk.observe.courier import Courier, Patience
from ropewalk.observe.webhooks import Webhooks
from ropewalk.store.memory import MemoryStore
from ropewalk.testing.store_contract.given import append, begin
from tests.observe.receiver import receiver

QUICK = Patience(first=0.001, most=0.001, tries=9, timeout=5)


@pytest.fixture
async def hook():
    async with receiver() as made:
        yield made


class Town:
    """A store in which runs publish, and a courier."""

    def __init__(self, patience=QUICK):
        self.store = MemoryStore()
        self.courier = Courier(self.store, lambda: 1000.0, private=True, patience=patience)
        self.webhooks = Webhooks(self.store)

    async def say(self, run, *names):
        if run not in await self.store.unfinished():
            await begin(self.store, run)
        version = (await self.store.row(run)).version
        await append(self.store, run, version, *(NotePublished(name=name) for name in names), at=2.0)


def names(events):
    return [event["data"]["event"]["name"] for event in events]


async def test_a_receiver_that_fails_five_times_gets_each_event_once_acknowledged_in_order(hook):
    town = Town()
    webhook = await town.webhooks.add(0.0, url=hook.url, patterns=("custom.*",))
    hook.answers = [500, 503, 404, 302, 500]
    await town.say("a", "a1", "a2", "a3")
    await town.courier.catch_up(webhook)
    assert names(hook.taken) == ["a1", "a2", "a3"]
    assert len(hook.came) == 8
    assert (town.courier.delivered, town.courier.failed, town.courier.given_up) == (3, 5, 0)
    await town.courier.catch_up(webhook)
    assert len(hook.taken) == 3


async def test_what_is_sent_is_a_cloud_event_signed_the_standard_way(hook):
    town = Town()
    webhook = await town.webhooks.add(0.0, url=hook.url, patterns=("custom.*",))
    await town.say("a", "hello")
    await town.courier.catch_up(webhook)
    headers, body = hook.came[0]
    assert headers["content-type"] == "application/cloudevents+json"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(webhook.secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    event = hook.taken[0]
    assert (event["specversion"], event["id"], event["type"]) == ("1.0", "a/3", "ropewalk.custom.published")
    assert (event["subject"], event["time"]) == ("a", "1970-01-01T00:00:02.000Z")
    assert headers["webhook-id"] == event["id"]


async def test_one_that_never_answers_ends_among_the_dead_and_is_replayed(hook):
    town = Town(Patience(first=0.001, most=0.001, tries=2, timeout=0.05))
    webhook = await town.webhooks.add(0.0, url=hook.url, patterns=("custom.*",))
    hook.answers = [0, 0]
    await town.say("a", "a1", "a2")
    await town.courier.catch_up(webhook)
    (dead,) = await town.webhooks.dead(webhook)
    assert (dead.id, dead.tries) == ("a/3", 2)
    assert names(hook.taken) == ["a2"]
    hook.answers = [500]
    assert [bool(why) for _, why in await town.courier.replay(webhook)] == [True]
    assert await town.courier.replay(webhook, ["a/77"]) == []
    assert [why for _, why in await town.courier.replay(webhook, ["a/3"])] == [""]
    assert names(hook.taken) == ["a2", "a1"]
    assert await town.webhooks.dead(webhook) == []


async def test_replay_keeps_the_order_of_a_run_and_tells_of_a_record_that_is_gone(hook):
    town = Town(Patience(first=0.001, most=0.001, tries=1, timeout=1))
    webhook = await town.webhooks.add(0.0, url=hook.url, patterns=("custom.*",))
    hook.answers = [500, 500]
    await town.say("a", "a1", "a2")
    await town.courier.catch_up(webhook)
    hook.answers = [500]
    assert len(await town.courier.replay(webhook)) == 1
    gone = await town.store.feed(0, 1, ("custom.*",))
    await town.webhooks.bury(
        webhook, gone[0].__class__(99, "nix", 9, 1.0, "custom.published", "", "", b"{}", ""), "x", 1, 1.0
    )
    assert "not there" in (await town.courier.replay(webhook, ["nix/9"]))[0][1]


async def test_runs_do_not_wait_for_each_other(hook):
    town = Town(Patience(first=60, tries=9, timeout=5))
    webhook = await town.webhooks.add(0.0, url=hook.url, patterns=("custom.*",))
    await town.say("a", "a1", "a2")
    await town.say("b", "b1", "b2")
    hook.answers = [500]
    working = asyncio.create_task(town.courier.catch_up(webhook))
    await hook.until_taken(2)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert names(hook.taken) in (["b1", "b2"], ["a1", "a2"])


async def test_a_crash_in_the_middle_of_a_page_repeats_nothing_that_was_taken(hook):
    town = Town(Patience(first=60, tries=9, timeout=5))
    webhook = await town.webhooks.add(0.0, url=hook.url, patterns=("custom.*",))
    await town.say("a", "a1", "a2")
    hook.answers = [204, 500]
    working = asyncio.create_task(town.courier.catch_up(webhook))
    await hook.until_came(2)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    again = Courier(town.store, lambda: 2000.0, private=True, patience=QUICK)
    await again.catch_up(webhook)
    assert names(hook.taken) == ["a1", "a2"]


async def test_what_happened_while_nobody_delivered_is_delivered_later_and_one_courier_works(hook):
    town = Town()
    await town.webhooks.add(0.0, url=hook.url, patterns=("custom.*",))
    await town.say("a", "while away")
    second = Courier(town.store, lambda: 1000.0, private=True, patience=QUICK)
    working = [asyncio.create_task(one.work()) for one in (town.courier, second)]
    await hook.until_taken(1)
    await town.say("a", "now")
    await hook.until_taken(2)
    for task in working:
        task.cancel()
    await asyncio.gather(*working, return_exceptions=True)
    assert names(hook.taken) == ["while away", "now"]
    assert 0 in (town.courier.delivered, second.delivered)


async def test_a_command_gets_the_event_on_its_input(tmp_path):
    town = Town(Patience(first=0.001, most=0.001, tries=1, timeout=5))
    kept = tmp_path / "event.json"
    script = f"import sys; open({str(kept)!r}, 'w').write(sys.stdin.read())"
    good = await town.webhooks.add(0.0, argv=(sys.executable, "-c", script), patterns=("custom.*",))
    bad = await town.webhooks.add(
        0.0, argv=(sys.executable, "-c", "import sys; sys.exit('no')"), patterns=("custom.*",)
    )
    missing = await town.webhooks.add(0.0, argv=("ropewalk-no-such-program",), patterns=("custom.*",))
    await town.say("a", "hello")
    for webhook in (good, bad, missing):
        await town.courier.catch_up(webhook)
    assert '"hello"' in kept.read_text()
    assert "it ended with 1: no" in (await town.webhooks.dead(bad))[0].reason
    assert "no-such-program" in (await town.webhooks.dead(missing))[0].reason


async def test_a_command_that_does_not_end_is_ended():
    town = Town(Patience(first=0.001, most=0.001, tries=1, timeout=0.2))
    stuck = await town.webhooks.add(0.0, argv=("cat", "/dev/zero"), patterns=("custom.*",))
    await town.say("a", "hello")
    script = "import time; time.sleep(3600)"
    slow = await town.webhooks.add(0.0, argv=(sys.executable, "-c", script), patterns=("custom.*",))
    await town.say("a", "more")
    await town.courier.catch_up(slow)
    assert "longer" in (await town.webhooks.dead(slow))[0].reason
    await town.webhooks.remove(stuck.id)


async def test_a_store_that_fails_stops_one_round_and_is_said(hook, monkeypatch):
    town = Town()
    webhook = await town.webhooks.add(0.0, url=hook.url, patterns=("custom.*",))
    await town.say("a", "hello")

    async def broken(*given):
        raise StoreError(store="memory", reason="it is broken")

    monkeypatch.setattr(town.courier.webhooks, "settle", broken)
    await town.courier.catch_up(webhook)
    monkeypatch.undo()
    await town.courier.catch_up(webhook)
    assert names(hook.taken) == ["hello", "hello"]


async def test_a_store_that_cannot_be_read_ends_nothing(hook, monkeypatch):
    monkeypatch.setattr("ropewalk.observe.courier.LOOK_SECONDS", 0.001)
    town = Town()
    await town.webhooks.add(0.0, url=hook.url, patterns=("custom.*",))
    await town.say("a", "hello")
    real = town.courier.webhooks.all
    failed: list[bool] = []

    async def broken():
        if len(failed) < 2:
            failed.append(True)
            raise StoreError(store="memory", reason="it is busy")
        return await real()

    page = town.courier._page
    bugs: list[bool] = []

    async def bug(*given):
        if not bugs:
            bugs.append(True)
            raise RuntimeError("a bug of ropewalk")
        await page(*given)

    monkeypatch.setattr(town.courier.webhooks, "all", broken)
    monkeypatch.setattr(town.courier, "_page", bug)
    working = asyncio.create_task(town.courier.work())
    await hook.until_taken(1)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert names(hook.taken) == ["hello"]
