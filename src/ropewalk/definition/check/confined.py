"""How much care is asked for: words that mean nothing, and confinement said of what nothing can confine, are faults.

Read as written and not understood, either would do nothing and look as if it did.
"""

from __future__ import annotations

from typing import Final, get_args

from ropewalk.definition.check.subject import Subject
from ropewalk.definition.fault import nearest
from ropewalk.definition.findings import Path
from ropewalk.definition.workflow import RESERVED_OPTIONS, Confine, Permissions

CONFINES: Final = get_args(Confine)
PERMISSIONS: Final = get_args(Permissions)
BY_PROCESS: Final = ("run", "role", "decide", "ask", "sleep", "noop")
"""Kinds whose work, if they have any, is done by processes that can be confined."""


def check_confined(subject: Subject) -> None:
    """`permissions`, `confine` and `options` of roles, `confine` of steps."""
    for name, role in subject.workflow.roles.items():
        _word(subject, ("roles", name, "permissions"), "permissions", role.permissions, PERMISSIONS)
        _word(subject, ("roles", name, "confine"), "confine", role.confine, CONFINES)
        for option in RESERVED_OPTIONS:
            if option in role.options:
                how = "say `model` of the role" if option == "model" else "say `permissions` of the role"
                subject.findings.fault(
                    ("roles", name, "options", option), f"`{option}` is no option of a role", how
                )
    for path, step in subject.steps():
        _word(subject, (*path, "confine"), "confine", step.confine, CONFINES)
        if step.confine != "worktree" or step.kind in BY_PROCESS:
            continue
        how = (
            "say it in the called workflow"
            if step.kind == "call"
            else "it runs inside ropewalk: make it a `run`"
        )
        message = f"`confine` has no effect on a step of the kind `{step.kind}`"
        subject.findings.fault((*path, "confine"), message, f"{how}; or say `confine: none` here")


def _word(subject: Subject, path: Path, key: str, word: str, known: tuple[str, ...]) -> None:
    if word and word not in known:
        near = nearest(word, known)
        hint = "" if near else f"it is {', '.join(known[:-1])} or {known[-1]}"
        subject.findings.fault(path, f"`{key}` cannot be `{word}`", hint, nearest=near)
