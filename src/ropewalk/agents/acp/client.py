"""ropewalk's side of the protocol: what an agent may ask of us, each request answered by the part that keeps its rule."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from acp.exceptions import RequestError

from ropewalk.agents.acp.files import AgentFiles
from ropewalk.agents.acp.permissions import Permissions
from ropewalk.agents.acp.terminals import Terminals
from ropewalk.agents.acp.updates import Updates
from ropewalk.agents.acp.usage import UsageMeter
from ropewalk.agents.acp.wire import mapping

_PERMISSION = "session/request_permission"
_MISSHAPEN = (AttributeError, KeyError, OverflowError, TypeError, ValueError)
"""What comes of a request that is not allowed, or whose parts are missing or of another shape."""

Answering = Callable[[Mapping[str, Any]], Awaitable[dict[str, Any]]]


def capabilities(offers: Collection[str]) -> dict[str, Any]:
    """What ropewalk says that it can do."""
    files = "files" in offers
    return {"fs": {"readTextFile": files, "writeTextFile": files}, "terminal": "terminals" in offers}


class Client:
    """A handler for the protocol's connection. What it does not know is refused politely, and never ends the work."""

    def __init__(
        self,
        updates: Updates,
        meter: UsageMeter,
        permissions: Permissions,
        files: AgentFiles,
        terminals: Terminals,
    ) -> None:
        self._updates = updates
        self._meter = meter
        self._permissions = permissions
        self._terminals = terminals
        self._files = files
        self._answers: dict[str, Answering] = {
            _PERMISSION: permissions.answer,
            "fs/read_text_file": files.read,
            "fs/write_text_file": self._write,
            "terminal/create": self._run,
            "terminal/output": terminals.output,
            "terminal/wait_for_exit": terminals.wait,
            "terminal/kill": terminals.kill,
            "terminal/release": terminals.release,
        }

    async def __call__(self, method: str, params: Any, is_notification: bool) -> dict[str, Any] | None:
        params = params if isinstance(params, Mapping) else {}
        if method == "session/update":
            self._update(mapping(params.get("update")))
            return None
        if method not in self._answers:
            self._updates.unknown[method] += 1
            if is_notification:
                return None
            raise RequestError.method_not_found(method)
        try:
            return await self._answers[method](params)
        except _MISSHAPEN as fault:
            raise RequestError(-32602, f"ropewalk refuses {method}: {fault}") from fault
        except FileNotFoundError as fault:
            raise RequestError.resource_not_found(str(params.get("path", fault))) from fault
        except OSError as fault:
            raise RequestError(-32603, f"ropewalk cannot do {method}: {fault}") from fault

    def _update(self, update: Mapping[str, Any]) -> None:
        self._permissions.remember(update)
        self._meter.hear(update, history=self._updates.muted)
        self._updates.take(update)

    async def _write(self, params: Mapping[str, Any]) -> dict[str, Any]:
        self._allowed(f"Write {params.get('path', '')}", "edit", (str(params.get("path", "")),))
        return await self._files.write(params)

    async def _run(self, params: Mapping[str, Any]) -> dict[str, Any]:
        argv = " ".join([str(params.get("command", "")), *map(str, params.get("args") or ())])
        self._allowed(argv, "execute", ())
        return await self._terminals.create(params)

    def _allowed(self, title: str, kind: str, paths: tuple[str, ...]) -> None:
        """Agents ask for permission before; what the policy denies outright is not done for one that did not."""
        if self._permissions.decide(title, kind, paths) == "deny":
            self._permissions.denied.append(title)
            raise ValueError(f"the policy denies {kind}")
