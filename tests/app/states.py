"""Twenty runs in one project, each in another state, as people bring them there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from ropewalk.app import acting
from ropewalk.app.open import Ropewalk, open_ropewalk
from ropewalk.core import commands as c

WORKFLOWS: Final = {
    "quiet": "inputs: {who: {default: world}}\noutputs: {said: outputs.first.stdout}\nsteps:\n"
    "  - {id: first, run: echo hi}\n  - {id: second, uses: noop, needs: [first]}\n",
    "asking": "steps:\n  - {id: yes, ask: Shall it go on?}\n  - {id: after, needs: [yes], uses: noop}\n",
    "failing": "steps:\n  - {id: breaks, run: 'echo no >&2; exit 3', retry: {attempts: 1}}\n  - {id: after, needs: [breaks], uses: noop}\n",
    "writing": "steps:\n  - id: write\n    run: 'echo \"# the plan\" > plan.md'\n    creates: plan.md\n    approve: Is the plan good?\n"
    "  - {id: after, needs: [write], uses: noop}\n",
    "many": "steps:\n  - {id: each, foreach: [a, b], as: x, run: 'echo $ROPEWALK_ITEM > $ROPEWALK_ITEM.txt', creates: '*.txt'}\n",
    "calling": "steps:\n  - {id: sub, call: asking}\n",
    "knowing": "facts: {ready: boolean}\nsteps:\n  - {id: waits, when: facts.ready, uses: noop}\n",
    "secret": "inputs: {token: {secret: true}}\nsteps:\n  - {id: uses, run: 'true', secrets: {T: token}}\n",
    "clash": "steps:\n  - {id: one, run: 'echo 1 > same.txt', creates: same.txt}\n"
    "  - {id: two, run: 'echo 2 > same.txt', creates: same.txt}\n",
    "gated": "steps:\n  - {id: made, run: 'echo x > x.txt', creates: x.txt, gate: {run: 'grep -q y x.txt'}, retry: {attempts: 1}}\n",
    "blocking": "steps:\n  - {id: breaks, run: exit 3, retry: {attempts: 1}, on_failure: pause}\n",
}


def project(folder: Path) -> Path:
    for name, text in WORKFLOWS.items():
        path = folder / "workflows" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"name: {name}\n{text}")
    return folder


async def _begun(ropewalk: Ropewalk, workflow: str, **wanted: object) -> str:
    run, _ = await acting.start(ropewalk, acting.StartRequest(workflow, **wanted), "ann")  # type: ignore[arg-type]
    return run


async def _driven(ropewalk: Ropewalk, workflow: str, **wanted: object) -> str:
    run = await _begun(ropewalk, workflow, **wanted)
    await ropewalk.drive(run)
    return run


async def _answered(ropewalk: Ropewalk, workflow: str, verdict: str) -> str:
    run = await _driven(ropewalk, workflow)
    await ropewalk.answer(run, "a1", verdict, reason="because", by="ann")
    await ropewalk.drive(run)
    return run


async def _told(ropewalk: Ropewalk, workflow: str, *commands: c.Command, drive: bool = True) -> str:
    run = await _driven(ropewalk, workflow)
    for command in commands:
        await ropewalk.engine.tell(run, command, "ann")
    if drive:
        await ropewalk.drive(run)
    return run


async def _forked(ropewalk: Ropewalk) -> str:
    return await ropewalk.fork(await _driven(ropewalk, "quiet"), "second", by="ann")


async def _waiting_for_a_secret(ropewalk: Ropewalk) -> str:
    run = await _begun(ropewalk, "secret", inputs={"token": "canary-0123456789"})
    ropewalk.engine.vault.put(run, {})
    async with open_ropewalk(ropewalk.folder) as other:
        await other.drive(run)
    return run


STATES: Final[dict[str, Callable[[Ropewalk], Awaitable[str]]]] = {
    "pending": lambda r: _begun(r, "quiet"),
    "with inputs and labels": lambda r: _begun(r, "quiet", inputs={"who": "ada"}, labels={"team": "x"}),
    "completed": lambda r: _driven(r, "quiet"),
    "asked": lambda r: _driven(r, "asking"),
    "answered": lambda r: _answered(r, "asking", "approve"),
    "failed": lambda r: _driven(r, "failing"),
    "approval is awaited": lambda r: _driven(r, "writing"),
    "approved": lambda r: _answered(r, "writing", "approve"),
    "sent back": lambda r: _answered(r, "writing", "reject"),
    "items": lambda r: _driven(r, "many"),
    "a called run asks": lambda r: _driven(r, "calling"),
    "a fact is awaited": lambda r: _driven(r, "knowing"),
    "a fact was told": lambda r: _told(r, "knowing", c.SetFact("ready", True, by="ann")),
    "paused by request": lambda r: _told(r, "asking", c.Pause(reason="lunch", by="ann"), drive=False),
    "aborted": lambda r: _told(r, "asking", c.Abort(reason="no more", by="ann")),
    "skipped": lambda r: _told(r, "asking", c.SkipStep("yes", by="ann")),
    "a secret is awaited": _waiting_for_a_secret,
    "two disagree": lambda r: _driven(r, "clash"),
    "a gate says no": lambda r: _driven(r, "gated"),
    "blocked": lambda r: _driven(r, "blocking"),
    "forked": _forked,
}
"""What each is brought to by."""
