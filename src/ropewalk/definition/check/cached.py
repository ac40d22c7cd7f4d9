"""Where an earlier result may be taken: only for work whose every effect is in the files and outputs that are kept.

What reaches outside of its workspace, or works where nothing is versioned, would be left undone by taking a result.
"""

from __future__ import annotations

from typing import Final

from ropewalk.definition.check.subject import Subject

CACHEABLE: Final = ("run", "role", "decide", "noop")


def check_cached(subject: Subject) -> None:
    """`cache` of steps."""
    for path, step in subject.steps():
        if not step.cache:
            continue
        message = ""
        if step.kind not in CACHEABLE:
            message = f"a step of the kind `{step.kind}` may reach outside of its workspace, so that it cannot be cached"
        elif step.confine == "none":
            message = "`confine: none` lets it reach outside of its workspace, so that it cannot be cached"
        if message:
            subject.findings.fault(
                (*path, "cache"), message, "remove `cache`, or say `cache: false` here", key=True
            )
