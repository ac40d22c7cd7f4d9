"""`ropewalk webhooks`: who is told what happens, what could not be delivered, and delivering it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ropewalk.app import DEFAULT_KINDS, Courier, Webhook, Webhooks, webhook_view
from ropewalk.cli import exits
from ropewalk.cli.context import CommandContext
from ropewalk.cli.grammar import Argument, Option, Verb
from ropewalk.cli.lines import moment
from ropewalk.errors import UsageError

if TYPE_CHECKING:
    from ropewalk.app import Ropewalk

VERBS = ("add", "list", "remove", "dead", "replay")
MORE = f"""ropewalk webhooks add https://example.org/hook     prints the secret that signs what is sent
ropewalk webhooks add --on 'run.*' -- notify-send   a command; it gets the event as JSON on its input
ropewalk webhooks add --notifier NAME               a notifier of a plug-in
ropewalk webhooks dead ID                           what could not be delivered
ropewalk webhooks replay ID [EVENT…]                try that again

`ropewalk serve` delivers. Without --on it tells of {", ".join(DEFAULT_KINDS)}."""


async def perform(
    context: CommandContext, verb: str, words: list[str], on: list[str], private: bool, notifier: str | None
) -> int:
    """One of the verbs."""
    if verb not in VERBS:
        raise UsageError(
            what=f"`ropewalk webhooks` does not know {verb!r}", hint=f"it is one of {', '.join(VERBS)}"
        )
    async with context.ropewalk() as ropewalk:
        if verb == "add":
            return await _add(context, ropewalk, words, on, private, notifier or "")
        if verb == "list":
            return await _list(context, ropewalk)
        if not words:
            raise UsageError(
                what=f"`ropewalk webhooks {verb}` needs an id", hint="`ropewalk webhooks list` shows them"
            )
        webhooks = Webhooks(ropewalk.store)
        webhook = await webhooks.get(words[0])
        if verb == "remove":
            await webhooks.remove(webhook.id)
            context.screen.give({"removed": webhook.id})
            context.screen.line(f"Nothing is delivered to {webhook.target} any more.")
            return exits.COMPLETED
        return await (
            _dead(context, webhooks, webhook)
            if verb == "dead"
            else _replay(context, ropewalk, webhook, words[1:])
        )


async def _add(
    context: CommandContext,
    ropewalk: Ropewalk,
    words: list[str],
    on: list[str],
    private: bool,
    notifier: str,
) -> int:
    is_url = len(words) == 1 and "://" in words[0]
    made = await Webhooks(ropewalk.store).add(
        ropewalk.engine.clock.now(),
        url=words[0] if is_url else "",
        argv=() if is_url else tuple(words),
        patterns=tuple(on),
        private=private,
        notifier=notifier,
    )
    context.screen.give({**webhook_view(made, 0, None), "secret": made.secret})
    context.screen.line(f"{made.id}: {made.target} hears of {', '.join(made.patterns)} from now on.")
    if made.secret:
        context.screen.line(f"The secret to check the signature with: {made.secret}")
    return exits.COMPLETED


async def _list(context: CommandContext, ropewalk: Ropewalk) -> int:
    webhooks = Webhooks(ropewalk.store)
    rows: list[dict[str, Any]] = []
    for webhook in await webhooks.all():
        position = await ropewalk.store.recall(f"feed/{webhook.reader}")
        rows.append(webhook_view(webhook, len(await webhooks.dead(webhook)), position))
    context.screen.give({"webhooks": rows})
    table = [
        (r["id"], r["url"] or " ".join(r["argv"]) or r["notifier"], ", ".join(r["patterns"]), r["dead"] or "")
        for r in rows
    ]
    context.screen.table(("id", "to", "on", "dead"), table, 1)
    if not rows:
        context.screen.line("There is no webhook.")
    return exits.COMPLETED


async def _dead(context: CommandContext, webhooks: Webhooks, webhook: Webhook) -> int:
    dead = await webhooks.dead(webhook)
    context.screen.give(
        {
            "dead": [
                {"id": d.id, "kind": d.kind, "reason": d.reason, "tries": d.tries, "at": d.at} for d in dead
            ]
        }
    )
    context.screen.table(
        ("event", "kind", "given up", "tries", "why"),
        [(d.id, d.kind, moment(d.at), d.tries, d.reason) for d in dead],
        4,
    )
    if not dead:
        context.screen.line("Everything was delivered.")
    return exits.COMPLETED


async def _replay(context: CommandContext, ropewalk: Ropewalk, webhook: Webhook, names: list[str]) -> int:
    courier = Courier(ropewalk.store, ropewalk.engine.clock.now, private=ropewalk.settings.webhooks_private)
    replayed = await courier.replay(webhook, names)
    context.screen.give(
        {"replayed": [{"id": dead.id, "delivered": not why, "reason": why} for dead, why in replayed]}
    )
    for dead, why in replayed:
        context.screen.line(f"{dead.id} {dead.kind}: {why or 'delivered'}")
    if not replayed:
        context.screen.line("There is nothing to deliver again.")
    return exits.FAILED if any(why for _, why in replayed) else exits.COMPLETED


WEBHOOKS = Verb(
    "webhooks",
    "Tell others what happens; deliver again what they missed",
    perform,
    Argument("verb", "add, list, remove, dead or replay"),
    Argument("words", "a URL or a command (add); an id (remove, dead, replay)", required=False, many=True),
    Option("--on", "Kinds of events, as `run.*`; may be repeated.", "many", metavar="PATTERN"),
    Option("--notifier", "A notifier that a plug-in brings (add).", "text", metavar="NAME"),
    Option("--private", "It may be an address of this host or its networks."),
    more=MORE,
)
