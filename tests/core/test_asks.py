"""What may be answered to an ask, what consent to it means, and what its digest binds an answer to."""

from __future__ import annotations

import pytest

from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.asks import consent_to, possible_verdicts
from ropewalk.core.work import Artifact, Outcome
from ropewalk.definition.policy import Budget, Limits
from ropewalk.definition.workflow import Approval, Choice, Step
from ropewalk.testing.given import done, like
from tests.core.flows import GO, flow, noop, started


def opened(
    about: e.AskKind, *choices: str, default: str = "", form: dict[str, str] | None = None
) -> e.AskOpened:
    return e.AskOpened(
        "s", ask="a1", about=about, prompt="?", choices=choices, default=default, form=form or {}
    )


@pytest.mark.parametrize(
    ("ask", "verdicts", "consent"),
    [
        (opened("approval"), ("approve", "reject", "amend"), "approve"),
        (opened("approval", "ship", "hold"), ("ship", "hold", "reject", "amend"), "ship"),
        (opened("question", "left", "right"), ("left", "right", "reject"), "left"),
        (opened("question", "left", "right", default="right"), ("left", "right", "reject"), "right"),
        (opened("before", "left", "right"), ("left", "right", "reject"), "left"),
        (opened("question"), ("approve", "reject", "amend"), "approve"),
        (opened("fact"), ("approve", "reject"), "approve"),
        (opened("fact", "1", "2", form={"type": "integer"}), ("1", "2"), "1"),
        (opened("fact", form={"type": "integer"}), ("approve",), ""),
        (opened("route", "go", "stop"), ("go", "stop", "reject"), "go"),
        (opened("permission", "deny", "allow_once"), ("deny", "allow_once", "reject"), "allow_once"),
        (opened("permission"), ("approve", "reject"), "approve"),
        (opened("failure", "retry", "skip", "fail"), ("retry", "skip", "fail", "reject"), "fail"),
        (opened("conflict", "ours", "theirs", "resolved", "reject"), ("ours", "theirs", "resolved", "reject"), "reject"),
        (opened("escalation", "approve", "retry", "reject"), ("approve", "retry", "reject", "amend"), "approve"),
        (opened("budget"), ("approve", "reject"), "approve"),
    ],
)  # fmt: skip
def test_what_may_be_answered_and_what_consent_means(
    ask: e.AskOpened, verdicts: tuple[str, ...], consent: str
):
    assert possible_verdicts(ask) == verdicts
    assert consent_to(ask) == consent
    assert consent in ("", *possible_verdicts(ask))


def asked(text: str, *choices: str, files: tuple[Artifact, ...] = ()) -> e.AskOpened:
    approval = Approval(prompt=text, choices=tuple(map(Choice, choices)))
    run = started(flow(noop("a", approve=approval))).after(done("a", Outcome(artifacts=files)))
    return run.state.asks["a1"]


def test_the_digest_is_that_of_all_that_is_shown_and_of_nothing_else():
    shown = asked("Good?", "left", files=(Artifact("a.md", "d1", 3),))
    assert shown.digest == asked("Good?", "left", files=(Artifact("a.md", "d1", 3),)).digest
    others = (
        asked("Fine?", "left", files=(Artifact("a.md", "d1", 3),)),
        asked("Good?", "right", files=(Artifact("a.md", "d1", 3),)),
        asked("Good?", "left", files=(Artifact("a.md", "d2", 3),)),
        asked("Good?", "left"),
    )
    assert len({shown.digest, *(one.digest for one in others)}) == 5


def test_asks_are_numbered_through_the_run_and_expire_by_the_time_of_the_asking():
    step = Step("q", "ask", ask=Approval(prompt="?", expires_seconds=60.0, default="reject"))
    run = started(flow(step, Step("r", "ask", needs=("q",))))
    assert (run.state.asks["a1"].expires_at, run.state.asks["a1"].default) == (60.0, "reject")
    run.after(c.Answer("a1", "approve", by="ann"), GO)
    assert list(run.state.asks) == ["a2"]


def test_a_run_that_waits_for_more_goes_on_when_its_ask_is_withdrawn():
    limits = Limits(budget=Budget(attempts=1))
    run = started(flow(noop("a"), noop("b", "a"), limits=limits)).after(done("a"), GO)
    assert (run.state.status, run.state.reason) == ("paused", "budget")
    run.when(c.SkipStep("b", by="ann"), GO).then(
        like(e.AskWithdrawn, step="b"), e.RunResumed, like(e.StepSkipped, step="b"), ...
    )
    assert run.state.asks == {}
