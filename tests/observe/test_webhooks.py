"""Webhooks are kept next to the log: made, listed, removed; dead letters are bounded."""

import pytest

from ropewalk.errors import NoSuchWebhook, WebhookRefused
from ropewalk.observe.webhooks import DEFAULT_KINDS, MOST_DEAD, Webhooks, webhook_view
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Record


async def test_a_webhook_has_a_secret_that_is_told_once():
    webhooks = Webhooks(MemoryStore())
    made = await webhooks.add(5.0, url="https://example.org/hook")
    assert made.patterns == DEFAULT_KINDS
    assert made.secret.startswith("whsec_")
    assert made.secret not in str(webhook_view(made, 0, 0))
    assert await webhooks.all() == [made]
    await webhooks.remove(made.id)
    assert await webhooks.all() == []
    with pytest.raises(NoSuchWebhook):
        await webhooks.remove(made.id)


async def test_a_webhook_needs_exactly_one_target():
    webhooks = Webhooks(MemoryStore())
    with pytest.raises(WebhookRefused):
        await webhooks.add(5.0)
    with pytest.raises(WebhookRefused):
        await webhooks.add(5.0, url="https://example.org", argv=("true",))
    with pytest.raises(WebhookRefused):
        await webhooks.add(5.0, argv=("true",), notifier="lamp")


async def test_only_so_many_dead_letters_are_kept_the_newest():
    webhooks = Webhooks(MemoryStore())
    made = await webhooks.add(5.0, argv=("true",))
    assert (made.target, made.secret) == ("true", "")
    await webhooks.store.remember(
        f"{made.reader}/dead",
        [
            {"position": n, "run": "r", "version": n, "kind": "x", "reason": "", "tries": 1, "at": 0.0}
            for n in range(MOST_DEAD)
        ],
    )
    await webhooks.bury(made, Record(MOST_DEAD, "r", MOST_DEAD, 0.0, "x", "", "", b"{}", ""), "why", 1, 0.0)
    dead = await webhooks.dead(made)
    assert (len(dead), dead[0].version, dead[-1].version) == (MOST_DEAD, 1, MOST_DEAD)
