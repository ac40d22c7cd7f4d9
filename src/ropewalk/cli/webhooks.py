"""`ropewalk webhooks`: who is told what happens, what could not be delivered, and delivering it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ropewalk.app import DEFAULT_KINDS, Courier, Webhook, Webhooks, webhook_view
from ropewalk.cli import exits
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.here import Here
from ropewalk.cli.lines import moment
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk

VERBS = ("add", "list", "remove", "dead", "replay")
MORE = f"""ropewalk webhooks add https://example.org/hook     prints the secret that signs what is sent
ropewalk webhooks add --on 'run.*' -- notify-send   a command; it gets the event as JSON on its input
ropewalk webhooks dead ID                           what could not be delivered
ropewalk webhooks replay ID [EVENT…]                try that again

`ropewalk serve` delivers. Without --on it tells of {", ".join(DEFAULT_KINDS)}."""


async def perform(here: Here, verb: str, words: list[str], on: list[str], private: bool) -> int:
    """One of the verbs."""
    if verb not in VERBS:
        raise UsageError(
            what=f"`ropewalk webhooks` does not know {verb!r}", hint=f"it is one of {', '.join(VERBS)}"
        )
    async with here.ropewalk() as ropewalk:
        if verb == "add":
            return await _add(here, ropewalk, words, on, private)
        if verb == "list":
            return await _list(here, ropewalk)
        if not words:
            raise UsageError(
                what=f"`ropewalk webhooks {verb}` needs an id", hint="`ropewalk webhooks list` shows them"
            )
        webhooks = Webhooks(ropewalk.store)
        webhook = await webhooks.one(words[0])
        if verb == "remove":
            await webhooks.remove(webhook.id)
            here.screen.give({"removed": webhook.id})
            here.screen.line(f"Nothing is delivered to {webhook.target} any more.")
            return exits.COMPLETED
        return await (
            _dead(here, webhooks, webhook) if verb == "dead" else _replay(here, ropewalk, webhook, words[1:])
        )


async def _add(here: Here, ropewalk: Ropewalk, words: list[str], on: list[str], private: bool) -> int:
    is_url = len(words) == 1 and "://" in words[0]
    made = await Webhooks(ropewalk.store).add(
        ropewalk.engine.clock.now(),
        url=words[0] if is_url else "",
        argv=() if is_url else tuple(words),
        patterns=tuple(on),
        private=private,
    )
    here.screen.give({**webhook_view(made, 0, None), "secret": made.secret})
    here.screen.line(f"{made.id}: {made.target} hears of {', '.join(made.patterns)} from now on.")
    if made.secret:
        here.screen.line(f"The secret to check the signature with: {made.secret}")
    return exits.COMPLETED


async def _list(here: Here, ropewalk: Ropewalk) -> int:
    webhooks = Webhooks(ropewalk.store)
    rows: list[dict[str, Any]] = []
    for one in await webhooks.all():
        position = await ropewalk.store.recall(f"feed/{one.reader}")
        rows.append(webhook_view(one, len(await webhooks.dead(one)), position))
    here.screen.give({"webhooks": rows})
    table = [
        (r["id"], r["url"] or " ".join(r["argv"]), ", ".join(r["patterns"]), r["dead"] or "") for r in rows
    ]
    here.screen.table(("id", "to", "on", "dead"), table, 1)
    if not rows:
        here.screen.line("There is no webhook.")
    return exits.COMPLETED


async def _dead(here: Here, webhooks: Webhooks, webhook: Webhook) -> int:
    found = await webhooks.dead(webhook)
    here.screen.give(
        {
            "dead": [
                {"id": d.id, "kind": d.kind, "reason": d.reason, "tries": d.tries, "at": d.at} for d in found
            ]
        }
    )
    here.screen.table(
        ("event", "kind", "given up", "tries", "why"),
        [(d.id, d.kind, moment(d.at), d.tries, d.reason) for d in found],
        4,
    )
    if not found:
        here.screen.line("Everything was delivered.")
    return exits.COMPLETED


async def _replay(here: Here, ropewalk: Ropewalk, webhook: Webhook, names: list[str]) -> int:
    courier = Courier(ropewalk.store, ropewalk.engine.clock.now, private=ropewalk.settings.webhooks_private)
    found = await courier.replay(webhook, names)
    here.screen.give(
        {"replayed": [{"id": dead.id, "delivered": not why, "reason": why} for dead, why in found]}
    )
    for dead, why in found:
        here.screen.line(f"{dead.id} {dead.kind}: {why or 'delivered'}")
    if not found:
        here.screen.line("There is nothing to deliver again.")
    return exits.FAILED if any(why for _, why in found) else exits.COMPLETED


WEBHOOKS = Verb(
    "webhooks",
    "Tell others what happens; deliver again what they missed",
    perform,
    Argument("verb", "add, list, remove, dead or replay"),
    Argument("words", "a URL or a command (add); an id (remove, dead, replay)", required=False, many=True),
    Option("--on", "Kinds of events, as `run.*`; may be repeated.", "many", metavar="PATTERN"),
    Option("--private", "It may be an address of this host or its networks."),
    more=MORE,
)
