"""What a browser may load for a page: only what comes from here, whatever an artifact says.

NiceGUI compiles its templates in the browser and so needs inline scripts; artifacts are therefore made harmless before
they are sent (`ropewalk.web.page.document`), and this is the second wall.
"""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-src 'self'; frame-ancestors 'none'"
)


class Policy:
    """Puts the policy on everything that the app below it sends."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", ()),
                    (b"content-security-policy", CONTENT.encode()),
                ]
            await send(message)

        await self.app(scope, receive, sending)
