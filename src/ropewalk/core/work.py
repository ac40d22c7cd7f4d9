"""What commands and events carry: briefs and outcomes, options, budgets, and how large any of it may be."""

from __future__ import annotations

import math
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from ropewalk.definition import ErrorClass, Ref, Role, Timeouts


def _spent(*amounts: float) -> None:
    if not all(0 <= amount < math.inf for amount in amounts):
        raise ValueError("what is spent is a number, and not less than nothing")


AskKind = Literal[
    "question",
    "before",
    "approval",
    "permission",
    "escalation",
    "fact",
    "route",
    "budget",
    "failure",
    "conflict",
]


class Usage(Struct, frozen=True, omit_defaults=True):
    """What an attempt spent. `cost_usd` None is unknown, never zero; `estimated` came from a price table."""

    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = None
    estimated: bool = False

    def __post_init__(self) -> None:
        """Nothing gives money or tokens back. Raises ValueError, also where one is read."""
        _spent(self.tokens_in, self.tokens_out, self.cost_usd or 0.0)


class Amount(Struct, frozen=True, omit_defaults=True):
    """So much of each unit that a budget counts."""

    cost_usd: float = 0.0
    tokens: int = 0
    seconds: float = 0.0
    attempts: int = 0


class Spending(Struct, frozen=True, omit_defaults=True):
    """What a run has spent with all that it called. `unknown` attempts did not say what they cost; `reported` are those
    of agents that ended and did their work; the last three are the most that any attempt took."""

    cost_usd: float = 0.0
    unknown: int = 0
    tokens: int = 0
    attempts: int = 0
    seconds: float = 0.0
    reported: int = 0
    dearest_usd: float = 0.0
    most_tokens: int = 0
    longest_seconds: float = 0.0

    def __post_init__(self) -> None:
        """The same."""
        _spent(self.cost_usd, self.tokens, self.attempts, self.seconds, self.unknown, self.reported)


class Artifact(Struct, frozen=True, omit_defaults=True):
    """A file that a step created or changed: path in the workspace, sha256 of its bytes, size in bytes, commit if any, and who
    amended it. `merged_from` are the commits of steps that wrote it side by side, where it is shown as their merge."""

    path: str
    digest: str
    size: int = 0
    commit: str = ""
    change: Literal["created", "updated", "deleted"] = "created"
    amended_by: str = ""
    merged_from: tuple[str, ...] = ()


class Changes(Struct, frozen=True, omit_defaults=True):
    """What is to be judged: the files that differ from the commit `base`, and patches by path, as many as fit. `of_run`: the whole
    run made it, and not the step alone."""

    base: str = ""
    files: tuple[Artifact, ...] = ()
    patches: dict[str, str] = {}
    of_run: bool = False


class Handoff(Struct, frozen=True, omit_defaults=True):
    """What one role passes to the next."""

    sender: str = ""
    receiver: str = ""
    phase: str = ""
    summary: str = ""
    instructions: str = ""
    artifacts: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    priority: int = 1
    decisions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


class Verdict(Struct, frozen=True, omit_defaults=True):
    """What a gate found. CONCERNS passes and is shown; WAIVED names by whom and why. `usage`: what an agent took to judge."""

    gate: str
    verdict: Literal["PASS", "CONCERNS", "FAIL", "WAIVED"]
    findings: tuple[str, ...] = ()
    evidence: dict[str, Any] = {}
    by: str = ""
    reason: str = ""
    usage: Usage | None = None


class Failure(Struct, frozen=True, omit_defaults=True):
    """Why an attempt did not succeed. `retry_at`: unix seconds, when a quota or Retry-After says so."""

    kind: ErrorClass
    message: str
    retry_at: float | None = None
    report: dict[str, Any] = {}


