"""One table: which role each route needs. A route without a rule is open to nobody.

A rule names a whole path, never its beginning or end, but for the few trees that end in `/*`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from ropewalk.app import Role

Needed = Role | Literal["anybody"]

API: Final = "/api/v1"

RULES: Final[dict[tuple[str, str], Needed]] = {
    ("GET", "/health/live"): "anybody",
    ("GET", "/health/ready"): "anybody",
    ("GET", "/login"): "anybody",
    ("POST", "/login"): "anybody",
    ("POST", "/logout"): "anybody",
    ("GET", "/metrics"): "viewer",
    ("GET", "/docs"): "viewer",
    ("GET", "/openapi.json"): "viewer",
    ("GET", f"{API}/me"): "viewer",
    ("GET", f"{API}/workflows"): "viewer",
    ("POST", f"{API}/workflows/validate"): "viewer",
    ("GET", f"{API}/workflows/{{name}}"): "viewer",
    ("GET", f"{API}/workflows/{{name}}/plan"): "viewer",
    ("GET", f"{API}/workflows/{{name}}/graph"): "viewer",
    ("GET", f"{API}/runs"): "viewer",
    ("POST", f"{API}/runs"): "operator",
    ("GET", f"{API}/runs/{{run}}"): "viewer",
    ("GET", f"{API}/runs/{{run}}/explain"): "viewer",
    ("GET", f"{API}/runs/{{run}}/history"): "viewer",
    ("GET", f"{API}/runs/{{run}}/timeline"): "viewer",
    ("GET", f"{API}/runs/{{run}}/statistics"): "viewer",
    ("GET", f"{API}/runs/{{run}}/export"): "operator",
    ("POST", f"{API}/runs/{{run}}/pause"): "operator",
    ("POST", f"{API}/runs/{{run}}/resume"): "operator",
    ("POST", f"{API}/runs/{{run}}/abort"): "operator",
    ("POST", f"{API}/runs/{{run}}/retry"): "operator",
    ("POST", f"{API}/runs/{{run}}/exec"): "operator",
    ("POST", f"{API}/runs/{{run}}/skip"): "operator",
    ("POST", f"{API}/runs/{{run}}/fork"): "operator",
    ("POST", f"{API}/runs/{{run}}/fact"): "operator",
    ("POST", f"{API}/runs/{{run}}/secrets"): "operator",
    ("POST", f"{API}/runs/{{run}}/budget"): "approver",
    ("POST", f"{API}/runs/{{run}}/land"): "approver",
    ("POST", f"{API}/runs/{{run}}/publish"): "operator",
    ("DELETE", f"{API}/runs/{{run}}"): "admin",
    ("GET", f"{API}/runs/{{run}}/steps"): "viewer",
    ("GET", f"{API}/runs/{{run}}/steps/{{step}}"): "viewer",
    ("GET", f"{API}/runs/{{run}}/steps/{{step}}/diff"): "viewer",
    ("GET", f"{API}/runs/{{run}}/steps/{{step}}/output"): "viewer",
    ("GET", f"{API}/runs/{{run}}/outputs"): "viewer",
    ("GET", f"{API}/runs/{{run}}/artifacts"): "viewer",
    ("GET", f"{API}/runs/{{run}}/artifacts/content"): "viewer",
    ("GET", f"{API}/asks"): "viewer",
    ("POST", f"{API}/runs/{{run}}/asks/{{ask}}/answer"): "approver",
    ("GET", f"{API}/agents"): "viewer",
    ("GET", f"{API}/agents/{{agent}}/probe"): "operator",
    ("GET", f"{API}/events"): "viewer",
    ("GET", f"{API}/statistics"): "viewer",
    ("GET", f"{API}/feed"): "viewer",
    ("GET", f"{API}/feed/sse"): "viewer",
    ("GET", "/"): "viewer",
    ("GET", "/runs"): "viewer",
    ("GET", "/runs/{run}"): "viewer",
    ("GET", "/inbox"): "viewer",
    ("GET", "/agents"): "viewer",
    ("GET", "/statistics"): "viewer",
    # NiceGUI's own scripts hold no data; what a page shows goes over its socket, which needs a login.
    ("GET", "/_nicegui/*"): "anybody",
    ("GET", "/_nicegui_ws/*"): "viewer",
    ("POST", "/_nicegui_ws/*"): "viewer",
    ("POST", "/_nicegui/*"): "viewer",
    # Each tool asks for its own role (ropewalk.mcp).
    ("GET", "/mcp"): "viewer",
    ("POST", "/mcp"): "viewer",
    ("DELETE", "/mcp"): "viewer",
}
"""By method (a WebSocket is a GET, so is HEAD) and path."""


@lru_cache(maxsize=1)
def _compiled() -> dict[str, list[tuple[re.Pattern[str], Needed]]]:
    compiled: dict[str, list[tuple[re.Pattern[str], Needed]]] = {}
    for (method, path), needed in RULES.items():
        compiled.setdefault(method, []).append((_pattern(path), needed))
    return compiled


def _pattern(path: str) -> re.Pattern[str]:
    whole = "".join(
        "[^/]+" if part.startswith("{") else ".+" if part == "*" else re.escape(part)
        for part in re.split(r"(\{\w+\}|\*)", path)
    )
    return re.compile(whole)


@lru_cache(maxsize=4096)
def needed(method: str, path: str) -> Needed | None:
    """The role that a route needs; None: nobody may. A literal path wins over one with placeholders."""
    method = "GET" if method == "HEAD" else method
    if (method, path) in RULES and "{" not in path and "*" not in path:
        return RULES[method, path]
    for pattern, role in _compiled().get(method, ()):
        if pattern.fullmatch(path):
            return role
    return None


def methods(path: str) -> list[str]:
    """The methods that a path knows; empty for an unknown path."""
    return [method for method in ("GET", "POST", "DELETE") if needed(method, path) is not None]
