"""What every route works with: the project, the states that were looked at, the fan-out of the feed, and who may come in."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from starlette.requests import HTTPConnection
from starlette.responses import Response

from ropewalk.app import Courier, Folded, Ropewalk, Supervisor, Telemetry
from ropewalk.web.entrance import Access
from ropewalk.web.fanout import Fanout

SLOW_SECONDS = 10.0
BEAT_SECONDS = 15.0


class ApiDesk:
    """Made with its app. `slow_seconds`: how long a listener may take for one message; `dropped` counts those."""

    def __init__(self, ropewalk: Ropewalk, access: Access, supervisor: Supervisor | None = None) -> None:
        self.ropewalk = ropewalk
        self.access = access
        self.supervisor = supervisor
        self.folded = Folded(ropewalk)
        self.fanout = Fanout(ropewalk.store)
        self.sockets: set[asyncio.Task[Any]] = set()
        self.slow_seconds = SLOW_SECONDS
        self.beat_seconds = BEAT_SECONDS
        self.dropped = 0
        self.closing = False
        self.telemetry: Telemetry | None = None
        self.courier: Courier | None = None

    def gauges(self) -> dict[str, int]:
        """What the doors are busy with, for the metrics."""
        gauges = {"listeners": self.fanout.listeners, "listeners_dropped": self.dropped}
        if self.supervisor is not None:
            gauges |= {"runs_driven": len(self.supervisor.driven), "driving_errors": self.supervisor.errors}
        if self.courier is not None:
            gauges |= {
                "webhooks_delivered": self.courier.delivered,
                "webhooks_failed": self.courier.failed,
                "webhooks_given_up": self.courier.given_up,
            }
        return gauges

    async def close(self) -> None:
        """Disconnect every listener, then stop reading the feed."""
        self.closing = True
        for task in list(self.sockets):
            task.cancel()
        await asyncio.gather(*self.sockets, return_exceptions=True)
        await self.fanout.close()


def desk_of(connection: HTTPConnection) -> ApiDesk:
    """The desk of the app that is asked."""
    desk: ApiDesk = connection.app.state.desk
    return desk


def give(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """JSON, written at once: what is shown is plain data already."""
    return Response(msgspec.json.encode(value, enc_hook=str), status, headers, "application/json")
