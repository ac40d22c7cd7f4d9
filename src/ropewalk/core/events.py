"""Every fact that can stand in a run's history. An event is past tense, frozen, and tagged `noun.past_verb`.

`step` is a step's id, or `id[key]` for one item of a foreach. Times (`at`) are unix seconds and come with the record,
not in the event, except where the event promises one (`until`, `expires_at`).
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from ropewalk.core import work
from ropewalk.core.work import Amount, Artifact, Failure, Options, Parent, Spending, Usage, Verdict
from ropewalk.definition import ErrorClass, FailurePolicy


class Event(Struct, frozen=True, omit_defaults=True, tag_field="kind", gc=False):
    """A fact."""


class RunCreated(Event, frozen=True, tag="run.created"):
    """`digest` names the definition, `called` those that it calls (by file and name): the store keeps them. `title` is filled in."""

    workflow: str
    digest: str
    inputs: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    options: Options = Options()
    parent: Parent | None = None
    forked_from: str = ""
    base: dict[str, Any] = {}
    labels: dict[str, str] = {}
    title: str = ""
    called: dict[str, dict[str, str]] = {}


class RunStarted(Event, frozen=True, tag="run.started"):
    pass


AskKind = work.AskKind
Outcome = work.Outcome
PauseReason = Literal["asked", "by request", "quota", "budget", "blocked", "imported", "secret"]


class RunPaused(Event, frozen=True, tag="run.paused"):
    reason: PauseReason
    until: float | None = None
    detail: str = ""


class RunResumed(Event, frozen=True, tag="run.resumed"):
    detail: str = ""


class RunClosing(Event, frozen=True, tag="run.closing"):
    """The main steps are over, the `finally` steps begin; `status` is how the run will end, `failed_by` the class of its failure."""

    status: Literal["completed", "failed", "aborted"]
    reason: str = ""
    failed_by: ErrorClass = "permanent"


class RunCompleted(Event, frozen=True, tag="run.completed"):
    outputs: dict[str, Any] = {}
    reason: str = ""


class RunFailed(Event, frozen=True, tag="run.failed"):
    """`failed_by` is the class of what failed the run as a whole; failed steps tell theirs."""

    reason: str = ""
    failed_by: ErrorClass = "permanent"


class RunAborted(Event, frozen=True, tag="run.aborted"):
    reason: str = ""


class RunRecovered(Event, frozen=True, tag="run.recovered"):
    """A driver took over; `lost` attempts were under way and are not any more. Of those `at_work` were at their work itself, not
    being prepared or put away: only they may have ended the driver."""

    lost: tuple[str, ...] = ()
    at_work: tuple[str, ...] = ()


class RunStalled(Event, frozen=True, tag="run.stalled"):
    detail: str = ""


class RunImported(Event, frozen=True, tag="run.imported"):
    """The history before it came from another store, at the word of `by`. Nothing of it is done here before somebody
    resumes it, and what it calls its folder is `root` from now on: no path that it brought along is followed."""

    root: str = ""
    by: str = ""


class RunReopened(Event, frozen=True, tag="run.reopened"):
    """An ended run goes on because a step is tried again; what its end left out is open, final steps are so once more."""


class PhaseStarted(Event, frozen=True, tag="phase.started"):
    phase: str


class PhaseCompleted(Event, frozen=True, tag="phase.completed"):
    phase: str


class FactSet(Event, frozen=True, tag="fact.set"):
    name: str
    value: Any
    by: str = ""


class StepEvent(Event, frozen=True):
    step: str
    round: int = 1


class StepAdmitted(StepEvent, frozen=True, tag="step.admitted"):
    """The step's `when` held; the values that it read are kept."""

    expression: str = ""
    values: dict[str, Any] = {}


SkipCause = Literal["when", "route", "need", "operator", "end"]


class StepSkipped(StepEvent, frozen=True, tag="step.skipped"):
    """`cause`: when (condition false), route (not taken), need (a need failed), operator (a person), end (the run ended).

    A step skipped by `when` or by a person lets its successors go on; the others take theirs along. `decision` is the
    step that took another route, or one that ends the run."""

    cause: SkipCause = "when"
    reason: str = ""
    values: dict[str, Any] = {}
    decision: str = ""