class Outcome(Struct, frozen=True, omit_defaults=True):
    """What an attempt gives back, and what stands on record of one that succeeded; `failure` None is success. `route` is the answer
    to a decision, `facts` what is now known.

    `warnings` are what people should know of the files that it left.
    """

    failure: Failure | None = None
    outputs: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    route: str = ""
    artifacts: tuple[Artifact, ...] = ()
    handoff: Handoff | None = None
    verdicts: tuple[Verdict, ...] = ()
    usage: Usage = Usage()
    commit: str = ""
    tree: str = ""
    agent: str = ""
    rehearsed: bool = False
    cached_from: str = ""
    digest: str = ""
    conflicts: tuple[dict[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()

    def lasting(self) -> Outcome:
        """What is kept of it once it is accepted: facts, verdicts and the route have events of their own."""
        if not (self.failure or self.facts or self.route or self.verdicts or self.conflicts):
            return self
        return msgspec.structs.replace(self, failure=None, facts={}, route="", verdicts=(), conflicts=())


class Feedback(Struct, frozen=True, omit_defaults=True):
    """Why the step is done again: a gate's findings, a person's reason, an attempt's fault. `shared`: several steps were told the
    same, so that not all of it, and maybe nothing, is about this one. `beforehand`: what a person said before the work began, which
    finds no fault with any.
    """

    source: str
    text: str
    findings: tuple[str, ...] = ()
    shared: bool = False
    beforehand: bool = False


class Brief(Struct, frozen=True, omit_defaults=True):
    """Everything an attempt needs to know. `key` is stable over the tries of one round: `run/step/round`.

    `folder` is where the work begins, from the top of the workspace; what a step's file says is a template until the kind fills it in.
    `template` is the text of a document template. `route_titles` say what each of `wants_route` means. `next_handoff` is what is known beforehand of the handoff that is to be
    given, its instructions still a template. `base` is the commit that the run began with, "" where nothing is
    versioned; `changes` are for one that judges. `secrets` are names by variable, never values. `assume` is what the run takes a boolean fact for that nobody has set.
    `run_fields` are what `run` is in conditions and templates.
    """

    run: str
    step: str
    item: Any
    round: int
    attempt: int
    key: str
    kind: str
    workflow: str = ""
    args: dict[str, Any] = {}
    role_name: str = ""
    role: Role = Role()
    prompt: str = ""
    phase: str = ""
    title: str = ""
    inputs: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    known: dict[str, Any] = {}
    handoffs: tuple[Handoff, ...] = ()
    next_handoff: Handoff | None = None
    artifacts: tuple[Artifact, ...] = ()
    base: str = ""
    changes: Changes | None = None
    requires: tuple[Ref, ...] = ()
    creates: tuple[Ref, ...] = ()
    updates: tuple[Ref, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    wants_facts: dict[str, Any] = {}
    wants_route: tuple[str, ...] = ()
    route_titles: tuple[str, ...] = ()
    output_schema: dict[str, Any] = {}
    template: str = ""
    notes: tuple[str, ...] = ()
    env: dict[str, str] = {}
    folder: str = ""
    confine: str = ""
    secrets: dict[str, str] = {}
    timeout: Timeouts = Timeouts()
    output_bytes: int = 1_048_576
    budget_usd: float | None = None
    budget_tokens: int | None = None
    resume: dict[str, Any] = {}
    rehearse: str | None = None
    assume: bool | None = None
    item_name: str = ""
    extra: dict[str, Any] = {}
    run_fields: dict[str, Any] = {}


class Options(Struct, frozen=True, omit_defaults=True):
    """How a run was asked to go. `answer_all` names the actor that approves every ask at once ("" is nobody)."""

    parallel: int = 0
    sequential: bool = False
    answer_all: str = ""
    assume: bool | None = None
    rehearse: str | None = None
    only: str = ""
    with_changes: bool = False
    repository: str = ""
    target: str = ""


class Parent(Struct, frozen=True, omit_defaults=True):
    """Which step of which run called this one, and how deep that is."""

    run: str
    step: str
    round: int
    depth: int


class Room(Struct, frozen=True):
    """Of one unit: the limit as written, with what was allowed on top, what is not spent of it, and how much of that nobody has
    reserved."""

    unit: str
    limit: float
    most: float
    left: float
    free: float


class Left(Struct, frozen=True):
    """What the budgets of the runs that called a run leave to it. `of` is the run that set the limit, `again` what has to
    be allowed so that as much as at first can be spent; `known` is what attempts took there so far; `granted` what the run
    itself had been granted when this was read."""

    of: str = ""
    rooms: tuple[Room, ...] = ()
    again: dict[str, float] = {}
    known: Spending = Spending()
    granted: Amount = Amount()


class FamilyBudget(Struct, frozen=True):
    """The runs around one, as far as its budget goes: called runs have spent `below`, hold `held` and were granted `more`, which
    is not on record here yet; `above` is what those that called it leave. `busy`: in one of them an attempt is under way."""

    below: Spending = Spending()
    more: Amount = Amount()
    held: Amount = Amount()
    above: Left = Left()
    busy: bool = False


NO_FAMILY_BUDGET = FamilyBudget()


EVENT_BYTES: Final = 16 * 1024 * 1024
"""The largest event. What is longer belongs in a file, a blob, or an attempt's output."""

DATA_BYTES: Final = 4 * 1024 * 1024
"""The most data that one attempt gives as outputs, and as facts: it goes on in further events."""

_ROOM: Final = 64 * 1024
"""Of an event, what stands around what was given."""

_encoded = msgspec.json.Encoder().encode


def size_of(value: Any) -> int:
    """Bytes as JSON. Raises ValueError, TypeError or OverflowError for what is no plain data."""
    return len(_encoded(value))


def why_too_large(value: Any, limit: int = EVENT_BYTES) -> str:
    """Why it does not fit into an event, or ""."""
    size = size_of(value)
    if size + (_ROOM if limit == EVENT_BYTES else 0) <= limit:
        return ""
    return f"it has {size:,} bytes, and at most {limit:,} are kept"
