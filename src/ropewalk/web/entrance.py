"""Everything that comes in passes here first: size, host, origin, who it is, what that role may; then the app sees it.

Pure ASGI in front of every route, of mounted apps and of WebSockets too; what no rule names does not get in.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

from msgspec import Struct
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ropewalk.app import Person, Tokens
from ropewalk.errors import (
    ForeignRequest,
    InvalidRequest,
    NoSuchMethod,
    NoSuchPlace,
    NotAllowed,
    RopewalkError,
    TooLarge,
    Unauthenticated,
)
from ropewalk.nesting import TooDeep, is_deep
from ropewalk.web import problems
from ropewalk.web.login import CSRF_HEADER, Logins, cookie_name
from ropewalk.web.roles import methods, needed

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL: Final = ("localhost", "127.0.0.1", "::1")
BODY_BYTES: Final = 1 << 20
HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)


class Access(Struct, frozen=True):
    """How the doors are guarded: on every address, loopback too, a token or a login is needed."""

    tokens: Tokens
    logins: Logins
    now: Callable[[], float]
    hosts: tuple[str, ...] = LOCAL
    body_bytes: int = BODY_BYTES

    async def person(self, headers: Headers, cookie: str) -> tuple[Person, str]:
        """Who it is, and the cookie that says so ("" when it was not a cookie). Raises Unauthenticated."""
        scheme, _, text = headers.get("authorization", "").partition(" ")
        if text:
            if scheme.lower() != "bearer":
                raise Unauthenticated(reason=f"it takes Bearer, not {scheme}")
            return await self.tokens.person(text.strip(), self.now()), ""
        if cookie:
            return await self.logins.person(cookie, self.now()), cookie
        raise Unauthenticated(reason="there was none")

    async def still(self, person: Person) -> bool:
        """Whether this person's token still counts, with the same name and role."""
        try:
            return await self.tokens.by_id(person.token, self.now()) == person
        except Unauthenticated:
            return False


class Entrance:
    """In front of the app. What is refused gets a problem, a WebSocket its close code; a page is sent to the login."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        try:
            await self._admit(scope)
            if scope["type"] == "http" and scope["method"] not in SAFE:
                receive = await _whole(receive, Headers(scope=scope), self.access.body_bytes)
        except RopewalkError as error:
            await _refuse(scope, receive, send, error)
            return
        await self.app(scope, receive, _with_headers(send))

    async def _admit(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        method = scope.get("method", "GET")
        self._check_host(headers)
        changes = scope["type"] == "websocket" or method not in SAFE
        if changes:
            self._check_origin(headers)
        role = needed(method, scope["path"])
        state: dict[str, Any] = scope.setdefault("state", {})
        state["access"] = self.access
        if role == "anybody":
            return
        person, cookie = await self.access.person(headers, _cookie(headers, cookie_name(scope)))
        if role is None:
            raise _nothing(method, scope["path"])
        if not person.may(role):
            raise NotAllowed(who=person.name, role=person.role, needed=role)
        if cookie and changes and scope["type"] == "http" and not scope["path"].startswith("/_nicegui"):
            await self._check_csrf(headers, cookie)
        state["person"], state["cookie"] = person, cookie

    def _check_host(self, headers: Headers) -> None:
        """Refuse a host name that is not ours: a foreign page may have pointed it at this address (DNS rebinding)."""
        host = _host(headers.get("host", ""))
        if host not in self.access.hosts:
            raise ForeignRequest(reason=f"the host {host!r} is not one of {', '.join(self.access.hosts)}")

    def _check_origin(self, headers: Headers) -> None:
        """Browsers say which page wants something changed; programs say nothing."""
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
            raise ForeignRequest(reason=f"the origin is {origin!r}")
        if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise ForeignRequest(reason="a page of another site sent it")

    async def _check_csrf(self, headers: Headers, cookie: str) -> None:
        if not hmac.compare_digest(
            headers.get(CSRF_HEADER, "").encode(), (await self.access.logins.csrf(cookie)).encode()
        ):
            raise ForeignRequest(reason=f"the header {CSRF_HEADER} does not belong to this login")


def _nothing(method: str, path: str) -> RopewalkError:
    known = methods(path)
    return (
        NoSuchMethod(method=method, path=path, methods=", ".join(known)) if known else NoSuchPlace(path=path)
    )


def _host(text: str) -> str:
    """The host without its port, in lower case."""
    if text.startswith("["):
        return text[1:].partition("]")[0].lower()
    return text.rpartition(":")[0].lower() if text.count(":") == 1 else text.lower()


def _cookie(headers: Headers, name: str) -> str:
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return cookie.value if cookie is not None else ""


def is_loopback(host: str) -> bool:
    """Whether only this host can reach it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _whole(receive: Receive, headers: Headers, limit: int) -> Receive:
    """Read the whole body before anything is done, up to the limit. Raises TooLarge, InvalidRequest."""
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise TooLarge(limit=limit)
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return _again(message, receive)
        size += len(message.get("body", b""))
        if size > limit:
            raise TooLarge(limit=limit)
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    body = b"".join(parts)
    if "json" in headers.get("content-type", "json") and is_deep(body):
        raise InvalidRequest(reason=TooDeep())
    return _again({"type": "http.request", "body": body, "more_body": False}, receive)


def _again(first: Message, receive: Receive) -> Receive:
    """A `receive` that gives this message first, then those that follow."""
    kept: list[Message] = [first]

    async def replay() -> Message:
        return kept.pop() if kept else await receive()

    return replay


async def _refuse(scope: Scope, receive: Receive, send: Send, error: RopewalkError) -> None:
    answer = problems.of(error)
    if scope["type"] == "websocket":
        await receive()
        await answer(scope, receive, send)
        return
    if answer.status_code == 401 and _is_page(scope):
        answer.status_code = 303
        answer.headers["location"] = "/login"
    await answer(scope, receive, _with_headers(send))


def _is_page(scope: Scope) -> bool:
    """A browser asks for a page, and can be shown the login."""
    accepts = Headers(scope=scope).get("accept", "")
    return scope["method"] == "GET" and "text/html" in accepts and not scope["path"].startswith("/api/")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message.get("headers", ())}
            message["headers"] = [*message.get("headers", ()), *(h for h in HEADERS if h[0] not in present)]
        await send(message)

    return sending


def person_of(scope: Mapping[str, Any]) -> Person:
    """Who came in with this request. Raises Unauthenticated where a route is open to anybody."""
    person = scope.get("state", {}).get("person")
    if not isinstance(person, Person):
        raise Unauthenticated(reason="there was none")
    return person
