"""Who waits for an answer hears it, early or late, and once."""

from __future__ import annotations

from ropewalk.core import events as e
from ropewalk.core.work import Failure
from ropewalk.definition.workflow import Step
from ropewalk.runtime.awaited import AwaitedAnswers
from tests.core.flows import answer, flow, noop, started

ASKS = flow(Step("q", "ask"), noop("a", "q"))


async def test_an_answer_that_came_already_is_there_at_once() -> None:
    state = started(ASKS).after(answer("a1")).state
    assert await AwaitedAnswers().verdict(state, "a1") == "approve"


async def test_an_answer_that_comes_later_is_heard_and_said_twice_it_is_heard_once() -> None:
    awaited, state = AwaitedAnswers(), started(ASKS).state
    waiting = awaited.verdict(state, "a1")
    awaited.hear(e.AskAnswered("q", ask="a2", verdict="approve", by="ann"))
    awaited.hear(e.StepFailed("q", failure=Failure(kind="permanent", message="no")))
    assert not waiting.done()
    awaited.hear(e.AskAnswered("q", ask="a1", verdict="amend", by="ann"))
    awaited.hear(e.AskAnswered("q", ask="a1", verdict="approve", by="ann"))
    assert await waiting == "amend"


async def test_an_ask_that_is_withdrawn_counts_as_rejected_and_who_went_away_is_passed_over() -> None:
    awaited, state = AwaitedAnswers(), started(ASKS).state
    waiting, gone = awaited.verdict(state, "a1"), awaited.verdict(state, "a2")
    gone.cancel()
    for ask in ("a1", "a2"):
        awaited.hear(e.AskWithdrawn("q", ask=ask))
    assert await waiting == "reject"
