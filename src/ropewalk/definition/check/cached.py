"""Where an earlier result may be taken: only for work whose every effect is in the files and outputs that are kept.

What reaches outside of its workspace, or works where nothing is versioned, would be left undone by taking a result.
"""

from __future__ import annotations

from typing import Final

from ropewalk.definition.check.subject import Subject
from ropewalk.definition.workflow import Role

CACHEABLE: Final = ("run", "role", "decide", "noop")
_NOBODY: Final = Role()


def check_cached(subject: Subject) -> None:
    """`cache` of steps."""
    for path, step in subject.steps():
        if not step.cache:
            continue
        message = ""
        role = subject.workflow.roles.get(step.role, _NOBODY)
        if step.kind not in CACHEABLE:
            message = f"a step of the kind `{step.kind}` may reach outside of its workspace, so that it cannot be cached"
        elif "none" in (step.confine, role.confine) and "worktree" not in (step.confine, role.confine):
            message = "`confine: none` lets it reach outside of its workspace, so that it cannot be cached"
        if message:
            subject.findings.fault(
                (*path, "cache"), message, "remove `cache`, or say `cache: false` here", key=True
            )
