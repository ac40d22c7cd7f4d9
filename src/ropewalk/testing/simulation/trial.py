"""One trial: runs in memory that are told things one after the other, each judged by the laws. What was told can be told again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from ropewalk.core import ENDED, NO_FAMILY_BUDGET, Graph, State, Usage, new_state
from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.decide import decide
from ropewalk.core.evolve import fold
from ropewalk.errors import RopewalkError
from ropewalk.testing.simulation.audit import audit
from ropewalk.testing.simulation.laws import Memory, rests, witness
from ropewalk.testing.simulation.workflows import Catalog

PLENTY = 1_000


class Crash(c.Command, frozen=True):
    """The process dies: the state is thrown away and folded from the history. No command of the core."""


class Unheard(c.Command, frozen=True):
    """What a command led to could not be appended: it is thrown away with the state. No command of the core."""

    command: c.Command


class Telling(Struct, frozen=True):
    """One thing that one run was told at a time."""

    run: str
    workflow: str
    command: c.Command
    now: float


class SimulatedRun:
    """A run of the trial: `state` moves forward, `shadow` folds each event alone."""

    def __init__(self, run: str, name: str, graph: Graph, catalog: Catalog) -> None:
        self.run = run
        self.name = name
        self.graph = graph
        self.workflow = catalog.workflows[name]
        self.state = self._fresh()
        self.shadow = self._fresh()
        self.history: list[tuple[e.Event, float]] = []
        self.memory = Memory()

    def _fresh(self) -> State:
        return new_state(self.run, self.workflow, self.graph)

    def folded(self) -> State:
        return fold(self._fresh(), self.history)


class Trial:
    """Several runs of one catalog. `tellings` is the whole story: telling it again gives the same."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.runs: dict[str, SimulatedRun] = {}
        self.tellings: list[Telling] = []
        self.used: dict[str, int] = {}
        self.payers: dict[tuple[str, str, int, int], list[str]] = {}
        self.on_their_own: set[str] = set()
        self._graphs = {name: Graph(workflow) for name, workflow in catalog.workflows.items()}

    def tell(self, telling: Telling) -> list[e.Event] | RopewalkError:
        """What the run made of it, or its refusal. Raises AssertionError when a law is broken."""
        self.tellings.append(telling)
        subject = self.runs.get(telling.run)
        if subject is None:
            graph = self._graphs[telling.workflow]
            subject = self.runs[telling.run] = SimulatedRun(
                telling.run, telling.workflow, graph, self.catalog
            )
        if isinstance(telling.command, Crash | Unheard):
            self._lose(subject, telling)
            return []
        version, spent = subject.state.version, _tokens(subject.state)
        wanted = _paid(subject.state, telling.command)
        try:
            events = decide(subject.state, telling.command, telling.now)
        except RopewalkError as refusal:
            assert subject.state.version == version, "a refusal put something on record"
            assert subject.state == subject.shadow, "a refusal changed the state"
            return refusal
        for event in events:
            witness(subject.shadow, event, telling.now, subject.memory, telling.command)
            subject.history.append((event, telling.now))
        assert subject.state == subject.shadow, "what was decided is not what its events fold to"
        self._keeps_within(subject, events)
        if any(isinstance(event, e.RunCompleted | e.RunFailed | e.RunAborted) for event in events):
            self.on_their_own.add(telling.run)
        paid = _tokens(subject.state) - spent
        assert paid == wanted, f"{paid} tokens were counted, {wanted} were told"
        if isinstance(telling.command, c.Report) and paid:
            attempt = (telling.run, telling.command.step, telling.command.round, telling.command.attempt)
            for run in self.payers[attempt]:
                self.used[run] = self.used.get(run, 0) + paid
        audit(subject.state)
        if isinstance(telling.command, c.Advance):
            _settled(subject.state, telling.command, telling.now)
        return events

    def state_of(self, run: str) -> State | None:
        """The state of a run of this trial."""
        return self.runs[run].state if run in self.runs else None

    def _keeps_within(self, subject: SimulatedRun, events: list[e.Event]) -> None:
        """An attempt starts only while all that spend of the same budget have not used it up; those of internal steps, which
        use nothing, start in any case."""
        started = [event for event in events if isinstance(event, e.StepStarted)]
        payers = list(self._payers(subject.state)) if started else []
        for event in started:
            self.payers[(subject.run, event.step, event.round, event.attempt)] = [
                other.run for other in payers
            ]
        paid = [event for event in started if not _is_internal(subject.state, event.step)]
        for state in payers if paid else ():
            most = state.workflow.limits.budget.tokens
            if most is None:
                continue
            under = [other for other in self.runs.values() if self._is_under(other.state, state.run)]
            granted = sum(other.state.granted.tokens for other in under if other.run != state.run)
            used = self.used.get(state.run, 0)
            assert used < most + state.raised.tokens + granted, f"{used} tokens of {state.run} are used"

    def _payers(self, state: State) -> Iterator[State]:
        """The run itself, and those above it as long as each waits for what it called: a called run that a person starts
        again after it ended, or its caller did, is on its own."""
        yield state
        while state.parent is not None and state.run not in self.on_their_own:
            caller = self.state_of(state.parent.run)
            key = state.parent.step
            if caller is None or key not in caller.calls or caller.steps[key].child != state.run:
                return
            yield caller
            state = caller

    def _is_under(self, state: State, top: str) -> bool:
        while state.run != top and state.parent is not None and state.parent.run in self.runs:
            state = self.runs[state.parent.run].state
        return state.run == top

    def _lose(self, subject: SimulatedRun, telling: Telling) -> None:
        if isinstance(telling.command, Unheard):
            try:
                decide(subject.state, telling.command.command, telling.now)
            except RopewalkError:
                assert subject.state == subject.shadow, "a refusal changed the state"
        subject.state = subject.folded()
        assert subject.state == subject.shadow, "the history folds to another state"


