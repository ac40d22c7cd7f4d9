"""What a file asks for and nothing acts on: items that nobody does, and keys that should steer the run and are only kept.

Each is a warning with its line. Keys that only describe something are kept without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ropewalk.definition import Step
from ropewalk.documents import as_text
from ropewalk.formats.imported.kit import policy
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext

STEERING: Final = frozenset(
    [
        "on_success",
        "on_failure",
        "on_fail",
        "on_pass",
        "on_complete",
        "on_error",
        "on_timeout",
        "on_exit",
        "on_verdict",
        "on_condition_false",
        "on_reject",
        "next",
        "next_step",
        "goto",
        "loop_to",
        "condition",
        "conditions",
        "when",
        "skip_if",
        "if",
        "unless",
        "until",
        "while",
        "gate",
        "gates",
        "quality_gate",
        "wait_for",
        "depends_on",
        "requires_completion_of",
        "runs_parallel_with",
        "parallel",
        "execution_mode",
        "max_attempts",
        "max_iterations",
        "max_retries",
        "retry",
        "retries",
        "timeout",
        "fallback",
        "escalate",
        "escalate_to",
        "escalation",
        "repeats",
        "repeat",
        "for_each",
        "loop",
        "branch",
        "branches",
        "routes",
        "route",
        "decisions",
        "transitions",
        "guard",
        "guards",
        "human_checkpoint",
        "approval",
        "requires_approval",
        "approval_required",
        "decision",
        "decision_point",
        "outcomes",
        "then",
        "else",
        "if_true",
        "if_false",
        "on_true",
        "on_false",
        "on_yes",
        "on_no",
    ]
)
OF_WORKFLOW: Final = frozenset(
    [
        "state_machine",
        "transitions",
        "guards",
        "decision_points",
        "checkpoints",
        "quality_gates",
        "gates",
        "error_handling",
        "error_handlers",
        "global_error_handling",
        "escalation",
        "resume",
        "rollback",
        "triggers",
        "execution_modes",
        "modes",
        "parallel_groups",
        "loops",
        "hooks",
    ]
)
DOERS: Final = (
    "owner",
    "owners",
    "assignee",
    "assigned_to",
    "responsible",
    "executor",
    "persona",
    "intent",
    "command",
)
ONLY_TOLD: Final = frozenset({"log", "message", "notes", "note", "description"})


def warn_of_unused(making: ImportContext, steps: Iterable[Step], head: Mapping[str, Any]) -> None:
    """Put the warnings of one workflow on record, in the order of the file."""
    warnings = [
        *((draft.item.line, text) for draft in making.drafts for text in _undone(draft.item, draft.steps)),
        *((step.line, text) for step in steps for text in _kept(step.extra)),
    ]
    for line, text in sorted(warnings, key=lambda warning: warning[0]):
        warning = f"line {line}: {text}" if line else text
        if warning not in making.warnings:
            making.warnings.append(warning)
    kept = [f"`{key}`" for key in head if key in OF_WORKFLOW and head[key]]
    if kept:
        making.warnings.append(f"nothing acts on {', '.join(kept)} of the workflow: kept and shown")


def _undone(item: Item, steps: list[Step]) -> Iterator[str]:
    """An item that says whose work it is, or what is to be run, in keys that make nobody do it."""
    if item.kind not in ("guide", "header") or any(step.kind != "noop" for step in steps):
        return
    named = [f"{key}: {as_text(item.data[key])}" for key in DOERS if as_text(item.data.get(key))]
    inside = item.data.get("metadata")
    if isinstance(inside, Mapping) and inside.get("agent"):
        named.append(f"metadata.agent: {as_text(inside['agent'])}")
    if named:
        yield f"nobody does this item: `{named[0]}` names no `agent`; it is only a message"
    elif item.kind == "guide" and _stands_for_work(item):
        yield "nobody does this item: it names no `agent`; it is only a message"


def _stands_for_work(item: Item) -> bool:
    """Whether an item is called a step, and its name does not say that it only guides or announces."""
    name = re.sub(r"[\s-]+", "_", item.name.lower())
    is_step = any(item.data.get(key) for key in ("step", "step_name", "condition"))
    guides = policy.GUIDES.search(name) or policy.BEGINS.search(name)
    return is_step and not item.data.get("meta") and not guides


def _kept(extra: Mapping[str, Any]) -> Iterator[str]:
    for key, value in extra.items():
        if key in STEERING and not _says_nothing(value):
            yield f"nothing acts on `{key}`: it is kept and told to the one who does the work"


def _says_nothing(value: Any) -> bool:
    if isinstance(value, Mapping):
        return value.keys() <= ONLY_TOLD
    return value in (None, "", False, [])
