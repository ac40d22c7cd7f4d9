"""Webhooks: which there are, what each wants to hear of, where it stands, and what could not be delivered to it.

All of it is kept next to the log; a delivery is `run/version` and is the same however often it is tried.
"""

from __future__ import annotations

import base64
import secrets
from typing import Any, Final

import msgspec
from msgspec import Struct

from ropewalk.errors import NoSuchWebhook, WebhookRefused
from ropewalk.observe.addresses import check_url
from ropewalk.steps import notifiers
from ropewalk.store.port import Record, Store

KEY: Final = "webhooks"
DEFAULT_KINDS: Final = ("ask.opened", "run.completed", "run.failed", "run.aborted")
MOST_DEAD: Final = 1_000
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - how such secrets begin


class Webhook(Struct, frozen=True):
    """Where to: a `url`, a command (`argv`) that gets the event as JSON on its standard input, or a `notifier` of a plug-in."""

    id: str
    url: str = ""
    argv: tuple[str, ...] = ()
    patterns: tuple[str, ...] = DEFAULT_KINDS
    secret: str = ""
    private: bool = False
    created_at: float = 0.0
    notifier: str = ""

    @property
    def reader(self) -> str:
        """The name under which its place in the feed is kept."""
        return f"webhook/{self.id}"

    @property
    def target(self) -> str:
        return self.url or " ".join(self.argv) or f"the notifier {self.notifier}"


class Dead(Struct, frozen=True):
    """A delivery that was given up: which record, why, after how many tries, when."""

    position: int
    run: str
    version: int
    kind: str
    reason: str
    tries: int
    at: float

    @property
    def id(self) -> str:
        return f"{self.run}/{self.version}"


class Webhooks:
    """Those of a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def add(
        self,
        now: float,
        *,
        url: str = "",
        argv: tuple[str, ...] = (),
        patterns: tuple[str, ...] = (),
        private: bool = False,
        notifier: str = "",
    ) -> Webhook:
        """A new one; it hears what happens from now on. Raises WebhookRefused, and PluginError for a notifier that is not there."""
        if bool(url) + bool(argv) + bool(notifier) != 1:
            reason = "it has no target" if not (url or argv or notifier) else "it has several targets"
            hint = "give a URL, a command or a notifier"
            raise WebhookRefused(url=url or "?", reason=reason, hint=hint)
        if url:
            check_url(url)
        if notifier:
            notifiers().get(notifier)
        secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
        made = Webhook(
            secrets.token_hex(4),
            url,
            argv,
            patterns or DEFAULT_KINDS,
            secret if url else "",
            private,
            now,
            notifier,
        )
        await self.store.remember(f"feed/{made.reader}", await self.store.position())
        await self._keep([*await self.all(), made])
        return made

    async def all(self) -> list[Webhook]:
        return msgspec.convert(await self.store.recall(KEY) or [], list[Webhook])

    async def get(self, name: str) -> Webhook:
        """By id. Raises NoSuchWebhook."""
        for webhook in await self.all():
            if webhook.id == name:
                return webhook
        raise NoSuchWebhook(webhook=name)

    async def remove(self, name: str) -> Webhook:
        """Stop delivering to it, and delete its dead letters. Raises NoSuchWebhook."""
        removed = await self.get(name)
        await self._keep([webhook for webhook in await self.all() if webhook.id != name])
        for key in (f"{removed.reader}/dead", f"{removed.reader}/done"):
            await self.store.remember(key, None)
        return removed

    async def dead(self, webhook: Webhook) -> list[Dead]:
        """What could not be delivered, oldest first."""
        return msgspec.convert(await self.store.recall(f"{webhook.reader}/dead") or [], list[Dead])

    async def bury(self, webhook: Webhook, record: Record, reason: str, tries: int, now: float) -> None:
        """Keep a delivery that was given up as a dead letter. Their number is limited; the oldest are removed first."""
        letter = Dead(record.position, record.run, record.version, record.kind, reason[:500], tries, now)
        kept = [dead for dead in await self.dead(webhook) if dead.id != letter.id]
        await self._keep_dead(webhook, [*kept, letter][-MOST_DEAD:])

    async def raised(self, webhook: Webhook, letter: Dead) -> None:
        """A dead letter was delivered after all: remove it."""
        await self._keep_dead(webhook, [dead for dead in await self.dead(webhook) if dead.id != letter.id])

    async def done(self, webhook: Webhook) -> dict[str, int]:
        """By run, the last version that was delivered (or given up) of the page that is under way."""
        done: dict[str, int] = await self.store.recall(f"{webhook.reader}/done") or {}
        return done

    async def settle(self, webhook: Webhook, done: dict[str, int]) -> None:
        await self.store.remember(f"{webhook.reader}/done", done)

    async def _keep(self, webhooks: list[Webhook]) -> None:
        await self.store.remember(KEY, msgspec.to_builtins(webhooks))

    async def _keep_dead(self, webhook: Webhook, dead: list[Dead]) -> None:
        await self.store.remember(f"{webhook.reader}/dead", msgspec.to_builtins(dead))


def webhook_view(webhook: Webhook, dead: int, position: Any) -> dict[str, Any]:
    """A webhook as it is shown; never its secret."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "argv": list(webhook.argv),
        "notifier": webhook.notifier,
        "patterns": list(webhook.patterns),
        "created_at": webhook.created_at,
        "dead": dead,
        "position": position,
    }
