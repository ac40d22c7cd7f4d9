"""What is true of a run after its events so far, and its workflow as a graph. Only `evolve` changes a state; everybody else reads.

One driver owns a State and moves it forward in place, so that an event costs the same in a run of ten steps and of ten
thousand. Equal histories give equal states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from msgspec import Struct, field

from ropewalk.core.events import AskAnswered, AskOpened, Outcome, SkipCause
from ropewalk.core.work import Amount, Failure, Feedback, Options, Parent, Spending, Usage, Verdict
from ropewalk.definition import (
    ErrorClass,
    FailurePolicy,
    Step,
    Workflow,
    compile_condition,
    members_of,
    needs_of,
)
from ropewalk.errors import ConditionError


class Graph:
    """Steps by written order (`index`), their `needs`, `followers` and `deciders` as indexes, phases and routes."""

    __slots__ = (
        "_bodies",
        "deciders",
        "each_when",
        "followers",
        "index",
        "main",
        "named",
        "needs",
        "phase_sizes",
        "sinks",
        "steps",
    )

    def __init__(self, workflow: Workflow, needs: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.steps: tuple[Step, ...] = workflow.steps
        self.index = {step.id: i for i, step in enumerate(workflow.steps)}
        self.named = members_of(workflow)
        by_id = needs_of(workflow) if needs is None else needs
        self.needs: list[tuple[int, ...]] = [
            tuple(i for n in by_id[s.id] if self.steps[i := self.index[n]].final == s.final)
            for s in self.steps
        ]
        followers: list[list[int]] = [[] for _ in self.steps]
        for i, mine in enumerate(self.needs):
            for need in mine:
                followers[need].append(i)
        self.followers = [tuple(f) for f in followers]
        self.sinks = tuple(
            i
            for i, step in enumerate(self.steps)
            if not step.final and not step.internal and all(self.steps[f].internal for f in self.followers[i])
        )
        self.deciders = tuple(i for i, step in enumerate(self.steps) if step.decision is not None)
        self.main = sum(not s.final for s in self.steps)
        self.each_when = [bool(s.foreach and s.when and _reads(s.when, s.foreach.name)) for s in self.steps]
        self.phase_sizes: dict[str, int] = {}
        for step in self.steps:
            if step.phase:
                self.phase_sizes[step.phase] = self.phase_sizes.get(step.phase, 0) + 1
        self._bodies: dict[tuple[int, int], tuple[int, ...]] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Graph) and (self is other or self.steps == other.steps)

    __hash__ = None  # type: ignore[assignment]

    def body(self, first: str, last: str) -> tuple[int, ...]:
        """The steps on a path from `first` to `last`, both included, in written order."""
        pair = (self.index[first], self.index[last])
        if pair not in self._bodies:
            between = self._reach(pair[0], self.followers) & self._reach(pair[1], self.needs)
            self._bodies[pair] = tuple(sorted(between | {*pair}))
        return self._bodies[pair]

    def after(self, ids: Iterable[str]) -> set[int]:
        """The given steps and everything that comes after them."""
        reached: set[int] = set()
        for step in ids:
            reached |= self._reach(self.index[step], self.followers)
        return reached

    def ancestors(self, index: int) -> set[int]:
        """The steps that a step comes after, near and far."""
        return self._reach(index, self.needs) - {index}

    def _reach(self, start: int, edges: list[tuple[int, ...]]) -> set[int]:
        seen = {start}
        todo = [start]
        while todo:
            for nxt in edges[todo.pop()]:
                if nxt not in seen:
                    seen.add(nxt)
                    todo.append(nxt)
        return seen


def _reads(expression: str, name: str) -> bool:
    """Whether a condition reads the variable `name`; one that is no condition reads nothing, and fails when it is judged."""
    try:
        return any(path[0] == name for path in compile_condition(expression).paths)
    except ConditionError:
        return False


RunStatus = Literal["pending", "running", "paused", "completed", "failed", "aborted"]
StepStatus = Literal["pending", "running", "waiting", "succeeded", "failed", "skipped", "aborted"]

ENDED: frozenset[str] = frozenset({"completed", "failed", "aborted"})
FOR_PEOPLE: frozenset[str] = frozenset({"asked", "by request", "budget", "blocked", "imported", "secret"})
"""Pauses in which only people are waited for."""
STEP_ENDED: frozenset[str] = frozenset({"succeeded", "failed", "skipped", "aborted"})


class StepState(Struct):
    """One step, or one item of a foreach (`id[key]`, `parent` set), in its present round.

    `needs_open`, `needs_ok`, `needs_failed` and `needs_off_route` count its needs: not ended, ended well, ended badly, on a route not taken.
    `attempt` numbers the tries of this round, `tries` those that eat the retry budget, `attempts` all there ever were.
    `asks` are its open ones. `decision` took another route than the one that leads here. Of a foreach: `queue` has the
    items that no place of `at_most` was free for yet, the next one last; `broken_items` failed or were stopped. An item is
    `seated` while it has such a place.
    `owner` is the driver that may begin the present attempt.
    `begun_at` is when the attempt under way began, `seconds` the working time of those before; since `asked_at` its clocks stand, as
    a person is asked for a permission, with `limit_left` of the step's own time. `allowed` are the answers, by the digest of what
    was asked, that were given while the attempt rested, and that no other has been given yet. `child_spent` and
    `child_granted` are what the called run has told to have spent and to have been allowed.
    `earlier` is what the round before left, where its work came back to be fixed, `earlier_items` the same by item. `warnings` are those of all its
    attempts, each once. `texts` are title and files of the latest attempt as filled in, by what was written.
    """

    key: str
    index: int
    needs_open: int
    status: StepStatus = "pending"
    round: int = 1
    attempt: int = 0
    tries: int = 0
    attempts: int = 0
    needs_ok: int = 0
    needs_failed: int = 0
    needs_off_route: int = 0
    queued: Literal["", "immediate", "ready"] = ""
    admitted: bool = False
    asked: bool = False
    on: str = ""
    until: float | None = None
    detail: str = ""
    cause: SkipCause | Literal[""] = ""
    result: Outcome | None = None
    failure: Failure | None = None
    failures: list[Failure] = field(default_factory=list)
    warnings: tuple[str, ...] = ()
    verdicts: list[Verdict] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    owner: str = ""
    route: str = ""
    decision: str = ""
    asks: dict[str, None] = field(default_factory=dict)
    child: str = ""
    child_status: str = ""
    started_at: float | None = None
    ended_at: float | None = None
    turns: int = 0
    reserved: Amount = Amount()
    begun_at: float | None = None
    seconds: float = 0.0
    asked_at: float | None = None
    limit_left: float | None = None
    allowed: dict[str, str] = field(default_factory=dict)
    child_spent: Spending = Spending()
    child_granted: Amount = Amount()
    place: int = 0
    item: Any = None
    parent: str = ""
    items: tuple[str, ...] = ()
    open_items: int = 0
    broken_items: int = 0
    queue: list[str] = field(default_factory=list)
    seated: bool = False
    usage: Usage = Usage()
    earlier: Outcome | None = None
    earlier_items: dict[str, Outcome] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


Alarm = tuple[float, int, int, int, str]
"""When, what kind of alarm, the place of its step or ask in written order (two numbers), and the name of step or ask."""


class Spent(Struct):
    """What the run has used so far, its sub-runs included, as `Spending` tells it; and what is reserved for attempts under
    way."""

    cost_usd: float = 0.0
    unknown: int = 0
    tokens: int = 0
    attempts: int = 0
    seconds: float = 0.0
    reported: int = 0
    dearest_usd: float = 0.0
    most_tokens: int = 0
    longest_seconds: float = 0.0
    reserved_usd: float = 0.0
    reserved_tokens: int = 0


class Unwanted(Struct, frozen=True):
    """A called run that its step did not wait for any more, and what was told of it by then."""

    step: str
    round: int
    spent: Spending = Spending()
    granted: Amount = Amount()


class Landing(Struct, frozen=True):
    """A run that had ended is to land on `target`, and this is what it was before, with what its last step came to."""

    target: str
    step: str
    status: RunStatus
    reason: str
    closing: str
    ended_at: float | None
    result: Outcome | None
    verdicts: tuple[Verdict, ...]
    squash: str = ""


class State(Struct):
    """A run. `ready` (needs a slot) and `immediate` (needs none) are heaps of (order, item, key) with stale entries allowed:
    an entry counts while its step is pending and queued. `alarms` is such a heap too (`ropewalk.core.plan`).

    `closing` is how the run will end and `why`. `failed` steps with what each does to the run; `moving` are the calls
    whose run is not paused; `unwanted` called runs that have to be stopped, by id; `wanted` facts with the open asks for
    each; `waited_seconds` were spent on waiting for people only. `raised` was allowed on top of the budget, `granted` on top of those of the runs that called this one.
    `landed` is the branch where the result is, `not_landed` why the last landing that a person wanted failed.
    """

    run: str
    workflow: Workflow
    graph: Graph
    status: RunStatus = "pending"
    version: int = 0
    created: bool = False
    digest: str = ""
    title: str = ""
    reason: str = ""
    detail: str = ""
    until: float | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    options: Options = Options()
    parent: Parent | None = None
    forked_from: str = ""
    imported: bool = False
    base: dict[str, Any] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    called: dict[str, dict[str, str]] = field(default_factory=dict)
    created_at: float = 0.0
    started_at: float | None = None
    ended_at: float | None = None
    updated_at: float = 0.0
    paused_at: float | None = None
    waited_seconds: float = 0.0
    deadline: float | None = None
    closing: str = ""
    why: str = ""
    failed_by: ErrorClass = "permanent"
    failing: bool = False
    recoveries: int = 0
    steps: dict[str, StepState] = field(default_factory=dict)
    running: dict[str, None] = field(default_factory=dict)
    calls: dict[str, None] = field(default_factory=dict)
    moving: dict[str, None] = field(default_factory=dict)
    unwanted: dict[str, Unwanted] = field(default_factory=dict)
    ready: list[tuple[int, int, str]] = field(default_factory=list)
    immediate: list[tuple[int, int, str]] = field(default_factory=list)
    timers: dict[str, float] = field(default_factory=dict)
    deadlines: dict[str, float] = field(default_factory=dict)
    alarms: list[Alarm] = field(default_factory=list)
    asks: dict[str, AskOpened] = field(default_factory=dict)
    answers: dict[str, AskAnswered] = field(default_factory=dict)
    wanted: dict[str, dict[str, None]] = field(default_factory=dict)
    ask_count: int = 0
    unfinished: int = 0
    finals_left: int = 0
    failed: dict[str, FailurePolicy] = field(default_factory=dict)
    spent: Spent = field(default_factory=Spent)
    raised: Amount = Amount()
    granted: Amount = Amount()
    phases: dict[str, int] = field(default_factory=dict)
    phases_begun: dict[str, None] = field(default_factory=dict)
    branch: str = ""
    commit: str = ""
    tree: str = ""
    landed: str = ""
    landing: Landing | None = None
    not_landed: str = ""

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def parallel(self) -> int:
        """How many attempts may hold a slot at once; one after losses in a row, so that who causes them is found."""
        if self.options.sequential or self.recoveries > 1:
            return 1
        return self.options.parallel or self.workflow.limits.parallel

    @property
    def room(self) -> int:
        """How many more attempts may start; one step at a time also means one called run at a time."""
        return self.parallel - len(self.running) - (len(self.calls) if self.options.sequential else 0)

    @property
    def winding_up(self) -> bool:
        """Whether the run fails or is aborted: nothing is tried again, and no main step starts."""
        return self.closing == "aborted" or (self.failing and not self.closing)

    @property
    def clock_stands(self) -> bool:
        """Whether the run's own time does not go on, because only people are waited for."""
        waits = self.status == "paused" and self.reason in FOR_PEOPLE
        return waits and not self.closing and not self.workflow.limits.count_waits

    @property
    def untouched(self) -> bool:
        """Whether it came from another store and nobody has said yet that it may go on here."""
        return self.status == "paused" and self.reason == "imported"

    @property
    def merge_step(self) -> StepState | None:
        """The internal last step; None where nothing is versioned."""
        return next((st for st in self.steps.values() if self.graph.steps[st.index].internal), None)

    def title_of(self, key: str) -> str:
        """What people see of a step or an item, as filled in when it last began; "" where nothing was written."""
        st = self.steps[key]
        title = self.graph.steps[st.index].title
        return st.texts.get(title, title)

    def step(self, key: str) -> Step:
        """What was written for a step key, also for an item's."""
        return self.graph.steps[self.steps[key].index]


def new_state(run: str, workflow: Workflow, graph: Graph) -> State:
    """The state before any event."""
    return State(run=run, workflow=workflow, graph=graph)
