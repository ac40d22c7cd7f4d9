"""A step that asked for it may take the result of an earlier success whose brief was the same, marked as such.

The digest covers everything that the work depends on, above all the tree that it starts from. Files that no commit keeps
can neither be compared nor given back, so such a result is not remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

import msgspec

from ropewalk.core import Brief, Outcome, Usage
from ropewalk.runtime.assignment import Assignment, Dispatch, Link
from ropewalk.store.port import Store
from ropewalk.workspace.port import AttemptId, Base


class CachedDispatch:
    """A dispatch that looks first."""

    def __init__(self, dispatch: Dispatch, store: Store) -> None:
        self._dispatch = dispatch
        self._store = store

    async def perform(self, assignment: Assignment, link: Link) -> Outcome:
        if not assignment.cache:
            return await self._dispatch.perform(assignment, link)
        tree = await self._dispatch.starts_from(assignment)
        if tree is None:
            return await self._dispatch.perform(assignment, link)
        digest = brief_digest(assignment, tree)
        known = await self._store.recall(f"cache/{digest}")
        if known is not None:
            earlier = msgspec.convert(known["outcome"], Outcome)
            if not earlier.commit or await self._dispatch.hold(assignment, earlier.commit):
                free = tuple(msgspec.structs.replace(verdict, usage=None) for verdict in earlier.verdicts)
                return msgspec.structs.replace(
                    earlier, cached_from=known["from"], usage=Usage(), verdicts=free, digest=digest
                )
        outcome = await self._dispatch.perform(assignment, link)
        if _succeeded(outcome) and (outcome.commit or not outcome.artifacts):
            brief = assignment.brief
            value = {
                "from": f"{brief.run}/{brief.step}/{brief.round}",
                "outcome": msgspec.to_builtins(outcome),
            }
            await self._store.remember(f"cache/{digest}", value)
        return msgspec.structs.replace(outcome, digest=digest)

    async def abandon(self, spot: AttemptId) -> bool:
        return await self._dispatch.abandon(spot)

    async def begin(self, assignment: Assignment, child: str) -> Base | Outcome:
        return await self._dispatch.begin(assignment, child)

    async def hold(self, assignment: Assignment, commit: str) -> bool:
        return await self._dispatch.hold(assignment, commit)

    async def starts_from(self, assignment: Assignment) -> str | None:
        return await self._dispatch.starts_from(assignment)

    async def end(self, run: str, base: Base) -> None:
        await self._dispatch.end(run, base)


def _succeeded(outcome: Outcome) -> bool:
    """Nothing went wrong, and no gate failed: what judges may be another agent, and say otherwise the next time."""
    return outcome.failure is None and all(verdict.verdict != "FAIL" for verdict in outcome.verdicts)


def brief_digest(assignment: Assignment, tree: str) -> str:
    """The sha256, in hex, of what an attempt is asked, with what, by whom, and of the tree of files that it starts from.

    All of the brief counts but what only names the attempt or limits it; of the outputs of other steps those that it reads.
    """
    brief = assignment.brief
    asked = {name: getattr(brief, name) for name in brief.__struct_fields__ if name not in _NOT_ASKED}
    asked |= {
        "outputs": _read_outputs(brief, [gate.args for gate in assignment.gates]),
        "artifacts": [[a.path, a.digest] for a in brief.artifacts],
        "run": {name: brief.run_fields.get(name) for name in _OF_THE_RUN},
        "base": assignment.base.commit,
        "judged": assignment.base.judged,
        "tree": tree,
        "mode": assignment.mode,
        "gates": assignment.gates,
        "work": assignment.work,
    }
    return sha256(msgspec.json.encode(asked, order="deterministic")).hexdigest()


_NAMES_THE_ATTEMPT: Final = ("run", "step", "round", "attempt", "key", "resume")
_LIMITS: Final = ("timeout", "output_bytes", "budget_usd", "budget_tokens")
_NOT_ASKED: Final = frozenset(
    (*_NAMES_THE_ATTEMPT, *_LIMITS, "secrets", "outputs", "artifacts", "base", "run_fields")
)
_OF_THE_RUN: Final = ("title", "outcome", "error")
"""What templates, variables and functions may read of the run; the rest of its fields names the attempt."""
_RENDERED: Final = ("run", "role", "decide", "noop")
"""Kinds that see outputs of other steps only where a template of theirs names them."""
_OUTPUT: Final = re.compile(r"""\boutputs\b(?:\.(\w+)|\[\s*(['"])([^'"]*)\2\s*\])?""")


def _read_outputs(brief: Brief, gates: list[Any]) -> dict[str, Any]:
    """The outputs of other steps that the step may read: all of them where that cannot be told."""
    if brief.kind not in _RENDERED:
        return brief.outputs
    fields = {
        name: value
        for name, value in msgspec.to_builtins(brief).items()
        if name not in ("outputs", "run_fields")
    }
    matches = [match for text in _texts([fields, gates]) for match in _OUTPUT.finditer(text)]
    names = {match[1] or match[3] for match in matches}
    if None in names:
        return brief.outputs
    return {name: value for name, value in brief.outputs.items() if name in names}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
