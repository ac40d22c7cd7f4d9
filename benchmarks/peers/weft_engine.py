"""weft's engine as the workloads use it: opened on a store of their own, told to start runs and to drive them.

The only file of the bench that knows weft's Python API.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from weft.agents.port import Desk
from weft.core.work import Brief, Outcome
from weft.definition.stored import decode, encode
from weft.definition.workflow import Step, Workflow
from weft.runtime.attempt import Attempts
from weft.runtime.clock import SystemClock
from weft.runtime.engine import Engine
from weft.steps.port import Tools
from weft.steps.registry import Gates, Kinds
from weft.store.open import open_store


@asynccontextmanager
async def opened(
    work: Path, performed: Callable[[str], None] | None = None, places: int = 64
) -> AsyncIterator[Engine]:
    """An engine on the SQLite store of the work folder; steps of kind `moment` call `performed` with their id.

    `places` is how many attempts may be under way in all runs together.
    """
    clock, kinds = SystemClock(), Kinds()
    moment = _Moment(performed) if performed else None
    attempts = Attempts(
        lambda name: moment if moment and name == "moment" else kinds.kind(name),
        Gates().gate,
        Tools(agents={}),
        _no_workspace,
        work / "spool",
        clock,
    )
    engine = Engine(
        open_store(str(work / "weft.sqlite")), attempts, _no_definitions, decode=decode, clock=clock
    )
    try:
        yield engine
    finally:
        await engine.close()


async def perform(engine: Engine, workflow: Workflow) -> str:
    """Start a run and drive it to its end; gives its id."""
    definition = encode(workflow)
    run = await engine.create(workflow, sha256(definition).hexdigest(), definition)
    state = await engine.drive(run, fresh=True)
    if state.status != "completed":
        raise SystemExit(f"the run {state.status}: {state.reason} {state.detail}")
    return run


async def bytes_of(engine: Engine, run: str) -> int:
    """What the store keeps of a run: every text and blob of its records, the hash as the 32 bytes that it is."""
    records = await engine.store.read(run)
    texts = (len(r.run) + len(r.kind) + len(r.actor) + len(r.cause) for r in records)
    return sum(texts) + sum(len(r.body) + 32 for r in records)


def in_a_row(n: int) -> Workflow:
    """A chain of n steps that do nothing."""
    return Workflow(name=f"chain-{n}", steps=tuple(_noop(i, (f"s{i - 1}",) if i else ()) for i in range(n)))


def side_by_side(n: int) -> Workflow:
    """n independent steps that do nothing, 8 at a time (the default)."""
    return Workflow(name=f"fan-{n}", steps=tuple(_noop(i, ()) for i in range(n)))


def moments(count: int) -> Workflow:
    """A chain of `count` steps, each of which calls the function that `opened` was given."""
    steps = (
        Step(f"m{i}", "moment", needs=(f"m{i - 1}",) if i else (), workspace="none") for i in range(count)
    )
    return Workflow(name="moments", steps=tuple(steps))


class _Moment:
    """A kind as plain as `noop` that says when it is performed, and of which step."""

    name = "moment"
    workspace = "none"
    schema: Mapping[str, Any] = {"type": "object"}

    def __init__(self, performed: Callable[[str], None]) -> None:
        self.performed = performed

    async def perform(self, brief: Brief, desk: Desk, tools: Tools) -> Outcome:
        self.performed(brief.step)
        return Outcome(outputs={"n": 1})


def _noop(i: int, needs: tuple[str, ...]) -> Step:
    return Step(id=f"s{i}", kind="noop", args={"outputs": {"n": i}}, needs=needs, workspace="none")


def _no_workspace(run: str) -> Any:
    raise SystemExit(f"run {run} asked for a folder; nothing here writes")


def _no_definitions(name: str) -> Any:
    raise SystemExit(f"a step called the workflow {name}; nothing here does")