class StepExpanded(StepEvent, frozen=True, tag="step.expanded"):
    """A foreach knows its items: keys and values in input order."""

    keys: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()


class StepStarted(StepEvent, frozen=True, tag="step.started"):
    """An attempt may begin; written before it does. `child` is the run that a `call` starts, `texts` are title and files as
    filled in, by what was written.

    `owner` is the driver that put this on record, and the only one that may begin the attempt ("": nobody may). With `*` it
    was somebody who drives nothing; then the driver may that first notes so (`driver`).
    """

    attempt: int = 1
    child: str = ""
    reserved_usd: float = 0.0
    reserved_tokens: int = 0
    reserved_seconds: float = 0.0
    owner: str = ""
    texts: dict[str, str] = {}


class AttemptNoted(StepEvent, frozen=True, tag="attempt.noted"):
    """Something that must survive a crash of this attempt, such as an agent's session id."""

    attempt: int = 1
    note: dict[str, Any] = {}


class AttemptFailed(StepEvent, frozen=True, tag="attempt.failed"):
    """`retry_at` None: it does not come back by itself. `warnings`: what people should know of the files that it left."""

    attempt: int = 1
    failure: Failure = Failure(kind="permanent", message="")
    retry_at: float | None = None
    usage: Usage = Usage()
    agent: str = ""
    commit: str = ""
    warnings: tuple[str, ...] = ()


class StepDue(StepEvent, frozen=True, tag="step.due"):
    """The time that a step waited for has come."""


class StepWaiting(StepEvent, frozen=True, tag="step.waiting"):
    """The step holds no slot; `on` says what for: `time` before another try, `timer` as written, `answer` in the middle of one."""

    on: Literal["time", "answer", "quota", "worker", "agent", "host", "timer"] = "time"
    until: float | None = None
    detail: str = ""


class ChildMoved(StepEvent, frozen=True, tag="child.moved"):
    """The run that a `call` started paused or goes on."""

    status: Literal["paused", "running"] = "running"
    detail: str = ""


class ChildSpent(StepEvent, frozen=True, tag="child.spent"):
    """The run that a `call` started has spent so much since it was last told, itself or by what it called."""

    spent: Spending = Spending()


class ChildStopped(StepEvent, frozen=True, tag="child.stopped"):
    """The run `child`, which this step had called and did not wait for, has ended; what it spent and was granted on top of its
    callers' budgets since it was last told."""

    child: str = ""
    spent: Spending = Spending()
    granted: Amount = Amount()


class StepProduced(StepEvent, frozen=True, tag="step.produced"):
    """The work is done and gated, and waits for approval; carries what success will carry."""

    attempt: int = 1
    result: Outcome = Outcome()


class StepSucceeded(StepEvent, frozen=True, tag="step.succeeded"):
    attempt: int = 1
    result: Outcome = Outcome()


class StepFailed(StepEvent, frozen=True, tag="step.failed"):
    """No attempt is left, or none would help; `policy` says what that does to the run."""

    attempt: int = 0
    failure: Failure = Failure(kind="permanent", message="")
    policy: FailurePolicy = "fail"


class StepAborted(StepEvent, frozen=True, tag="step.aborted"):
    reason: str = ""


class StepRetried(StepEvent, frozen=True, tag="step.retried"):
    """A step is tried again with a fresh budget of attempts: a person asked for it, or it had been left out because of a
    step that is open again."""

    reason: str = ""


class GateJudged(StepEvent, frozen=True, tag="gate.judged"):
    attempt: int = 1
    verdict: Verdict = Verdict(gate="", verdict="PASS")


class RoundOpened(Event, frozen=True, tag="round.opened"):
    """`steps` begin a new round because `step` sent the work back to `to`."""

    step: str
    to: str
    steps: tuple[str, ...]
    turn: int
    reason: str = ""
    findings: tuple[str, ...] = ()
    source: str = ""


class DecisionMade(StepEvent, frozen=True, tag="decision.made"):
    route: str = ""
    by: str = ""


