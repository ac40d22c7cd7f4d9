"""What an agent may do: its requests answered by policy, or by a person; options are chosen by kind, and once rather than always.

A path outside of the working folder is denied unless a rule says otherwise; links are followed before that is judged.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from ropewalk.agents.acp.settings import Answer, PermissionRule
from ropewalk.agents.port import Desk, Permission

_KINDS = {"allow": ("allow_once", "allow_always"), "deny": ("reject_once", "reject_always")}
_SHOWN_CHARS = 4_000


class Permissions:
    """`denied` are the titles of what was refused."""

    def __init__(
        self,
        desk: Desk,
        answer: Answer,
        rules: tuple[PermissionRule, ...] = (),
        redact: Callable[[Any], Any] = lambda value: value,
    ) -> None:
        self._desk = desk
        self._answer = answer
        self._rules = rules
        self._redact = redact
        self._known: dict[str, dict[str, Any]] = {}
        self.denied: list[str] = []
        self.asking = 0

    def remember(self, update: Mapping[str, Any]) -> None:
        """A tool call was told; a request for it may leave out what is known."""
        if update.get("sessionUpdate") in ("tool_call", "tool_call_update"):
            known = self._known.setdefault(str(update.get("toolCallId", "")), {})
            known |= {
                key: update[key] for key in ("title", "kind", "locations", "rawInput") if update.get(key)
            }

    async def answer(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """The result of `session/request_permission`."""
        call = params.get("toolCall") or {}
        update = {key: value for key, value in call.items() if value}
        call = {**self._known.get(str(call.get("toolCallId", "")), {}), **update}
        title, kind = str(call.get("title", "a tool")), str(call.get("kind", "other"))
        paths = _paths(call)
        decided = self.decide(title, kind, paths)
        if decided == "ask":
            decided = await self._ask(title, kind, paths, call)
        option = _option(decided, params.get("options") or ())
        if decided == "deny":
            self.denied.append(title)
            self._desk.say(f"[denied] {self._redact(title)}\n")
        if option is None:
            return {"outcome": {"outcome": "cancelled"}}
        return {"outcome": {"outcome": "selected", "optionId": option}}

    def decide(self, title: str, kind: str, paths: tuple[str, ...]) -> Answer:
        """What the policy says."""
        outside = any(not within(self._desk.folder, path) for path in paths)
        for rule in self._rules:
            if self._fits(rule, title, kind, paths, outside):
                return rule.answer
        return "deny" if outside else self._answer

    def _fits(
        self, rule: PermissionRule, title: str, kind: str, paths: tuple[str, ...], outside: bool
    ) -> bool:
        if not (fnmatch(kind, rule.kind) and fnmatch(title, rule.title)):
            return False
        if outside and not rule.outside and rule.answer != "deny":
            return False
        if not rule.paths:
            return True
        names = [self._relative(path) for path in paths]
        return bool(names) and all(any(fnmatch(name, pattern) for pattern in rule.paths) for name in names)

    def _relative(self, path: str) -> str:
        folder = self._desk.folder.resolve()
        full = (folder / path).resolve()
        return full.relative_to(folder).as_posix() if full.is_relative_to(folder) else full.as_posix()

    async def _ask(self, title: str, kind: str, paths: tuple[str, ...], call: Mapping[str, Any]) -> Answer:
        detail = {"tool": str(call.get("rawInput", ""))[:_SHOWN_CHARS], "call": _digest_of(call)}
        permission = Permission(title, kind, paths, ("approve", "reject"), detail)
        self.asking += 1
        try:
            verdict = await self._desk.ask(self._redact(permission))
        finally:
            self.asking -= 1
        return "allow" if verdict == "approve" else "deny"


def within(folder: Path, path: str) -> bool:
    """Whether a path, absolute or relative to the folder, stays in it with all links followed."""
    inside = Path(os.path.realpath(folder / path)) if "\0" not in path else None
    return inside is not None and inside.is_relative_to(folder.resolve())


def _paths(call: Mapping[str, Any]) -> tuple[str, ...]:
    paths = [str(place["path"]) for place in call.get("locations") or () if place.get("path")]
    paths += [
        str(block["path"])
        for block in call.get("content") or ()
        if isinstance(block, Mapping) and block.get("type") == "diff" and block.get("path")
    ]
    return tuple(dict.fromkeys(paths))


def _digest_of(call: Mapping[str, Any]) -> str:
    """Of all that the agent says of a call but its number: an answer that is given again is for exactly this, however long, and
    however much of it people were shown."""
    content = {name: value for name, value in call.items() if name != "toolCallId"}
    return sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def _option(answer: Answer, options: Any) -> str | None:
    by_kind = {str(option.get("kind")): str(option.get("optionId")) for option in reversed(list(options))}
    return next((by_kind[kind] for kind in _KINDS[answer] if kind in by_kind), None)
