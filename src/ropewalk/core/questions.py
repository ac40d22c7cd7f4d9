"""Questions to people: opened with what is shown, answered once, and what each answer does to the step that asked."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec

from ropewalk.core import events as e
from ropewalk.core.recorder import Recorder, written
from ropewalk.core.state import StepState
from ropewalk.core.work import Artifact
from ropewalk.definition import Approval

PLAIN = ("approve", "reject", "amend")


def ask(
    recorder: Recorder,
    st: StepState,
    *,
    about: e.AskKind,
    prompt: str,
    choices: tuple[str, ...] = (),
    approval: Approval | None = None,
    show: tuple[Artifact, ...] = (),
    fact: str = "",
    detail: dict[str, Any] | None = None,
    expires_at: float | None = None,
    default: str = "",
    name: str = "",
) -> None:
    """Open an ask. The digest binds an answer to exactly what is shown here."""
    titles: tuple[str, ...] = ()
    form: dict[str, Any] = {}
    if approval is not None:
        choices = choices or tuple(c.id for c in approval.choices)
        titles = tuple(c.title for c in approval.choices)
        form, default = approval.form, approval.default
        if approval.expires_seconds is not None:
            expires_at = recorder.now + approval.expires_seconds
    shown = {"prompt": prompt, "show": show, "choices": choices, "detail": detail or {}}
    opened = e.AskOpened(
        step=st.key,
        round=st.round,
        ask=name or f"a{recorder.state.ask_count + 1}",
        about=about,
        prompt=prompt,
        choices=choices,
        titles=titles,
        form=form,
        show=show,
        digest=sha256(msgspec.json.encode(shown, order="sorted")).hexdigest(),
        expires_at=expires_at,
        default=default,
        fact=fact,
        attempt=st.attempt,
        detail=detail or {},
    )
    recorder.emit(opened)


def withdraw(recorder: Recorder, st: StepState, reason: str) -> None:
    """Close the open asks of a step. A run that waited for one of them to allow more goes on, and asks anew if it must."""
    for name in list(st.asks):
        about = recorder.state.asks[name].about
        recorder.emit(e.AskWithdrawn(step=st.key, round=st.round, ask=name, reason=reason))
        if about == "budget" and recorder.state.status == "paused" and recorder.state.reason == "budget":
            recorder.emit(e.RunResumed(detail=reason))


def withdraw_budget_asks(recorder: Recorder, reason: str) -> None:
    """More was allowed without an answer."""
    for opened in [opened for opened in recorder.state.asks.values() if opened.about == "budget"]:
        withdraw(recorder, recorder.state.steps[opened.step], reason)


def possible_verdicts(opened: e.AskOpened) -> tuple[str, ...]:
    """What may be answered: its choices where it has some, and the plain three as far as they make sense."""
    if opened.about in {"permission", "failure", "conflict", "route"} and opened.choices:
        return (*opened.choices, "reject") if "reject" not in opened.choices else opened.choices
    plain = PLAIN if opened.about in {"question", "before", "approval", "escalation", "fact"} else PLAIN[:2]
    return (*opened.choices, *(v for v in plain if v not in opened.choices))


def consent_to(opened: e.AskOpened) -> str:
    """What approving everything means for an ask: go on, never round again. Always something that may be answered."""
    if opened.about == "failure":
        return "fail"
    if opened.about == "conflict":
        return "reject"
    if opened.about == "permission":
        agreed = [c for c in opened.choices if c.startswith("allow") or c == "approve"]
        return (*agreed, *opened.choices, "approve")[0]
    if opened.choices and opened.about in {"question", "route", "before", "fact"}:
        return opened.default if opened.default in opened.choices else opened.choices[0]
    return "approve"


def prompt_of(recorder: Recorder, st: StepState, approval: Approval, otherwise: str) -> str:
    """The text of an ask: what was written, or a sentence that names the step."""
    step = written(recorder.state, st)
    return approval.prompt or otherwise.format(step=step.title or st.key)
