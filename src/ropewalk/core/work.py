"""What an attempt is given (Brief) and what it gives back (Outcome); plain data, complete in itself.

A Brief can be sent to another host; an Outcome is believed only with the evidence that the shell added to it.
"""

from __future__ import annotations

import math
from typing import Any, Literal

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
    """What a run has spent with all that it called. `unknown` attempts did not say what they cost; `told` are those
    of agents that ended and did their work; the last three are the most that any attempt took."""

    cost_usd: float = 0.0
    unknown: int = 0
    tokens: int = 0
    attempts: int = 0
    seconds: float = 0.0
    told: int = 0
    dearest_usd: float = 0.0
    most_tokens: int = 0
    longest_seconds: float = 0.0

    def __post_init__(self) -> None:
        """The same."""
        _spent(self.cost_usd, self.tokens, self.attempts, self.seconds, self.unknown, self.told)


class Artifact(Struct, frozen=True, omit_defaults=True):
    """A file that a step created or changed: path in the workspace, sha256 of its bytes, size in bytes, commit if any."""

    path: str
    digest: str
    size: int = 0
    commit: str = ""
    change: Literal["created", "updated", "deleted"] = "created"


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
    """What an attempt gives back; `failure` None is success. `route` is the answer to a decision, `facts` what is now known.

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


class Result(Struct, frozen=True, omit_defaults=True):
    """What a successful attempt leaves; `warnings` are what people should know of its files."""

    outputs: dict[str, Any] = {}
    artifacts: tuple[Artifact, ...] = ()
    handoff: Handoff | None = None
    usage: Usage = Usage()
    commit: str = ""
    tree: str = ""
    agent: str = ""
    rehearsed: bool = False
    cached_from: str = ""
    digest: str = ""
    warnings: tuple[str, ...] = ()


class Feedback(Struct, frozen=True, omit_defaults=True):
    """Why the step is done again: a gate's findings, a person's reason, an attempt's fault."""

    source: str
    text: str
    findings: tuple[str, ...] = ()


class Brief(Struct, frozen=True, omit_defaults=True):
    """Everything an attempt needs to know. `key` is stable over the tries of one round: `run/step/round`.

    `template` is the text of a document template. `hands_on` is what is known beforehand of the handoff that is to be
    given, its instructions still a template. `secrets` are names by variable, never values. `assume` is what the run takes a boolean fact for that nobody has set.
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
    hands_on: Handoff | None = None
    artifacts: tuple[Artifact, ...] = ()
    requires: tuple[Ref, ...] = ()
    creates: tuple[Ref, ...] = ()
    updates: tuple[Ref, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    wants_facts: dict[str, Any] = {}
    wants_route: tuple[str, ...] = ()
    output_schema: dict[str, Any] = {}
    template: str = ""
    notes: tuple[str, ...] = ()
    env: dict[str, str] = {}
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
