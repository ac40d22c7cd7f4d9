"""Policies in their shortest form; None where the default applies."""

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


def differing(struct: Struct, usual: Struct, *names: str) -> Keys:
    """The named fields whose values are not the usual ones; tuples as lists."""
    unusual = {name: getattr(struct, name) for name in names if getattr(struct, name) != getattr(usual, name)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in unusual.items()}


def secrets(wanted_secrets: dict[str, str]) -> Any:
    """A list where each has its own name, else a mapping."""
    return (
        list(wanted_secrets)
        if all(name == wanted for name, wanted in wanted_secrets.items())
        else wanted_secrets
    )


def retry(policy: Retry) -> Any:
    """A number, `false`, or a mapping."""
    if policy == Retry():
        return None
    if policy == Retry(attempts=1):
        return False
    if policy == Retry(attempts=policy.attempts, on=ASKED_RETURN):
        return policy.attempts
    keys = differing(policy, Retry(), "attempts", "factor", "jitter")
    if policy.delay_seconds != Retry().delay_seconds:
        keys["delay"] = written(policy.delay_seconds)
    if policy.cap_seconds != Retry().cap_seconds:
        keys["cap"] = written(policy.cap_seconds)
    return keys if policy.on == ASKED_RETURN else {**keys, "on": list(policy.on)}


def timeout(policy: Timeouts) -> Any:
    """A duration, or a mapping."""
    if policy == Timeouts(step_seconds=policy.step_seconds):
        return None if policy.step_seconds is None else written(policy.step_seconds)
    keys = {name: getattr(policy, f"{name}_seconds") for name in ("attempt", "step", "idle")}
    limits = {name: written(value) for name, value in keys.items() if value is not None}
    if policy.grace_seconds != Timeouts().grace_seconds:
        limits["grace"] = written(policy.grace_seconds)
    return limits


def budget(limit: Budget) -> Any:
    """A mapping."""
    keys = differing(limit, Budget(), "cost_usd", "tokens", "attempts")
    return {**keys, "time": written(limit.seconds)} if limit.seconds is not None else keys or None


def join(joined: Join) -> Any:
    """A word, or a quorum."""
    if joined.kind == "quorum":
        return {"quorum": joined.count}
    return None if joined.kind == "all" else joined.kind


def foreach(each: Foreach | None) -> Any:
    """The expression, or a mapping."""
    if each is None:
        return None
    keys = differing(each, Foreach(""), "key", "at_most", "quorum")
    if each.name != "item":
        keys["as"] = each.name
    return {"in": each.over, **keys} if keys else each.over


def back_to(back: BackTo | None) -> Any:
    """A step's name, or a mapping."""
    if back is None:
        return None
    keys = differing(back, BackTo(""), "when", "at_most")
    return {"to": back.to, **keys} if keys else back.to


def decision(decided: Decision) -> Keys:
    """A mapping that says who picks."""
    keys = {"routes": {route.name: _route(route) for route in decided.routes}, "by": decided.by}
    return {**keys, **differing(decided, Decision(), "fact", "prompt")}


def _route(route: Route) -> Any:
    keys = differing(route, Route(""), "when", "to", "end", "title")
    return keys["to"] if list(keys) == ["to"] else keys


def approval(asked: Approval | None, on_reject: str) -> Any:
    """`true`, the question, or a mapping."""
    if asked is None:
        return None
    keys = differing(asked, Approval(), "prompt", "form", "show", "default", "fact")
    if asked.choices:
        keys["choices"] = [
            {"id": choice.id, "title": choice.title} if choice.title else choice.id
            for choice in asked.choices
        ]
    if asked.expires_seconds is not None:
        keys["expires"] = written(asked.expires_seconds)
    if asked.on_reject != on_reject:
        keys["on_reject"] = asked.on_reject
    return keys["prompt"] if list(keys) == ["prompt"] else keys or True


def files(refs: tuple[Ref, ...]) -> list[Any]:
    """Paths, and mappings where a path does not say enough."""
    entries: list[Any] = []
    for ref in refs:
        keys = differing(ref, Ref(""), "any_of", "external", "aggregate", "label")
        keys |= {"optional": True} if ref.soft else {}
        entries.append({"path": ref.name, **keys} if keys else ref.name)
    return entries


def gates(checks: tuple[Gate, ...]) -> list[Any]:
    """A list, each gate in its own form; one with arguments that no form has is written as a plug-in's."""
    return [_gate(gate) for gate in checks]


_MEASURED = {"thresholds", "report", "scale", "script", "argv"}


def _gate(gate: Gate) -> Keys:
    keys = differing(gate, Gate(""), "id", "protect", "may_change")
    args = set(gate.args) if all(gate.args.values()) else set()  # no form has an empty argument
    if gate.kind == "command" and args in ({"script"}, {"argv"}):
        return {**keys, "run": gate.args.get("script") or gate.args["argv"]}
    if gate.kind == "condition" and args == {"condition"}:
        return {**keys, "condition": gate.args["condition"]}
    if gate.kind == "artifacts" and args == {"artifacts"}:
        return {**keys, "artifacts": gate.args["artifacts"]}
    if gate.kind == "thresholds" and "thresholds" in args and args <= {"thresholds", "report", "scale"}:
        return {**keys, **gate.args}
    if (
        gate.kind == "thresholds"
        and "thresholds" in args
        and args <= _MEASURED
        and not args >= {"script", "argv"}
    ):
        rest = {name: value for name, value in gate.args.items() if name not in ("script", "argv")}
        return {**keys, "run": gate.args.get("script") or gate.args["argv"], **rest}
    if gate.kind == "document" and args == {"document", "template"}:
        return {**keys, **gate.args}
    if gate.kind == "verdict" and {"role", "criteria"} <= args <= {"role", "criteria", "prompt"}:
        return {**keys, "verdict": dict(gate.args)}
    return {**keys, "uses": gate.kind, **({"with": gate.args} if gate.args else {})}
