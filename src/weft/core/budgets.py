"""Budgets: reserved before an attempt, settled after it; at the limit the run pauses and a person is asked."""

from __future__ import annotations

from weft.core import events as e
from weft.core.draft import Draft, written
from weft.core.questions import ask
from weft.core.state import State, StepState
from weft.definition.policy import Budget


def reserve(state: State, st: StepState) -> float:
    """What an attempt of this step is expected to cost at most, in USD: its own budget, else the dearest so far."""
    step = state.graph.steps[st.index]
    if not (step.role or step.budget.cost_usd):
        return 0.0
    return step.budget.cost_usd or state.spent.dearest_usd


def exhausted(state: State, st: StepState) -> str:
    """Why no further attempt may start, as a sentence; empty while there is room.

    With attempts in flight the reservations must fit too; the last dollar goes to one attempt alone, so that a limit is
    never overshot by more than one attempt.
    """
    limit, spent = state.workflow.limits.budget, state.spent
    if limit == _NONE:
        return ""
    if limit.attempts is not None and spent.attempts >= limit.attempts + state.raised_attempts:
        return f"{spent.attempts} attempts were made"
    if limit.tokens is not None and spent.tokens >= limit.tokens + state.raised_tokens:
        return f"{spent.tokens} tokens are used"
    if limit.cost_usd is not None:
        most = limit.cost_usd + state.raised_usd
        if spent.cost_usd >= most:
            return f"${spent.cost_usd:.2f} of ${most:.2f} are spent"
        if state.running and spent.cost_usd + spent.reserved_usd + reserve(state, st) > most:
            return "waits"
    return ""


def out_of_time(state: State, now: float) -> bool:
    """Whether the run's working time is over its budget of seconds."""
    limit = state.workflow.limits.budget.seconds
    if limit is None or state.started_at is None:
        return False
    return now - state.started_at >= limit + state.raised_seconds


def ask_for_more(draft: Draft, st: StepState, why: str) -> None:
    """Pause, and ask whether the same again may be spent."""
    limit = draft.state.workflow.limits.budget
    again = {
        "cost_usd": limit.cost_usd,
        "tokens": limit.tokens,
        "attempts": limit.attempts,
        "seconds": limit.seconds,
    }
    more = {name: value for name, value in again.items() if value}
    step = written(draft.state, st)
    draft.emit(e.RunPaused(reason="budget", detail=why))
    prompt = f"The budget is used up ({why}) before step `{step.id}`. Allow the same again?"
    ask(draft, st, about="budget", prompt=prompt, detail={"raise": more})


_NONE = Budget()
