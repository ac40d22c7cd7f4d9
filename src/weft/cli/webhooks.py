"""`weft webhooks`: who is told what happens, what could not be delivered, and delivering it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from weft.cli import exits
from weft.cli.grammar import Argument, Command, Option
from weft.cli.here import Here
from weft.cli.telling import moment
from weft.errors import Misused
from weft.observe.courier import Courier
from weft.observe.webhooks import DEFAULT, Webhook, Webhooks, told

if TYPE_CHECKING:
    from weft.app.open import Weft

VERBS = ("add", "list", "remove", "dead", "replay")
MORE = f"""weft webhooks add https://example.org/hook     prints the secret that signs what is sent
weft webhooks add --on 'run.*' -- notify-send   a command; it gets the event as JSON on its input
weft webhooks dead ID                           what could not be delivered
weft webhooks replay ID [EVENT…]                try that again

`weft serve` delivers. Without --on it tells of {", ".join(DEFAULT)}."""


async def perform(here: Here, verb: str, words: list[str], on: list[str], private: bool) -> int:
    """One of the verbs."""
    if verb not in VERBS:
        raise Misused(what=f"`weft webhooks` does not know {verb!r}", mend=f"it is one of {', '.join(VERBS)}")
    async with here.weft() as weft:
        if verb == "add":
            return await _add(here, weft, words, on, private)
        if verb == "list":
            return await _list(here, weft)
        if not words:
            raise Misused(what=f"`weft webhooks {verb}` needs an id", mend="`weft webhooks list` shows them")
        webhooks = Webhooks(weft.store)
        webhook = await webhooks.one(words[0])
        if verb == "remove":
            await webhooks.remove(webhook.id)
            here.screen.give({"removed": webhook.id})
            here.screen.line(f"Nothing is delivered to {webhook.target} any more.")
            return exits.COMPLETED
        return await (
            _dead(here, webhooks, webhook) if verb == "dead" else _replay(here, weft, webhook, words[1:])
        )


async def _add(here: Here, weft: Weft, words: list[str], on: list[str], private: bool) -> int:
    is_url = len(words) == 1 and "://" in words[0]
    made = await Webhooks(weft.store).add(
        weft.engine.clock.now(),
        url=words[0] if is_url else "",
        argv=() if is_url else tuple(words),
        patterns=tuple(on),
        private=private,
    )
    here.screen.give({**told(made, 0, None), "secret": made.secret})
    here.screen.line(f"{made.id}: {made.target} hears of {', '.join(made.patterns)} from now on.")
    if made.secret:
        here.screen.line(f"The secret to check the signature with: {made.secret}")
    return exits.COMPLETED


async def _list(here: Here, weft: Weft) -> int:
    webhooks = Webhooks(weft.store)
    rows: list[dict[str, Any]] = []
    for one in await webhooks.all():
        position = await weft.store.recall(f"feed/{one.reader}")
        rows.append(told(one, len(await webhooks.dead(one)), position))
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


async def _replay(here: Here, weft: Weft, webhook: Webhook, names: list[str]) -> int:
    courier = Courier(weft.store, weft.engine.clock.now, private=weft.settings.webhooks_private)
    found = await courier.replay(webhook, names)
    here.screen.give(
        {"replayed": [{"id": dead.id, "delivered": not why, "reason": why} for dead, why in found]}
    )
    for dead, why in found:
        here.screen.line(f"{dead.id} {dead.kind}: {why or 'delivered'}")
    if not found:
        here.screen.line("There is nothing to deliver again.")
    return exits.FAILED if any(why for _, why in found) else exits.COMPLETED


WEBHOOKS = Command(
    "webhooks",
    "Tell others what happens; deliver again what they missed",
    perform,
    Argument("verb", "add, list, remove, dead or replay"),
    Argument("words", "a URL or a command (add); an id (remove, dead, replay)", required=False, many=True),
    Option("--on", "Kinds of events, as `run.*`; may be repeated.", "many", metavar="PATTERN"),
    Option("--private", "It may be an address of this host or its networks."),
    more=MORE,
)
