"""What a run can be asked to do. A command is imperative and may be refused; what it leads to are events. Names that become
paths, refs or words of a command line have their grammar here."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

from msgspec import Struct

from ropewalk.core.events import AskKind, Event
from ropewalk.core.work import (
    NO_FAMILY_BUDGET,
    Amount,
    Artifact,
    FamilyBudget,
    Options,
    Outcome,
    Parent,
    Spending,
)

RUN_ID: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?![.]))*(?<!\.)(?<!\.lock)")
RUN_ID_LENGTH: Final = 200
RUN_ID_RULE: Final = (
    f"a run's id is made of at most {RUN_ID_LENGTH} letters, digits, `-`, `_` and single dots, begins with a letter "
    "or digit, and does not end in a dot or `.lock`"
)


def is_run_id(text: str) -> bool:
    """Whether a run may be called so."""
    return len(text) <= RUN_ID_LENGTH and RUN_ID.fullmatch(text) is not None


def is_branch_name(text: str) -> bool:
    """Whether git takes it as the name of a branch, as far as that can be told from the name alone (git check-ref-format)."""
    return bool(_BRANCH.fullmatch(text))


_BRANCH = re.compile(r"(?!-)(?!.*(?:\.\.|//|@\{|\.lock(?:/|$)))[^\x00-\x20\x7f~^:?*\[\\]+")


class Command(Struct, frozen=True, tag_field="kind"):
    """What somebody wants of a run."""


class Create(Command, frozen=True):
    """Begin a run. `kept` are events of an earlier run that a fork keeps."""

    workflow: str
    digest: str
    inputs: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    options: Options = Options()
    parent: Parent | None = None
    forked_from: str = ""
    base: dict[str, Any] = {}
    labels: dict[str, str] = {}
    kept: tuple[Event, ...] = ()
    called: dict[str, dict[str, str]] = {}


class Import(Command, frozen=True):
    """The history so far came from another store. `root` is the folder of the project that takes it in."""

    root: str = ""
    by: str = ""


class Advance(Command, frozen=True):
    """Start what may start in `slots` free slots and within the budgets `around`, and let what is due happen. `owner` is the
    driver that begins it.
    """

    slots: int = 1_000_000
    around: FamilyBudget = NO_FAMILY_BUDGET
    owner: str = ""


class Report(Command, frozen=True):
    """An attempt ended. A late or doubled report changes nothing."""

    step: str
    round: int
    attempt: int
    outcome: Outcome


class ReportLost(Command, frozen=True):
    """A driver that takes over says which attempts nobody works on any more: (step, round, attempt).

    `at_work` are the steps whose work itself was under way, as far as that can be told; None when it cannot.
    """

    attempts: tuple[tuple[str, int, int], ...]
    at_work: tuple[str, ...] | None = None


class ReportChild(Command, frozen=True):
    """A called run moved: `status` as a run status, `outputs` in the outcome once it ended, and in all what it has `spent` and
    was `granted` on top of its callers' budgets. `child` is that run: another than the one that the step waits for changes
    nothing."""

    step: str
    round: int
    status: Literal["pending", "running", "paused", "completed", "failed", "aborted"]
    reason: str = ""
    outcome: Outcome = Outcome()
    child: str = ""
    spent: Spending = Spending()
    granted: Amount = Amount()


class Note(Command, frozen=True):
    step: str
    round: int
    attempt: int
    note: dict[str, Any]


class Wait(Command, frozen=True):
    """A running attempt gives its slot back until a time or until a worker or agent is there.

    `host`: the machine had no room for it (descriptors, processes, disk), and nothing was tried yet.
    """

    step: str
    round: int
    attempt: int
    on: Literal["time", "quota", "worker", "agent", "host"]
    until: float | None = None
    detail: str = ""


class OpenAsk(Command, frozen=True):
    """A running attempt asks a person for a permission; it goes on holding its slot until it is put to rest."""

    step: str
    round: int
    attempt: int
    ask: str
    about: AskKind
    prompt: str
    choices: tuple[str, ...] = ()
    detail: dict[str, Any] = {}
    expires_at: float | None = None
    default: str = ""


class Answer(Command, frozen=True):
    """`digest` when given must be that of what was shown. `verdict`: approve, reject, amend, or one of the choices."""

    ask: str
    verdict: str
    by: str
    reason: str = ""
    value: Any = None
    digest: str = ""
    artifacts: tuple[Artifact, ...] = ()
    commit: str = ""


class SetFact(Command, frozen=True):
    name: str
    value: Any
    by: str = ""


class Pause(Command, frozen=True):
    by: str = ""
    reason: str = ""


class Hold(Command, frozen=True):
    """Nothing starts until somebody has given values of secret inputs again; `detail` names them."""

    detail: str = ""


class Resume(Command, frozen=True):
    by: str = ""


class Abort(Command, frozen=True):
    reason: str = ""
    by: str = ""


class RetryStep(Command, frozen=True):
    """Without a step: every failed one."""

    step: str = ""
    by: str = ""
    reason: str = ""


class SkipStep(Command, frozen=True):
    step: str
    by: str = ""
    reason: str = ""


ANYBODY = "*"
"""The owner of an attempt that the driver of the run may take."""


class ExecuteStep(Command, frozen=True):
    """Run exactly this step of a paused run; the run stays paused. `around` as for `Advance`; `owner`: the driver that
    begins it, if one decides this."""

    step: str
    by: str = ""
    around: FamilyBudget = NO_FAMILY_BUDGET
    owner: str = ANYBODY


class Land(Command, frozen=True):
    """Bring the result of a run that has ended to a branch; the last step of the run does it. `squash`: the message of the one
    commit that is to come there; "": as the workflow says."""

    target: str
    by: str = ""
    squash: str = ""


class RaiseBudget(Command, frozen=True):
    cost_usd: float | None = None
    tokens: int | None = None
    attempts: int | None = None
    seconds: float | None = None
    by: str = ""


class Publish(Command, frozen=True):
    """Put own events on the feed; several at once are one append."""

    events: tuple[Event, ...]
