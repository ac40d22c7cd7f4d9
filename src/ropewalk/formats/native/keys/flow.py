"""The keys that steer a step: loops, lists, joins, decisions, retries, limits."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from ropewalk.definition import ErrorClass
from ropewalk.formats.native.keys.words import (
    Amount,
    Duration,
    Expression,
    Identifier,
    Names,
    Positive,
    Text,
)


class ForeachKeys(Struct, forbid_unknown_fields=True):
    """Run the step once an item."""

    over: Expression | list[Any] | dict[str, Any] = field(name="in")
    """The items: a list, or an expression that gives a list or map (`outputs.plan.stories`)."""
    name: Identifier | UnsetType = field(default=UNSET, name="as")
    """What the item is called in expressions and templates; `item` unless told."""
    key: Text | UnsetType = UNSET
    """An expression over the item that gives its stable key; a short text, `id`, `name`, `key` or the index unless told."""
    at_most: Positive | UnsetType = UNSET
    """How many items may be worked on at once."""
    quorum: Positive | UnsetType = UNSET
    """How many items have to go well; all unless told. The work of those that fail is left out, and `failed` of the outputs names them."""


class BackToKeys(Struct, forbid_unknown_fields=True):
    """Send the work back to an earlier step as a new round."""

    to: Identifier
    """The earlier step, or group of steps; it and everything from it up to this step is done again."""
    when: Expression | UnsetType = UNSET
    """Also send back after a success, when this holds (`outputs.review.verdict == "rework"`)."""
    at_most: Positive = 3
    """How many times the work is sent back; then a person is asked."""


class JoinKeys(Struct, forbid_unknown_fields=True):
    """How many of the needs must have succeeded."""

    quorum: Positive
    """This many of them."""


class RouteKeys(Struct, forbid_unknown_fields=True):
    """A way on from a decision."""

    when: Expression | UnsetType = UNSET
    """The route is taken when this holds; the first that holds wins, one without `when` is the last resort."""
    to: Names | UnsetType = UNSET
    """The steps (or groups) that only this way leads to."""
    end: bool = False
    """The run ends after the steps of this route."""
    title: str = ""
    """What the one who picks is told of it, role or person; else the titles of its steps. A template."""


Route = RouteKeys | Names


class DecideKeys(Struct, forbid_unknown_fields=True):
    """Pick one of several ways on."""

    routes: Annotated[dict[str, Route], Meta(min_length=1)]
    """The ways by name; a step name or a list of them stands for `{to: …}`."""
    by: Literal["condition", "role", "person", "fact"] | UnsetType = UNSET
    """Who picks; unless told: the conditions, else the fact, else the role, else a person."""
    fact: Identifier | UnsetType = UNSET
    """The fact whose value is the name of the route."""
    prompt: str = ""
    """What the role or the person is asked; a template."""


class RetryKeys(Struct, forbid_unknown_fields=True):
    """Try again after a failure, later each time."""

    attempts: Positive = 3
    """All tries, the first included."""
    delay: Duration = 1
    """The wait before the second try."""
    factor: Annotated[float, Meta(ge=1)] = 2.0
    """How much longer each wait is than the one before."""
    cap: Duration = 60
    """The longest wait."""
    jitter: bool = True
    """Shorten each wait by chance, so that not all come back at once."""
    on: ErrorClass | list[ErrorClass] | UnsetType = UNSET
    """Which failures are tried again; unless told, also a command's own failure and outputs that do not fit."""


class TimeoutKeys(Struct, forbid_unknown_fields=True):
    """Limits in time."""

    attempt: Duration | UnsetType = UNSET
    """One try."""
    step: Duration | UnsetType = UNSET
    """All tries together."""
    idle: Duration | UnsetType = UNSET
    """No sign of life."""
    grace: Duration | UnsetType = UNSET
    """From the polite stop to the hard one; 5 s unless told."""


class BudgetKeys(Struct, forbid_unknown_fields=True):
    """What may be spent; at the limit the run pauses and asks."""

    cost_usd: Amount | UnsetType = UNSET
    """Dollars, as far as the agents say what they cost."""
    tokens: Positive | UnsetType = UNSET
    """Tokens in and out."""
    time: Duration | UnsetType = UNSET
    """Working time of all attempts."""
    attempts: Positive | UnsetType = UNSET
    """Tries of all steps."""


class LimitsKeys(Struct, forbid_unknown_fields=True):
    """Limits of a whole run."""

    parallel: Positive = 8
    """Attempts at once."""
    timeout: Duration | UnsetType = UNSET
    """The longest run; time in which only people were waited for is not counted."""
    count_waits: bool = False
    """Count the time in which people were waited for as well."""
    rounds: Positive = 100
    """Rounds of any one step."""
    items: Positive = 1_000
    """Items of any one `foreach`."""
    depth: Positive = 8
    """Workflows that call workflows."""
    events: Positive = 200_000
    """Events in the run's history."""
    output_bytes: Positive = 1_048_576
    """What is kept of an attempt's output."""
    recoveries: Positive = 3
    """Restarts in a row without progress, until the run is paused as blocked."""
    budget: BudgetKeys | UnsetType = UNSET
    """What the run may spend."""


class FailureKeys(Struct, forbid_unknown_fields=True):
    """Send the work back when the step fails."""

    back_to: Identifier
    """The earlier step, or group of steps."""
    at_most: Positive = 3
    """How many times; then a person is asked."""


class ChoiceKeys(Struct, forbid_unknown_fields=True):
    """One thing a person may pick."""

    id: Text
    """Its name in expressions."""
    title: str = ""
    """What the person sees; a template."""


class ApprovalKeys(Struct, forbid_unknown_fields=True):
    """A question to a person."""

    prompt: str = ""
    """What is asked; a template."""
    choices: list[Text | ChoiceKeys] = []
    """What may be picked, where yes or no is not enough."""
    form: dict[str, Any] = {}
    """A JSON Schema of what the person fills in."""
    show: Names = []
    """Files shown with the question; each name is a template."""
    expires: Duration | UnsetType = UNSET
    """After this long the default answers."""
    default: str = ""
    """The answer when nobody gave one: approve, reject, or a choice."""
    on_reject: Literal["redo", "fail", "back_to"] | UnsetType = UNSET
    """After a rejection: do the step again with the reason (`approve`), fail (`ask`), or send back."""
    fact: Identifier | UnsetType = UNSET
    """The fact that the answer sets."""


Approval = bool | Text | ApprovalKeys
Timeout = Duration | TimeoutKeys
Retry = bool | Positive | RetryKeys
