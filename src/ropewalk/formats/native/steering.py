"""The keys that steer a step, as the policies they mean. Each function takes one key's value in any of its forms."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from ropewalk.definition import (
    ASKED_RETURN,
    Approval,
    BackTo,
    Budget,
    Choice,
    Decision,
    Foreach,
    Join,
    Limits,
    Retry,
    Route,
    Timeouts,
)
from ropewalk.formats.native.durations import seconds
from ropewalk.formats.native.keys.flow import (
    ApprovalKeys,
    BackToKeys,
    BudgetKeys,
    ChoiceKeys,
    DecideKeys,
    ForeachKeys,
    JoinKeys,
    LimitsKeys,
    RetryKeys,
    RouteKeys,
    TimeoutKeys,
)

Duration = str | int | float


def some_seconds(duration: Duration | UnsetType) -> float | None:
    """Seconds, None where the key is not set."""
    return None if isinstance(duration, UnsetType) else seconds(duration)


def set_keys(keys: msgspec.Struct, *left_out: str) -> dict[str, Any]:
    """The values that are set, by field; a field that is not set is left out, so that its target keeps the default."""
    fields = {name: getattr(keys, name) for name in keys.__struct_fields__ if name not in left_out}
    return {name: value for name, value in fields.items() if value is not UNSET}


def secrets(value: str | list[str] | dict[str, str]) -> dict[str, str]:
    """The names of secrets by the names under which a step gets them."""
    return dict(value) if isinstance(value, dict) else {name: name for name in names(value)}


def names(value: str | list[str] | UnsetType) -> tuple[str, ...]:
    """One name or a list of them, each once."""
    if isinstance(value, UnsetType):
        return ()
    return (value,) if isinstance(value, str) else tuple(dict.fromkeys(value))


def retry(keys: int | bool | RetryKeys) -> Retry:
    """A number is all tries together; asking for retries without `on` asks for the permanent failures too."""
    if keys is False:
        return Retry(attempts=1)
    if not isinstance(keys, RetryKeys):
        return Retry(attempts=Retry().attempts if keys is True else keys, on=ASKED_RETURN)
    return Retry(
        attempts=keys.attempts,
        delay_seconds=seconds(keys.delay) or 0.0,
        factor=keys.factor,
        cap_seconds=seconds(keys.cap) or 0.0,
        jitter=keys.jitter,
        on=ASKED_RETURN if isinstance(keys.on, UnsetType) else names(keys.on),  # type: ignore[arg-type]
    )


def timeouts(keys: Duration | TimeoutKeys) -> Timeouts:
    """A bare duration limits all tries together."""
    if not isinstance(keys, TimeoutKeys):
        return Timeouts(step_seconds=seconds(keys))
    fields = {f"{name}_seconds": seconds(value) for name, value in set_keys(keys).items()}
    if fields.get("grace_seconds", 0) is None:
        del fields["grace_seconds"]
    return Timeouts(**fields)  # type: ignore[arg-type]


def join(keys: str | JoinKeys) -> Join:
    """`all`, `any`, `quorum 2` or {quorum: 2}."""
    if isinstance(keys, JoinKeys):
        return Join("quorum", keys.quorum)
    if keys.startswith("quorum"):
        return Join("quorum", int(keys.split()[1]))
    return Join("any" if keys.startswith("any") else "all")


def budget(keys: BudgetKeys | UnsetType) -> Budget:
    """What may be spent."""
    if isinstance(keys, UnsetType):
        return Budget()
    return Budget(**set_keys(keys, "time"), seconds=some_seconds(keys.time))


def limits(keys: LimitsKeys | UnsetType) -> Limits:
    """The limits of a run."""
    if isinstance(keys, UnsetType):
        return Limits()
    rest = set_keys(keys, "timeout", "budget")
    return Limits(**rest, timeout_seconds=some_seconds(keys.timeout), budget=budget(keys.budget))


def foreach(keys: str | list[object] | ForeachKeys, name: Any, key: Any, at_most: Any) -> Foreach:
    """The list in any form; keys next to `foreach` apply where the mapping inside does not set them."""
    inside = set_keys(keys) if isinstance(keys, ForeachKeys) else {"over": keys}
    outside = {"name": name, "key": key, "at_most": at_most}
    fields = {**{field: value for field, value in outside.items() if value is not UNSET}, **inside}
    fields["over"] = expression(fields["over"])
    return Foreach(**fields)


def expression(value: Any) -> str:
    """A list or mapping as the expression that gives it; JSON is CEL."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def back_to(keys: str | BackToKeys, at_most: Any = UNSET) -> BackTo:
    """A step's name, or a mapping with a condition and a limit."""
    if isinstance(keys, BackToKeys):
        return BackTo(**set_keys(keys))
    return BackTo(keys) if at_most is UNSET else BackTo(keys, at_most=at_most)


def decision(keys: DecideKeys, role: str) -> Decision:
    """Who picks, where `by` is not set: conditions if a route has one, else the fact, else the role, else a person."""
    routes = tuple(_route(name, value) for name, value in keys.routes.items())
    by = keys.by
    if isinstance(by, UnsetType):
        if any(route.when for route in routes):
            by = "condition"
        else:
            by = "fact" if keys.fact is not UNSET else "role" if role else "person"
    return Decision(routes, by, keys.fact or "", keys.prompt)


def _route(name: str, keys: RouteKeys | str | list[str]) -> Route:
    if not isinstance(keys, RouteKeys):
        return Route(name, to=names(keys))
    return Route(name, keys.when or "", names(keys.to), keys.end, keys.title)


def approval(keys: bool | str | ApprovalKeys | UnsetType, on_reject: str) -> Approval | None:
    """A question in any of its forms; None where nobody is asked. `on_reject` applies where the file sets none."""
    if isinstance(keys, UnsetType) or keys is False:
        return None
    if not isinstance(keys, ApprovalKeys):
        return Approval(prompt="" if keys is True else keys, on_reject=on_reject)  # type: ignore[arg-type]
    fields = {"on_reject": on_reject, **set_keys(keys, "choices", "show", "expires")}
    return Approval(
        **fields,
        choices=tuple(
            Choice(choice.id, choice.title) if isinstance(choice, ChoiceKeys) else Choice(choice)
            for choice in keys.choices
        ),
        show=names(keys.show),
        expires_seconds=some_seconds(keys.expires),
    )