def _settled(state: State, command: c.Advance, now: float) -> None:
    """Advancing once more changes nothing."""
    slots = command.slots
    again = decide(state, c.Advance(slots if slots >= PLENTY else 0, command.around), now)
    assert not again, f"advancing again led to {again}"
    if slots >= PLENTY:
        rests(state, now, command.around.busy)


def _tokens(state: State) -> int:
    return state.spent.tokens


def _paid(state: State, command: c.Command) -> int:
    """The tokens that a report has to add: those of an attempt that is under way, or what a called run has used since."""
    usage = Usage()
    if isinstance(command, c.Report):
        st = state.steps.get(command.step)
        if (
            st is not None
            and st.key in state.running
            and (st.round, st.attempt) == (command.round, command.attempt)
        ):
            usage = command.outcome.usage
    elif isinstance(command, c.ReportChild) and command.child in state.unwanted:
        if command.status in ENDED:
            return max(command.spent.tokens - state.unwanted[command.child].spent.tokens, 0)
    elif isinstance(command, c.ReportChild) and command.status != "pending":
        st = state.steps.get(command.step)
        if (
            st is not None
            and st.key in state.calls
            and (st.round, st.child) == (command.round, command.child)
        ):
            return max(command.spent.tokens - st.child_spent.tokens, 0)
    return usage.tokens_in + usage.tokens_out


def _is_internal(state: State, step: str) -> bool:
    return state.graph.steps[state.steps[step].index].internal


def shown(telling: Telling) -> str:
    """One line of a story."""
    fields: dict[str, Any] = msgspec.structs.asdict(telling.command)
    words = ", ".join(f"{name}={value!r}" for name, value in fields.items() if value != NO_FAMILY_BUDGET)
    return f"{telling.now:8.2f} {telling.run}: {type(telling.command).__name__}({words})"
