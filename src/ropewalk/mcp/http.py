"""The same tools at `/mcp`, on the app of the other doors: who calls is who came in there."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from mcp.server.mcpserver import Context
from mcp.server.transport_security import TransportSecuritySettings

from ropewalk.app import Person, Ropewalk
from ropewalk.errors import Unauthenticated
from ropewalk.mcp.tools import tool_server


def mount(app: FastAPI, ropewalk: Ropewalk) -> None:
    """Put the tools on the app. Its entrance has checked host, origin and token before anything comes here."""
    server = tool_server(ropewalk, caller)
    inner = server.streamable_http_app(
        streamable_http_path="/mcp",
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    app.router.routes.extend(inner.routes)
    app.state.lifespans.append(server.session_manager.run)


def caller(context: Context[Any, Any]) -> Person:
    """Who came in with the request of a call. Raises Unauthenticated."""
    request = context.request_context.request
    person = getattr(getattr(request, "state", None), "person", None)
    if not isinstance(person, Person):
        raise Unauthenticated(reason="there was none")
    return person
