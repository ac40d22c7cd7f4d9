"""`ropewalk serve`: drives every run of the store and opens the doors, until a signal stops it; then it releases all runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Final

import structlog
import uvicorn
from fastapi import FastAPI

from ropewalk.app import (
    Courier,
    Listening,
    Ropewalk,
    Supervisor,
    Telemetry,
    Tokens,
    door_key,
    note_served,
    opener,
    own_paths,
    stop_signals,
    supervised,
)
from ropewalk.errors import AddressTaken, MissingExtra, TokensNeeded
from ropewalk.web.api.desk import ApiDesk
from ropewalk.web.app import create_app
from ropewalk.web.entrance import is_loopback

GRACE_SECONDS: Final = 5
ALSO: Final = ("tools over HTTP", "the page")
"""What is mounted next to the API; the page last, as it takes what nobody else took."""


async def serve(
    ropewalk: Ropewalk,
    host: str = "127.0.0.1",
    port: int = 8420,
    *,
    doors_only: bool = False,
    also: Sequence[str] = ALSO,
    opened: Callable[[Listening], None] = lambda listening: None,
) -> bool:
    """Serve until SIGTERM or Ctrl-C; True when it was Ctrl-C. `opened` is called with the address once it listens;
    `also` are doors that are mounted on the same app.

    Raises AddressTaken, TokensNeeded.
    """
    loopback = is_loopback(host)
    if not loopback and not await Tokens(ropewalk.store).any_alive(ropewalk.engine.clock.now()):
        raise TokensNeeded(host=host)
    note_served(own_paths(ropewalk.settings, ropewalk.home))
    listening = listen(host, port)
    supervisor = None if doors_only else Supervisor(ropewalk)
    app = create_app(ropewalk, hosts=_names(host), supervisor=supervisor)
    _mount(app, ropewalk, also)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        ws="websockets-sansio",
        ws_max_size=1 << 20,
        ws_ping_interval=20.0,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=1 << 16,
    )
    server = _Server(config)
    with _signals(server) as seen, contextlib.closing(listening):
        async with supervised(supervisor), background(ropewalk, app):
            url = f"http://{_shown(host)}:{listening.getsockname()[1]}"
            structlog.get_logger("ropewalk.serve").info("serving", url=url, driving=not doors_only)
            opened(await _way_in(ropewalk, app, url) if loopback else Listening(url))
            await server.serve(sockets=[listening])
    return signal.SIGINT in seen


async def _way_in(ropewalk: Ropewalk, app: FastAPI, url: str) -> Listening:
    """How to log in: with the token's file, as who merely reaches the port is not known yet."""
    text, path = await door_key(ropewalk)
    desk: ApiDesk = app.state.desk
    return Listening(url, f"{url}/login?ticket={desk.access.logins.link(text)}", str(path))


class _Server(uvicorn.Server):
    """Leaves signals to `_signals`, and closes WebSockets before the server waits for them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app: Any = self.config.app
        await app.state.desk.close()
        await super().shutdown(sockets)


@contextlib.contextmanager
def _signals(server: uvicorn.Server) -> Iterator[set[int]]:
    seen: set[int] = set()

    def on_signal(number: int) -> None:
        if seen:
            os._exit(130)
        seen.add(number)
        sys.stderr.write("\nStopping: doors are closed, runs stay as they are. (Once more kills at once.)\n")
        server.should_exit = True

    loop = asyncio.get_running_loop()
    heard = stop_signals()
    for number in heard:
        loop.add_signal_handler(number, on_signal, number)
    try:
        yield seen
    finally:
        for number in heard:
            loop.remove_signal_handler(number)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 is any. Raises AddressTaken."""
    address = f"{_shown(host)}:{port}"
    if not 0 <= port < 1 << 16:
        raise AddressTaken(address=address, reason="a port is a number up to 65535")
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, where = addresses[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise AddressTaken(address=address, reason=str(error)) from error
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(where)
        made.listen(512)
    except OSError as error:
        made.close()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise AddressTaken(address=address, reason=reason.lower()) from error
    made.setblocking(False)
    return made


def _names(host: str) -> list[str]:
    """By which names an address may be called: itself; for all addresses, the names of this machine."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - it is compared, not bound
        name = socket.gethostname()
        names = {name, socket.getfqdn()}
        with contextlib.suppress(OSError):
            names |= {str(info[4][0]) for info in socket.getaddrinfo(name, None)}
        return sorted(names)
    return [host]


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _mount(app: FastAPI, ropewalk: Ropewalk, also: Sequence[str]) -> None:
    """Doors of others on the same app, where they are installed."""
    for name in also:
        try:
            mount = opener(name)
        except MissingExtra as error:
            structlog.get_logger("ropewalk.serve").info("a door stays shut", door=name, reason=error.message)
        else:
            mount(app, ropewalk)


@contextlib.asynccontextmanager
async def background(ropewalk: Ropewalk, app: FastAPI) -> AsyncIterator[None]:
    """What works next to the doors as long as they are open: webhooks are delivered, metrics and traces exported."""
    desk: ApiDesk = app.state.desk
    desk.courier = Courier(
        ropewalk.store, ropewalk.engine.clock.now, private=ropewalk.settings.webhooks_private
    )
    desk.telemetry = Telemetry(ropewalk.store)
    working = [asyncio.create_task(desk.courier.work()), asyncio.create_task(desk.telemetry.work())]
    try:
        yield
    finally:
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        await asyncio.to_thread(desk.telemetry.close)
