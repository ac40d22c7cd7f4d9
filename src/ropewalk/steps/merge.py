"""The kind `merge`, a run's last step in a repository: merge what the steps left, judge exactly that commit, publish it, land it.

Landing is compare-and-swap: when the target moved meanwhile, merge onto it and judge again, so often and no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ropewalk.agents.port import Desk
from ropewalk.core import Brief, Failure, Outcome
from ropewalk.errors import PluginError
from ropewalk.steps.port import Commits, Tools
from ropewalk.workspace.port import Base, Choice, Merged, Part

LAND_TRIES = 5


class Merge:
    """Outputs `commit`, `tree`, `applied`; `branch` where it is published; `landed`, `previous`, `how` where it landed. Its
    artifacts are the files of the run as the result has them."""

    name = "merge"
    workspace = "commits"
    schema: Mapping[str, Any] = {
        "type": "object",
        "properties": {
            "land": {"type": "string", "description": "the branch that the result is to come to"},
            "follow": {"type": "boolean", "description": "fast-forward the checkout of that branch too"},
            "again": {"type": "boolean", "description": "the run had ended: merge onto the target of today"},
            "squash": {"type": "string", "description": "the message of the one commit that is to land"},
            "called": {"type": "boolean", "description": "the result goes into the run that called this one"},
        },
        "additionalProperties": False,
    }

    async def perform(self, brief: Brief, desk: Desk, tools: Tools) -> Outcome:
        commits = tools.commits
        if commits is None:
            raise PluginError(name=self.name, reason="it was handed no commits to merge")
        target, base = str(brief.args.get("land", "")), commits.base
        if brief.args.get("again"):
            # Its own result was judged when the run ended: what is judged now is how it fits the target of today.
            moved = await commits.workspace.refresh(base, target)
            base = moved if (moved.target, moved.seen) != (base.target, base.seen) else base
        message = str(brief.args.get("squash", "")) if target else ""
        for _ in range(LAND_TRIES):
            base, merged, is_there = await _joined(commits, base, target, message)
            if merged.conflicts:
                return disagreement(commits, merged, target, _moved_to(commits, base))
            outcome = await _published(brief, commits, base, merged)
            if not target or any(verdict.verdict == "FAIL" for verdict in outcome.verdicts):
                return await _with_artifacts(commits, base, outcome)
            follow = bool(brief.args.get("follow"))
            previous = (
                base.seen
                if is_there
                else await commits.workspace.land(commits.spot.run, base, merged.commit, target, follow)
            )
            if previous is not None:
                how = "squash" if message or is_there else "merge"
                landed = {"landed": target, "previous": previous, "how": how}
                outcome = msgspec.structs.replace(outcome, outputs={**outcome.outputs, **landed})
                return await _with_artifacts(commits, base, outcome)
            base = await commits.workspace.refresh(base, target)
        message = f"{target} moved {LAND_TRIES} times while the run was landing; try `ropewalk land` when it is quiet"
        return Outcome(failure=Failure(kind="transient", message=message))


async def _joined(commits: Commits, base: Base, target: str, message: str) -> tuple[Base, Merged, bool]:
    """What is to land, on which base, and whether the target holds it already: as one commit, by a landing that was cut short."""
    workspace, run = commits.workspace, commits.spot.run
    landed_before = await workspace.squashed(run, base, target) if target else None
    if landed_before is not None:
        # What was made after it, by steps that were tried again, has not landed with it.
        again = await _merged(commits, landed_before[0])
        if not again.conflicts and again.tree == landed_before[1].tree:
            return *landed_before, True
    merged = await _merged(commits, base)
    if message and not merged.conflicts:
        merged = await workspace.squash(run, base, merged, message)
    return base, merged, False


async def _published(brief: Brief, commits: Commits, base: Base, merged: Merged) -> Outcome:
    """What the merge came to, judged, kept from git's clean-up, and under the run's own branch where anything was made."""
    verdicts = tuple(await commits.judge(base, merged)) if commits.judge is not None else ()
    outputs: dict[str, Any] = {"commit": merged.commit, "tree": merged.tree, "applied": list(merged.applied)}
    await commits.workspace.hold(commits.spot, merged.commit)
    if not brief.args.get("called") and merged.commit != base.commit:
        outputs["branch"] = await commits.workspace.publish(commits.spot.run, merged.commit)
    return Outcome(outputs=outputs, commit=merged.commit, tree=merged.tree, verdicts=verdicts)


async def _with_artifacts(commits: Commits, base: Base, outcome: Outcome) -> Outcome:
    made = await commits.workspace.made(base.commit, outcome.commit)
    return msgspec.structs.replace(outcome, artifacts=made)


async def _merged(commits: Commits, base: Base) -> Merged:
    """What a person has settled counts for what was shown: where the target has moved since, what disagrees with it is asked
    anew, and only what disagreed between steps stays settled."""
    how = commits.resolution
    if not how:
        return await commits.workspace.merge(commits.spot.run, base, commits.parts, commits.policies)
    moved, onto = _moved_to(commits, base), how.get("onto", "")
    between = {**how, "onto": "", "value": how.get("steps")} if onto else how
    if moved and (not onto or how.get("steps")):
        settled = await resolve(msgspec.structs.replace(commits, resolution=between), commits.base)
        if settled.conflicts:
            return settled
        part = Part(commits.spot.step, settled.commit, commits.policies)
        commits = msgspec.structs.replace(commits, parts=(*commits.parts, part))
    if onto == moved:
        return await resolve(commits, base)
    return await commits.workspace.merge(commits.spot.run, base, commits.parts, commits.policies)


def _moved_to(commits: Commits, base: Base) -> str:
    """Where the target stands, if that is not where the run began from."""
    return base.seen if base != commits.base else ""


async def resolve(commits: Commits, base: Base) -> Merged:
    """Merge with what people have settled of the disputed paths."""
    how, workspace, run = commits.resolution, commits.workspace, commits.spot.run
    value, verdict = how.get("value"), how.get("how", "resolved")
    if verdict != "resolved":  # A log of before, when one policy was for all.
        first = await workspace.merge(run, base, commits.parts, commits.policies)
        value = {str(c["path"]): {"take": verdict} for c in first.conflicts if c.get("path")}
    choices = {path: _choice(how_settled) for path, how_settled in (value or {}).items()}
    by = str(how.get("by", ""))
    return await workspace.resolve(commits.spot, base, commits.parts, commits.policies, choices, by)


def _choice(how_settled: Any) -> Choice:
    """What is to become of a path, as it stands on record (`core.conflict`)."""
    if not isinstance(how_settled, dict) or not how_settled.keys() & {"hunks", "shown"}:
        return _whole(how_settled)
    hunks = {
        name: how if isinstance(how, str) else how["text"].encode()
        for name, how in how_settled.get("hunks", {}).items()
    }
    return {**hunks, **{name: _whole(how) for name, how in how_settled.get("shown", {}).items()}}


def _whole(how_settled: Any) -> bytes | str | None:
    if isinstance(how_settled, dict):
        return str(how_settled.get("take", "ours"))
    return how_settled.encode() if isinstance(how_settled, str) else None


def disagreement(commits: Commits, merged: Merged, target: str = "", onto: str = "") -> Outcome:
    """The commits that were to be joined disagree, with each other or with what came to a target meanwhile."""
    paths = sorted({str(c.get("path", "")) for c in merged.conflicts})
    disputed = {step for conflict in merged.conflicts for step in conflict.get("steps", ())}
    joined = list(dict.fromkeys(part.step for part in commits.parts))
    steps = ", ".join([step for step in joined if step in disputed] or joined)
    together = f"fit what came to {target} meanwhile" if onto else "fit together"
    message = f"what {steps} left does not {together}, in {', '.join(paths[:5])}"
    report = {"conflicts": [dict(c) for c in merged.conflicts], "steps": [p.step for p in commits.parts]}
    if onto:
        report["onto"] = onto
    if any(c.get("policy") == "fail" for c in merged.conflicts):
        report["ask"] = False
    failure = Failure(kind="conflict", message=message, report=report)
    return Outcome(failure=failure, conflicts=merged.conflicts)
