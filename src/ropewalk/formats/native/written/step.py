"""One step as its keys."""

from __future__ import annotations

from typing import Any

from ropewalk.definition import Step
from ropewalk.formats.native.durations import written
from ropewalk.formats.native.written.policies import (
    approval,
    back_to,
    budget,
    decision,
    differing,
    files,
    foreach,
    gates,
    join,
    retry,
    secrets,
    timeout,
)

USUAL = Step("", "")
OWN_ROLE = ("role", "decide", "function")
"""Kinds that may stand next to `role` under their own keys."""


def step_keys(step: Step) -> dict[str, Any]:
    """The keys of a step in the order of the reference."""
    keys: dict[str, Any] = {"id": step.id, **differing(step, USUAL, "title", "phase", "group")}
    keys |= _work(step)
    keys |= differing(step, USUAL, "needs")
    keys |= {
        name: files(getattr(step, name)) for name in ("requires", "creates", "updates") if getattr(step, name)
    }
    keys |= differing(step, USUAL, "when", "optional")
    if step.final:
        keys["finally"] = True
    policies = {
        "join": join(step.join),
        "foreach": foreach(step.foreach),
        "ask": approval(step.ask, "fail"),
        "approve": approval(step.approve, "redo"),
        "gate": gates(step.gates) or None,
        "back_to": back_to(step.back_to),
        "retry": retry(step.retry),
        "timeout": timeout(step.timeout),
        "budget": budget(step.budget),
        "secrets": secrets(step.secrets) if step.secrets else None,
    }
    keys |= {name: value for name, value in policies.items() if value is not None}
    if step.folder:
        keys["dir"] = step.folder
    names = (
        "on_failure",
        "template",
        "output",
        "sets",
        "facts",
        "merge",
        "workspace",
        "env",
        "confine",
        "cache",
    )
    return keys | differing(step, USUAL, *names, "handoff", "notes", "extra")


def _work(step: Step) -> dict[str, Any]:
    """What the step does, under its own key where that says all of it."""
    keys = differing(step, USUAL, "role", "prompt")
    if step.decision is not None:
        keys["decide"] = decision(step.decision)
    own = _own(step)
    if own is not None and (step.kind in OWN_ROLE or not keys):
        return {**own, **keys}
    return {"uses": step.kind, **({"with": step.args} if step.args else {}), **keys}


def _own(step: Step) -> dict[str, Any] | None:
    args = step.args
    match step.kind:
        case "run" if args.keys() == {"argv"} and args["argv"]:
            return {"run": args["argv"]}
        case "run" if args.keys() in ({"script"}, {"script", "shell"}) and all(args.values()):
            return {"run": args["script"], **({"shell": args["shell"]} if "shell" in args else {})}
        case "role" if step.role and not args and step.decision is None:
            return {}
        case "decide" if step.decision is not None and not args and (step.role or not step.prompt):
            return {}
        case "call" if args.keys() == {"workflow", "inputs"}:
            return {"call": dict(args) if args["inputs"] else args["workflow"]}
        case "function" if args.keys() in ({"name"}, {"name", "with"}) and step.decision is None:
            return {"function": args["name"], **({"with": args["with"]} if "with" in args else {})}
        case "sleep" if args.keys() == {"seconds"}:
            return {"sleep": written(args["seconds"])}
        case "sleep" if args.keys() == {"until"}:
            return {"until": args["until"]}
        case "ask" if step.ask is not None and not args:
            return {}
        case "noop" if step.gates and step.ask is None and not args:
            return {}
        case _:
            return None
