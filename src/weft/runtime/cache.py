"""A step that asked for it may take the result of an earlier success whose brief was the same, marked as such.

The digest covers everything that the work depends on; files that no commit keeps cannot be given back, so such a result
is not remembered.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec

from weft.core.work import Outcome, Usage
from weft.runtime.assignment import Assignment, Dispatch, Link
from weft.store.port import Store
from weft.workspace.port import Base, Spot


class Cached:
    """A dispatch that looks first."""

    def __init__(self, dispatch: Dispatch, store: Store) -> None:
        self._dispatch = dispatch
        self._store = store

    async def perform(self, assignment: Assignment, link: Link) -> Outcome:
        if not assignment.cache:
            return await self._dispatch.perform(assignment, link)
        digest = brief_digest(assignment)
        known = await self._store.recall(f"cache/{digest}")
        if known is not None:
            earlier = msgspec.convert(known["outcome"], Outcome)
            if not earlier.commit or await self._dispatch.hold(assignment, earlier.commit):
                return msgspec.structs.replace(
                    earlier, cached_from=known["from"], usage=Usage(), digest=digest
                )
        outcome = await self._dispatch.perform(assignment, link)
        if outcome.failure is None and (outcome.commit or not outcome.artifacts):
            brief = assignment.brief
            value = {
                "from": f"{brief.run}/{brief.step}/{brief.round}",
                "outcome": msgspec.to_builtins(outcome),
            }
            await self._store.remember(f"cache/{digest}", value)
        return msgspec.structs.replace(outcome, digest=digest)

    async def abandon(self, spot: Spot) -> bool:
        return await self._dispatch.abandon(spot)

    async def begin(self, assignment: Assignment, child: str) -> Base | Outcome:
        return await self._dispatch.begin(assignment, child)

    async def hold(self, assignment: Assignment, commit: str) -> bool:
        return await self._dispatch.hold(assignment, commit)

    async def end(self, run: str, base: Base) -> None:
        await self._dispatch.end(run, base)


def brief_digest(assignment: Assignment) -> str:
    """The sha256, in hex, of what an attempt is asked, with what, by whom and where it starts from."""
    brief = assignment.brief
    said = {
        "kind": brief.kind,
        "args": brief.args,
        "prompt": brief.prompt,
        "role": [brief.role_name, brief.role],
        "item": brief.item,
        "inputs": brief.inputs,
        "outputs": brief.outputs,
        "known": brief.known,
        "artifacts": [[a.path, a.digest] for a in brief.artifacts],
        "creates": brief.creates,
        "feedback": brief.feedback,
        "schema": brief.output_schema,
        "template": brief.template,
        "env": brief.env,
        "rehearse": [brief.rehearse, brief.assume],
        "base": assignment.base.commit,
        "gates": assignment.gates,
    }
    return sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()
