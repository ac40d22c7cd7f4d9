"""Budgets: reserved before an attempt, settled after it; at the limit the run pauses and a person is asked."""

from __future__ import annotations

from weft.core import events as e
from weft.core.draft import Draft, written
from weft.core.questions import ask
from weft.core.state import State, StepState
from weft.definition.policy import Budget

WAITS = "waits"


def reserve(state: State, st: StepState) -> float:
    """What an attempt of this step is expected to cost at most, in USD: its own budget, else the dearest so far.

    While nobody has told a price yet it is all that is left, so that the first attempt goes alone.
    """
    step = state.graph.steps[st.index]
    if not (step.role or step.budget.cost_usd):
        return 0.0
    limit, spent = state.workflow.limits.budget.cost_usd, state.spent
    told = spent.tokens or spent.unknown or spent.dearest_usd or state.options.rehearse is not None
    if limit is None or told or step.budget.cost_usd:
        return step.budget.cost_usd or spent.dearest_usd
    return max(limit + state.raised_usd - spent.cost_usd, 0.0)


def used_up(state: State, st: StepState, now: float) -> str:
    """Why no further attempt may start, as a sentence; empty while there is room.

    With attempts in flight the reservations must fit too (WAITS until they end); the last dollar goes to one attempt
    alone, so that a limit is never overshot by more than one attempt.
    """
    limit, spent = state.workflow.limits.budget, state.spent
    if limit == _NONE:
        return ""
    if limit.attempts is not None and spent.attempts >= limit.attempts + state.raised_attempts:
        return f"{spent.attempts} attempts were made"
    if limit.tokens is not None and spent.tokens >= limit.tokens + state.raised_tokens:
        return f"{spent.tokens} tokens are used"
    if limit.seconds is not None and state.worked_seconds(now) >= limit.seconds + state.raised_seconds:
        return "the time is used up"
    if limit.cost_usd is not None:
        most = limit.cost_usd + state.raised_usd
        if spent.cost_usd >= most:
            return f"${spent.cost_usd:.2f} of ${most:.2f} are spent"
        if state.running and spent.cost_usd + spent.reserved_usd + reserve(state, st) > most:
            return WAITS
    return ""


def begin_attempt(draft: Draft, st: StepState) -> None:
    """Put the next attempt of a step on record, with what is reserved for it."""
    attempt = st.attempt + 1
    draft.begin(written(draft.state, st))
    draft.emit(e.StepStarted(st.key, st.round, attempt, reserved_usd=reserve(draft.state, st)))


def ask_for_more(draft: Draft, st: StepState, why: str) -> None:
    """Pause, and ask (once) whether the same again may be spent."""
    state = draft.state
    draft.emit(e.RunPaused(reason="budget", detail=why))
    if any(opened.about == "budget" for opened in state.asks.values()):
        return
    step = written(state, st)
    prompt = f"The budget is used up ({why}) before step `{step.id}`. Allow the same again?"
    ask(draft, st, about="budget", prompt=prompt, detail={"raise": _same_again(state, draft.now)})


def _same_again(state: State, now: float) -> dict[str, float]:
    """What has to be allowed so that as much as at first can be spent from here on."""
    limit, spent = state.workflow.limits.budget, state.spent
    used = {
        "cost_usd": (limit.cost_usd, spent.cost_usd - state.raised_usd),
        "tokens": (limit.tokens, spent.tokens - state.raised_tokens),
        "attempts": (limit.attempts, spent.attempts - state.raised_attempts),
        "seconds": (limit.seconds, state.worked_seconds(now) - state.raised_seconds),
    }
    return {
        name: (most or 1) + max(0, gone - most) for name, (most, gone) in used.items() if most is not None
    }


_NONE = Budget()
