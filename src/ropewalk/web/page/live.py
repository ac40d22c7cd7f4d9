"""A part of a page that is HTML of ours: it sends to the browser only the pieces that differ from what was sent before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct
from nicegui import ui

from ropewalk.web.page.markup import Parts, Piece, whole


class PageAct(Struct, frozen=True):
    """What was done in the browser: the element's `data-do`, its other `data-*` attributes, the fields of the form."""

    do: str
    data: dict[str, str] = {}
    form: dict[str, Any] = {}


class LivePage(ui.element, component="assets/live.js"):
    """Shows parts; `acted` is called with what is done in them."""

    def __init__(self, acted: Callable[[PageAct], Awaitable[None]] | None = None) -> None:
        super().__init__()
        self._skeleton: list[str] = []
        self._pieces: dict[str, str] = {}
        self._props["html"] = ""
        self._props["turn"] = 0
        if acted is not None:
            heard = acted

            async def hear(event: Any) -> None:
                await heard(_act(event.args))

            self.on("act", hear)

    def show(self, *parts: Any) -> None:
        """Make the browser show this."""
        shown: Parts = parts
        skeleton = [f"#{part.id}" if isinstance(part, Piece) else str(part) for part in shown]
        pieces = {part.id: str(part.html) for part in shown if isinstance(part, Piece)}
        changed = {name: html for name, html in pieces.items() if self._pieces.get(name) != html}
        if skeleton == self._skeleton and not changed:
            return
        with self._props.suspend_updates():  # else nicegui sends all of it again with each change
            self._props["html"] = str(whole(shown))
            self._props["turn"] += 1
        if skeleton == self._skeleton and self._is_shown:
            # Of what is sent together the browser gets whole parts first: by its turn it knows a patch that is older.
            self.run_method("patch", changed, self._props["turn"])
        else:
            self.update()
        self._skeleton, self._pieces = skeleton, pieces

    @property
    def _is_shown(self) -> bool:
        return bool(self.client.has_socket_connection)


def _act(message: Any) -> PageAct:
    """A message of a browser may have any shape: only texts and booleans are taken from it."""
    if not isinstance(message, dict):
        return PageAct("")
    data, form = message.get("data"), message.get("form")
    return PageAct(
        str(message.get("do", "")),
        {str(k): str(v) for k, v in data.items()} if isinstance(data, dict) else {},
        {str(k): v for k, v in form.items() if isinstance(v, str | bool)} if isinstance(form, dict) else {},
    )
