"""Logins of the page: a signed cookie that names a token, so that a restart logs nobody out and a revoked token does.

A login by cookie needs the CSRF token with everything that changes something; bearers of tokens need none. A link logs one
browser in, once.
"""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from ropewalk.app import Person, Tokens
from ropewalk.errors import TooMany, Unauthenticated

COOKIE: Final = "ropewalk_login"
CSRF_HEADER: Final = "x-csrf-token"
LOGIN_SECONDS: Final = 12 * 3600
FAILURES: Final = 5
WINDOW_SECONDS: Final = 300.0
REMEMBERED: Final = 10_000


class Logins:
    """Makes and reads the cookies of one store, and counts the failures of each address."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self._secret = b""
        self._failures: dict[str, deque[float]] = {}
        self._links: dict[str, str] = {}

    def link(self, text: str) -> str:
        """A ticket that logs in one browser, once, as the owner of this token; it ends with this process."""
        ticket = secrets.token_urlsafe(32)
        self._links[_digest(ticket)] = text
        return ticket

    async def redeem(self, ticket: str, address: str, now: float) -> str:
        """The cookie for a ticket, which is used up by that. Raises Unauthenticated, TooMany.

        One that is good passes, no matter who else has failed from this address: on loopback that may be an agent.
        """
        text = self._links.pop(_digest(ticket), "")
        if text:
            self._failures.pop(address, None)
        cookie, _ = await self.begin(text, address, now)
        return cookie

    async def begin(self, text: str, address: str, now: float) -> tuple[str, Person]:
        """A cookie for the owner of a token. Raises Unauthenticated, TooMany."""
        self._limit(address, now)
        try:
            person = await self.tokens.person(text, now)
        except Unauthenticated:
            self._failed(address, now)
            raise
        self._failures.pop(address, None)
        return await self._signed(f"{person.token}.{int(now + LOGIN_SECONDS)}"), person

    async def person(self, cookie: str, now: float) -> Person:
        """Whose cookie it is. Raises Unauthenticated."""
        signed_part, _, _ = cookie.rpartition(".")
        if not signed_part or not hmac.compare_digest(
            (await self._signed(signed_part)).encode(), cookie.encode()
        ):
            raise Unauthenticated(reason="this login is not one of ours")
        token, _, until = signed_part.rpartition(".")
        if float(until) < now:
            raise Unauthenticated(reason="this login has run out")
        return await self.tokens.by_id(token, now)

    async def csrf(self, cookie: str) -> str:
        """What a page sends along with what it changes; it belongs to one login."""
        return hmac.new(await self._key(), b"csrf:" + cookie.encode(), sha256).hexdigest()

    async def _signed(self, text: str) -> str:
        return f"{text}.{hmac.new(await self._key(), text.encode(), sha256).hexdigest()}"

    async def _key(self) -> bytes:
        if not self._secret:
            self._secret = await self.tokens.secret()
        return self._secret

    def _limit(self, address: str, now: float) -> None:
        failures = self._failures.get(address)
        while failures and failures[0] < now - WINDOW_SECONDS:
            failures.popleft()
        if failures and len(failures) >= FAILURES:
            raise TooMany(seconds=int(failures[0] + WINDOW_SECONDS - now) + 1)

    def _failed(self, address: str, now: float) -> None:
        if len(self._failures) >= REMEMBERED:
            self._failures.clear()
        self._failures.setdefault(address, deque(maxlen=FAILURES)).append(now)


def _digest(ticket: str) -> str:
    return sha256(ticket.encode("utf-8", "replace")).hexdigest()


def cookie_name(scope: Mapping[str, Any]) -> str:
    """The name holds the port: browsers send cookies of a host to all its ports, and two of them may be two ropewalks."""
    server = scope.get("server") or ("", 0)
    return f"{COOKIE}_{server[1] or 0}"


def set_cookie(name: str, cookie: str, *, secure: bool) -> str:
    """The header that gives a browser its login; "" takes it away."""
    age = LOGIN_SECONDS if cookie else 0
    safe = "; Secure" if secure else ""
    return f"{name}={cookie}; Path=/; Max-Age={age}; HttpOnly; SameSite=Strict{safe}"
