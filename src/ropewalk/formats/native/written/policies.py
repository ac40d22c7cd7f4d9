"""Policies in their shortest form; None where nothing needs to be said."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ropewalk.definition import (
    ASKED_RETURN,
    Approval,
    BackTo,
    Budget,
    Decision,
    Foreach,
    Gate,
    Join,
    Ref,
    Retry,
    Route,
    Timeouts,
)
from ropewalk.formats.native.durations import written

Keys = dict[str, Any]


def differing(one: Struct, usual: Struct, *names: str) -> Keys:
    """The named fields whose values are not the usual ones; tuples as lists."""
    found = {name: getattr(one, name) for name in names if getattr(one, name) != getattr(usual, name)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def secrets(given: dict[str, str]) -> Any:
    """A list where each has its own name, else a mapping."""
    return list(given) if all(name == wanted for name, wanted in given.items()) else given


def retry(one: Retry) -> Any:
    """A number, `false`, or a mapping."""
    if one == Retry():
        return None
    if one == Retry(attempts=1):
        return False
    if one == Retry(attempts=one.attempts, on=ASKED_RETURN):
        return one.attempts
    keys = differing(one, Retry(), "attempts", "factor", "jitter")
    if one.delay_seconds != Retry().delay_seconds:
        keys["delay"] = written(one.delay_seconds)
    if one.cap_seconds != Retry().cap_seconds:
        keys["cap"] = written(one.cap_seconds)
    return keys if one.on == ASKED_RETURN else {**keys, "on": list(one.on)}


def timeout(one: Timeouts) -> Any:
    """A duration, or a mapping."""
    if one == Timeouts(step_seconds=one.step_seconds):
        return None if one.step_seconds is None else written(one.step_seconds)
    keys = {name: getattr(one, f"{name}_seconds") for name in ("attempt", "step", "idle")}
    found = {name: written(value) for name, value in keys.items() if value is not None}
    if one.grace_seconds != Timeouts().grace_seconds:
        found["grace"] = written(one.grace_seconds)
    return found


def budget(one: Budget) -> Any:
    """A mapping."""
    keys = differing(one, Budget(), "cost_usd", "tokens", "attempts")
    return {**keys, "time": written(one.seconds)} if one.seconds is not None else keys or None


def join(one: Join) -> Any:
    """A word, or a quorum."""
    if one.kind == "quorum":
        return {"quorum": one.count}
    return None if one.kind == "all" else one.kind


def foreach(one: Foreach | None) -> Any:
    """The expression, or a mapping."""
    if one is None:
        return None
    keys = differing(one, Foreach(""), "key", "at_most")
    if one.name != "item":
        keys["as"] = one.name
    return {"in": one.over, **keys} if keys else one.over


def back_to(one: BackTo | None) -> Any:
    """A step's name, or a mapping."""
    if one is None:
        return None
    keys = differing(one, BackTo(""), "when", "at_most")
    return {"to": one.to, **keys} if keys else one.to


def decision(one: Decision) -> Keys:
    """A mapping that says who picks."""
    keys = {"routes": {route.name: _route(route) for route in one.routes}, "by": one.by}
    return {**keys, **differing(one, Decision(), "fact", "prompt")}


def _route(one: Route) -> Any:
    keys = differing(one, Route(""), "when", "to", "end", "title")
    return keys["to"] if list(keys) == ["to"] else keys


def approval(one: Approval | None, on_reject: str) -> Any:
    """`true`, the question, or a mapping."""
    if one is None:
        return None
    keys = differing(one, Approval(), "prompt", "form", "show", "default", "fact")
    if one.choices:
        keys["choices"] = [
            {"id": choice.id, "title": choice.title} if choice.title else choice.id for choice in one.choices
        ]
    if one.expires_seconds is not None:
        keys["expires"] = written(one.expires_seconds)
    if one.on_reject != on_reject:
        keys["on_reject"] = one.on_reject
    return keys["prompt"] if list(keys) == ["prompt"] else keys or True


def files(refs: tuple[Ref, ...]) -> list[Any]:
    """Paths, and mappings where a path does not say enough."""
    found: list[Any] = []
    for ref in refs:
        keys = differing(ref, Ref(""), "any_of", "external", "aggregate", "label")
        keys |= {"optional": True} if ref.soft else {}
        found.append({"path": ref.name, **keys} if keys else ref.name)
    return found


def gates(some: tuple[Gate, ...]) -> list[Any]:
    """A list, each gate in its own form; one with arguments that no form has is written as a plug-in's."""
    return [_gate(one) for one in some]


_MEASURED = {"thresholds", "report", "scale", "script", "argv"}


def _gate(one: Gate) -> Keys:
    keys = differing(one, Gate(""), "id", "protect", "may_change")
    args = set(one.args)
    if one.kind == "command" and args in ({"script"}, {"argv"}):
        return {**keys, "run": one.args.get("script") or one.args["argv"]}
    if one.kind == "condition" and args == {"condition"}:
        return {**keys, "condition": one.args["condition"]}
    if one.kind == "artifacts" and args == {"artifacts"}:
        return {**keys, "artifacts": one.args["artifacts"]}
    if one.kind == "thresholds" and "thresholds" in args and args <= {"thresholds", "report", "scale"}:
        return {**keys, **one.args}
    if one.kind == "thresholds" and "thresholds" in args and args <= _MEASURED:
        rest = {name: value for name, value in one.args.items() if name not in ("script", "argv")}
        return {**keys, "run": one.args.get("script") or one.args["argv"], **rest}
    if one.kind == "document" and args == {"document", "template"}:
        return {**keys, **one.args}
    if one.kind == "verdict" and {"role", "criteria"} <= args <= {"role", "criteria", "prompt"}:
        return {**keys, "verdict": dict(one.args)}
    return {**keys, "uses": one.kind, **({"with": one.args} if one.args else {})}
