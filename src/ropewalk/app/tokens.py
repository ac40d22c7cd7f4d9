"""Who may come in by the doors: tokens of 256 random bits, of which only the hash is kept, each with a role and an owner.

What was revoked or has run out lets nobody in from then on: nothing is remembered next to the store.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import Final, Literal, get_args

import msgspec
from msgspec import Struct

from ropewalk.errors import NoSuchToken, Unauthenticated, UsageError
from ropewalk.store.port import Store

Role = Literal["viewer", "operator", "approver", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
PREFIX: Final = "ropewalk_"
KEY: Final = "access/tokens"
SECRET: Final = "access/secret"  # noqa: S105 - the name under which one is kept

MAY: Final[dict[Role, frozenset[Role]]] = {
    "viewer": frozenset({"viewer"}),
    "approver": frozenset({"viewer", "approver"}),
    "operator": frozenset({"viewer", "approver", "operator"}),
    "admin": frozenset(ROLES),
}
"""What each role may do: all that is asked of the roles in its set."""


class Person(Struct, frozen=True):
    """Who is at the door: on record with what they do. `token` "" is somebody at standard input, who needs none."""

    name: str
    role: Role
    token: str = ""

    def may(self, needed: Role) -> bool:
        return needed in MAY[self.role]


class AccessToken(Struct, frozen=True):
    """What is kept of a token; `until` in unix seconds, None: it never runs out."""

    id: str
    name: str
    role: Role
    digest: str
    created_at: float
    until: float | None = None
    revoked_at: float | None = None

    def alive(self, now: float) -> bool:
        return self.revoked_at is None and (self.until is None or now < self.until)

    @property
    def person(self) -> Person:
        return Person(self.name, self.role, self.id)


class Tokens:
    """The tokens of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def create(
        self, name: str, role: str, now: float, *, days: float | None = None
    ) -> tuple[str, AccessToken]:
        """A new token: its text, which is told only now, and what is kept. Raises UsageError."""
        if role not in ROLES:
            raise UsageError(what=f"There is no role {role!r}", hint=f"it is one of {', '.join(ROLES)}")
        if days is not None and not 0 < days < 100_000:
            raise UsageError(what=f"A token cannot last {days:g} days", hint="take a number above 0")
        text = PREFIX + secrets.token_urlsafe(32)
        until = None if days is None else now + days * 86_400
        token = AccessToken(secrets.token_hex(4), name, role, _digest(text), now, until)
        await self._keep([*await self.all(), token])
        return text, token

    async def all(self) -> list[AccessToken]:
        """Every token that was ever made, oldest first."""
        return msgspec.convert(await self._store.recall(KEY) or [], list[AccessToken])

    async def any_alive(self, now: float) -> bool:
        return any(token.alive(now) for token in await self.all())

    async def revoke(self, name: str, now: float) -> AccessToken:
        """Let nobody in by the token of that id, or by the one of that name. Raises NoSuchToken."""
        tokens = await self.all()
        matching = [t for t in tokens if t.id == name] or [
            t for t in tokens if t.name == name and t.alive(now)
        ]
        if len(matching) != 1:
            raise NoSuchToken(token=name)
        revoked = msgspec.structs.replace(matching[0], revoked_at=matching[0].revoked_at or now)
        await self._keep([revoked if token.id == revoked.id else token for token in tokens])
        return revoked

    async def person(self, text: str, now: float) -> Person:
        """Whose token this is. Raises Unauthenticated. The time that it takes says nothing about any token."""
        digest, match = _digest(text), None
        for token in await self.all():
            if hmac.compare_digest(token.digest, digest) and token.alive(now):
                match = token
        if match is None:
            raise Unauthenticated(reason="this token is not known, has run out, or was revoked")
        return match.person

    async def by_id(self, name: str, now: float) -> Person:
        """The owner of the token of this id, if it still lets anybody in. Raises Unauthenticated."""
        for token in await self.all():
            if token.id == name and token.alive(now):
                return token.person
        raise Unauthenticated(reason="the token of this login has run out or was revoked")

    async def secret(self) -> bytes:
        """What the logins of this store are signed with; made when it is first asked for."""
        kept = await self._store.recall(SECRET)
        if not kept:
            kept = secrets.token_hex(32)
            await self._store.remember(SECRET, kept)
            kept = await self._store.recall(SECRET)
        return bytes.fromhex(str(kept))

    async def _keep(self, tokens: list[AccessToken]) -> None:
        await self._store.remember(KEY, msgspec.to_builtins(tokens))


def _digest(text: str) -> str:
    """Fast on purpose: what it hashes has 256 bits of chance, which nobody guesses."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()