class AskOpened(StepEvent, frozen=True, tag="ask.opened"):
    """A person is asked. `digest` binds the answer to what was shown; `expires_at` with `default` answers by itself."""

    ask: str = ""
    about: AskKind = "question"
    prompt: str = ""
    choices: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    form: dict[str, Any] = {}
    show: tuple[Artifact, ...] = ()
    digest: str = ""
    expires_at: float | None = None
    default: str = ""
    fact: str = ""
    attempt: int = 0
    detail: dict[str, Any] = {}


class AskAnswered(StepEvent, frozen=True, tag="ask.answered"):
    """`verdict` is approve, reject, amend or one of the choices; `by` is who the login says it was."""

    ask: str = ""
    verdict: str = "approve"
    by: str = ""
    reason: str = ""
    value: Any = None
    artifacts: tuple[Artifact, ...] = ()
    commit: str = ""
    expired: bool = False


class AskWithdrawn(StepEvent, frozen=True, tag="ask.withdrawn"):
    ask: str = ""
    reason: str = ""


class BudgetRaised(Event, frozen=True, tag="budget.raised"):
    """So much more is allowed. `caller`: also to the runs that called this one; `step`: allowed to the run that this step called."""

    cost_usd: float | None = None
    tokens: int | None = None
    attempts: int | None = None
    seconds: float | None = None
    caller: bool = False
    step: str = ""


class ConflictFound(StepEvent, frozen=True, tag="conflict.found"):
    """Commits that were to be merged disagree; the report names steps, paths and hunks."""

    attempt: int = 0
    report: dict[str, Any] = {}


class SettledPlace(Struct, frozen=True, omit_defaults=True):
    """What becomes of a path in dispute, or of one of its hunks, from 1. `take` is a side, else `text` stands there, else nothing."""

    path: str
    hunk: int = 0
    take: str = ""
    text: str | None = None
    by: str = ""


class ConflictSettled(StepEvent, frozen=True, tag="conflict.settled"):
    """An answer settled a part of a conflict; the ask stays open for what is left."""

    ask: str = ""
    by: str = ""
    reason: str = ""
    settled: tuple[SettledPlace, ...] = ()


class RunMerged(Event, frozen=True, tag="run.merged"):
    """The run's branch stands at this commit."""

    branch: str
    commit: str
    tree: str


class LandingBegun(Event, frozen=True, tag="landing.begun"):
    """A person wants the result of a run that has ended on a branch: its last step is done once more, in a new round. `squash`: the
    message of one commit that is to come there; "": as the workflow says."""

    target: str
    by: str = ""
    squash: str = ""


class LandingFailed(Event, frozen=True, tag="landing.failed"):
    """The result does not go to that branch; the run is again what it was before."""

    target: str
    reason: str = ""


class RunLanded(Event, frozen=True, tag="run.landed"):
    """The target moved to the run's commit by compare-and-swap. A run that had ended before is ended again by that."""

    target: str
    commit: str
    previous: str = ""
    how: str = ""


class NotePublished(Event, frozen=True, tag="custom.published"):
    """A step's or a program's own event; `name` is theirs."""

    name: str
    data: dict[str, Any] = {}
    step: str = ""


# fmt: off
AnyEvent = (
    RunCreated | RunStarted | RunPaused | RunResumed | RunClosing | RunCompleted | RunFailed | RunAborted
    | RunRecovered | RunStalled | RunImported | RunReopened | PhaseStarted | PhaseCompleted | FactSet
    | StepAdmitted | StepSkipped | StepExpanded | StepStarted | AttemptNoted | AttemptFailed | StepDue
    | StepWaiting | ChildMoved | ChildStopped | ChildSpent | StepProduced | StepSucceeded | StepFailed
    | StepAborted | StepRetried | GateJudged | RoundOpened | DecisionMade | AskOpened | AskAnswered
    | AskWithdrawn | BudgetRaised | ConflictFound | ConflictSettled | RunMerged | LandingBegun | LandingFailed
    | RunLanded | NotePublished
)
# fmt: on
