"""A store of many finished runs, written as fast as the store takes them: the rules decide each run's events.

The runs are real ones of three steps, as `ropewalk run` leaves them; only nobody waited for anything.
"""

import asyncio
import time
from pathlib import Path

from ropewalk.core.commands import Advance, Create, Report
from ropewalk.core.decide import decide
from ropewalk.core.plan import Perform, plan
from ropewalk.core.state import Graph, new_state
from ropewalk.core.work import Outcome
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.store.open import open_store
from ropewalk.store.port import Append

BATCH = 500


def build(file: Path, n: int) -> None:
    """Make a store of n finished runs in `file`, unless that was done before."""
    mark = file.with_suffix(".built")
    if not mark.exists():
        asyncio.run(_build(file, n))
        mark.touch()


async def _build(file: Path, n: int) -> None:
    workflow = Workflow(name="finished", steps=tuple(Step(id=f"step-{i}", kind="noop") for i in range(3)))
    graph, store = Graph(workflow), open_store(str(file))
    first = time.time() - n
    for start in range(0, n, BATCH):
        numbers = range(start, min(n, start + BATCH))
        await store.append([_finished(f"run-{i:07}", workflow, graph, first + i) for i in numbers])


def _finished(run: str, workflow: Workflow, graph: Graph, at: float) -> Append:
    state = new_state(run, workflow, graph)
    events = decide(state, Create(workflow=workflow.name, digest="0" * 64), at)
    while not state.ended:
        events += decide(state, Advance(8), at)
        for owed in plan(state):
            if isinstance(owed, Perform):
                report = Report(owed.step, owed.round, owed.attempt, Outcome(outputs={"n": 1}))
                events += decide(state, report, at)
    return Append(run, 0, events, at)
