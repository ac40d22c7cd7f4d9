"""Budgets: every unit is reserved before an attempt and settled after it; at the limit the run pauses and a person is asked.

A run that was called also keeps within what the runs that called it leave (`FamilyBudget`), read off the states of them all while
they go on. Runs that nobody drives here are left out: they start nothing, and what they told before is on record with their caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from ropewalk.core import events as e
from ropewalk.core.asks import ask
from ropewalk.core.endings import fail_step
from ropewalk.core.recorder import Recorder, written
from ropewalk.core.run import together
from ropewalk.core.state import State, StepState
from ropewalk.core.step import both
from ropewalk.core.texts import texts_at_start
from ropewalk.core.transitions import worked
from ropewalk.core.work import NO_FAMILY_BUDGET, Amount, Failure, FamilyBudget, Left, Room, Spending
from ropewalk.definition import Budget, Step
from ropewalk.errors import TemplateError

WAITS = "waits"

_NONE = Budget()

SPENDS = (
    e.StepSucceeded
    | e.StepProduced
    | e.StepSkipped
    | e.StepAborted
    | e.StepWaiting
    | e.AttemptFailed
    | e.RoundOpened
    | e.ChildSpent
    | e.BudgetRaised
)
"""After these, what is left of a budget may be more or less."""


def is_limited(state: State) -> bool:
    """Whether the run has a budget of its own."""
    return state.workflow.limits.budget != _NONE


def spending(state: State) -> Spending:
    """All that the run and what it called have spent, as its caller is told."""
    spent = state.spent
    return Spending(
        spent.cost_usd,
        spent.unknown,
        spent.tokens,
        spent.attempts,
        spent.seconds,
        spent.reported,
        spent.dearest_usd,
        spent.most_tokens,
        spent.longest_seconds,
    )


def rooms(state: State, now: float, around: FamilyBudget = NO_FAMILY_BUDGET) -> tuple[Room, ...]:
    """What the run's own budget still has, in the order in which its units are told."""
    limit, spent, below, held = state.workflow.limits.budget, state.spent, around.below, around.held
    raised = state.raised
    limited = []
    if limit.attempts is not None:
        limited.append(_room("attempts", limit.attempts, raised.attempts, spent.attempts + below.attempts))
    if limit.tokens is not None:
        used_tokens, reserved = spent.tokens + below.tokens, spent.reserved_tokens + held.tokens
        limited.append(_room("tokens", limit.tokens, raised.tokens, used_tokens, reserved))
    if limit.seconds is not None:
        at_work, may_take = time_of(state, now)
        took = spent.seconds + at_work + below.seconds
        held_seconds = may_take - at_work + held.seconds
        limited.append(_room("seconds", limit.seconds, raised.seconds, took, held_seconds))
    if limit.cost_usd is not None:
        cost, reserved_usd = spent.cost_usd + below.cost_usd, spent.reserved_usd + held.cost_usd
        limited.append(_room("cost_usd", limit.cost_usd, raised.cost_usd, cost, reserved_usd))
    return tuple(limited)


def _room(unit: str, limit: float, raised: float, spent: float, reserved: float = 0.0) -> Room:
    left = limit + raised - spent
    return Room(unit, limit, limit + raised, left, left - reserved)


def time_of(state: State, now: float) -> tuple[float, float]:
    """The working time of the attempts under way, and what they may still take as far as it was reserved."""
    begun = [(worked(st, now), st.reserved.seconds) for st in _running(state)]
    return sum(took for took, _ in begun), sum(max(took, reserved) for took, reserved in begun)


def _running(state: State) -> Iterator[StepState]:
    return (state.steps[key] for key in state.running)


def _above(state: State, around: FamilyBudget) -> tuple[Room, ...]:
    """What the callers leave, with what they were made to allow since that was read."""
    then, now = around.above.granted, state.granted
    if then == now:
        return around.above.rooms
    since = Amount(
        now.cost_usd - then.cost_usd,
        now.tokens - then.tokens,
        now.seconds - then.seconds,
        now.attempts - then.attempts,
    )
    return _with_more(around.above.rooms, since)


def _with_more(rooms: tuple[Room, ...], more: Amount) -> tuple[Room, ...]:
    return tuple(
        Room(room.unit, room.limit, room.most + extra, room.left + extra, room.free + extra)
        for room in rooms
        for extra in (getattr(more, room.unit),)
    )


def left_to(
    state: State, key: str, now: float, around: FamilyBudget, unreported: Spending, granted: Amount
) -> Left:
    """What a run that this step called may still spend: what is left of the step's own budget, of the run's, and of those
    above it, whichever is least of each unit. `around` includes that run; of it `unreported` and `granted` are not on record here."""
    st = state.steps[key]
    of_step = _of_step(written(state, st).budget, st, unreported, granted)
    own = _with_more(rooms(state, now, around), around.more) + of_step
    tightest: dict[str, Room] = {}
    for room in (*own, *around.above.rooms):
        if room.unit not in tightest or room.left < tightest[room.unit].left:
            tightest[room.unit] = room
    used = [room for room in around.above.rooms if tightest[room.unit] is room and room.left <= 0]
    of, again = (around.above.of, around.above.again) if used else (state.run, same_again(own))
    return Left(of, tuple(tightest.values()), again, _dearest(spending(state), around.above.known))


def _of_step(budget: Budget, st: StepState, more_spent: Spending, more_granted: Amount) -> tuple[Room, ...]:
    """What the called run leaves of the budget of the step that called it."""
    spent, more = st.child_spent, together(st.child_granted, more_granted)
    limits = {
        "attempts": (budget.attempts, more.attempts, spent.attempts + more_spent.attempts),
        "tokens": (budget.tokens, more.tokens, spent.tokens + more_spent.tokens),
        "seconds": (budget.seconds, more.seconds, spent.seconds + more_spent.seconds),
        "cost_usd": (budget.cost_usd, more.cost_usd, spent.cost_usd + more_spent.cost_usd),
    }
    return tuple(
        _room(unit, most, granted, used) for unit, (most, granted, used) in limits.items() if most is not None
    )


def _dearest(left: Spending, right: Spending) -> Spending:
    return Spending(
        reported=left.reported + right.reported,
        dearest_usd=max(left.dearest_usd, right.dearest_usd),
        most_tokens=max(left.most_tokens, right.most_tokens),
        longest_seconds=max(left.longest_seconds, right.longest_seconds),
    )


def reserve(state: State, st: StepState, now: float, around: FamilyBudget = NO_FAMILY_BUDGET) -> Amount:
    """What an attempt of this step is expected to take at most: its own budget, else the most that any has taken so far.

    While nobody has told what an attempt takes it is all that is left, so that the first one goes alone.
    """
    step = state.graph.steps[st.index]
    least: dict[str, float] = {}
    for room in (*rooms(state, now, around), *_above(state, around)):
        least[room.unit] = min(room.left, least.get(room.unit, room.left))
    known = _dearest(spending(state), around.above.known)
    amounts = {
        "cost_usd": _reserved_of(
            step, step.budget.cost_usd, known.dearest_usd, known.reported, least.get("cost_usd")
        ),
        "tokens": _reserved_of(
            step, step.budget.tokens, known.most_tokens, known.reported, least.get("tokens")
        ),
        "seconds": _seconds(step, known, least.get("seconds")),
    }
    return Amount(float(amounts["cost_usd"]), int(amounts["tokens"]), float(amounts["seconds"]))


def _reserved_of(step: Step, own: float | None, most: float, reported: int, left: float | None) -> float:
    if left is None or not (step.role or own):
        return 0
    return own or (most if reported else max(left, 0))


def _seconds(step: Step, known: Spending, left: float | None) -> float:
    if left is None:
        return 0
    own = step.budget.seconds or step.timeout.attempt_seconds
    return own or known.longest_seconds or max(left, 0)


def used_up(state: State, st: StepState, now: float, around: FamilyBudget = NO_FAMILY_BUDGET) -> str:
    """Why no further attempt may start, as a sentence; empty while there is room.

    With attempts in flight the reservations must fit too (WAITS until they end); the last of a budget goes to one attempt
    alone, so that a limit is never overshot by more than one attempt.
    """
    if not (is_limited(state) or around.above.rooms) or written(state, st).internal:
        return ""
    own, above = rooms(state, now, around), _above(state, around)
    for room in own:
        if room.left <= 0:
            return _used_up_text(room)
    for room in above:
        if room.left <= 0:
            return f"of run {around.above.of}: {_used_up_text(room)}"
    if (state.running or around.busy) and written(state, st).kind != "call":
        need = reserve(state, st, now, around)
        wanted = {"cost_usd": need.cost_usd, "tokens": need.tokens, "seconds": need.seconds}
        if any(wanted.get(room.unit, 0) > room.free for room in (*own, *above)):
            return WAITS
    return ""


def _used_up_text(room: Room) -> str:
    spent = room.most - room.left
    return {
        "attempts": f"{spent:g} attempts were made",
        "tokens": f"{spent:g} tokens are used",
        "seconds": "the time is used up",
        "cost_usd": f"${spent:.2f} of ${room.most:.2f} are spent",
    }[room.unit]


def begin_attempt(recorder: Recorder, st: StepState, around: FamilyBudget = NO_FAMILY_BUDGET) -> bool:
    """Put the next attempt of a step on record, with what is reserved for it. A step whose texts cannot be filled in fails."""
    state, attempt = recorder.state, st.attempt + 1
    try:
        texts = texts_at_start(state, st)
    except TemplateError as error:
        fail_step(recorder, st, Failure(kind="permanent", message=str(error)))
        return False
    limited = is_limited(state) or bool(around.above.rooms)
    need = reserve(state, st, recorder.now, around) if limited else Amount()
    recorder.begin(written(state, st))
    recorder.emit(
        e.StepStarted(
            st.key,
            st.round,
            attempt,
            reserved_usd=need.cost_usd,
            reserved_tokens=need.tokens,
            reserved_seconds=need.seconds,
            owner=recorder.owner,
            texts=texts,
        )
    )
    return True


def ask_for_more(
    recorder: Recorder, st: StepState, why: str, around: FamilyBudget = NO_FAMILY_BUDGET
) -> None:
    """Pause, and ask (once) whether the same again may be spent."""
    state = recorder.state
    recorder.emit(e.RunPaused(reason="budget", detail=why))
    if any(opened.about == "budget" for opened in state.asks.values()):
        return
    own = rooms(state, recorder.now, around)
    above = around.above if all(room.left > 0 for room in own) else Left()
    detail: dict[str, Any] = {"raise": above.again or same_again(own)}
    if above.of:
        detail["of"] = above.of
    prompt = f"The budget is used up ({why}) before step `{written(state, st).id}`. Allow the same again?"
    ask(recorder, st, about="budget", prompt=prompt, detail=detail)


def same_again(own: tuple[Room, ...]) -> dict[str, float]:
    """What has to be allowed so that as much as at first can be spent from here on."""
    return {room.unit: (room.limit or 1) + max(0, -room.left) for room in own}


def go_on_if_more_is_allowed(recorder: Recorder, around: FamilyBudget) -> None:
    """A run that asked because of a limit of its callers goes on when they have more by now."""
    state = recorder.state
    if state.status != "paused" or state.reason != "budget" or state.winding_up:
        return
    for opened in list(state.asks.values()):
        st = state.steps[opened.step]
        if opened.about == "budget" and opened.detail.get("of"):
            if used_up(state, st, recorder.now, around) in {"", WAITS}:
                recorder.emit(
                    e.AskWithdrawn(step=st.key, round=st.round, ask=opened.ask, reason="more is allowed now")
                )
                recorder.emit(e.RunResumed(detail="more is allowed now"))
            return


StateOf = Callable[[str], State | None]
"""The state of a run by its id, when it is driven in the same process."""


def family_budget(state: State, state_of: StateOf, now: float) -> FamilyBudget:
    """What limits the run besides its own record; nothing costs nothing where no run of the family has a budget."""
    calls = state.calls or state.unwanted
    own = _below(state, state_of, now) if calls and is_limited(state) else NO_FAMILY_BUDGET
    caller = _caller(state, state_of)
    if caller is None or not _counts(state, state_of):
        return own
    assert state.parent is not None
    above, others = family_budget(caller, state_of, now), _below(caller, state_of, now)
    others = msgspec.structs.replace(others, above=above.above)
    st = caller.steps[state.parent.step]
    mine = _one_below(state, st.child_spent, st.child_granted, state_of, now)
    left = left_to(caller, state.parent.step, now, others, mine.below, mine.more)
    busy = own.busy or above.busy or others.busy or bool(caller.running)
    return msgspec.structs.replace(own, above=msgspec.structs.replace(left, granted=state.granted), busy=busy)


def _caller(state: State, state_of: StateOf) -> State | None:
    """The run that waits for this one, if it is driven here too."""
    parent = state.parent
    caller = state_of(parent.run) if parent is not None else None
    if parent is None or caller is None or parent.step not in caller.calls:
        return None
    return caller if caller.steps[parent.step].child == state.run else None


def _counts(state: State, state_of: StateOf) -> bool:
    """Whether any run above this one, or a step that called, has a budget."""
    caller = _caller(state, state_of)
    if caller is None or state.parent is None:
        return False
    own = caller.step(state.parent.step).budget != _NONE
    return own or is_limited(caller) or _counts(caller, state_of)


def _below(state: State, state_of: StateOf, now: float) -> FamilyBudget:
    """What called runs have spent, hold and were granted and is not on record here, and whether one of them is at work."""
    below = NO_FAMILY_BUDGET
    for key in state.calls:
        st = state.steps[key]
        child = state_of(st.child)
        if child is not None:
            below = _joined(below, _one_below(child, st.child_spent, st.child_granted, state_of, now))
    for run, left in state.unwanted.items():
        child = state_of(run)
        if child is not None:
            below = _joined(below, _one_below(child, left.spent, left.granted, state_of, now))
    return below


def _joined(left: FamilyBudget, right: FamilyBudget) -> FamilyBudget:
    below, more = both(left.below, right.below), together(left.more, right.more)
    return FamilyBudget(below, more, together(left.held, right.held), busy=left.busy or right.busy)


def _one_below(
    child: State, reported: Spending, known: Amount, state_of: StateOf, now: float
) -> FamilyBudget:
    """A called run with all below it, less what its caller has heard of."""
    under = _below(child, state_of, now)
    total = both(spending(child), under.below)
    granted = together(child.granted, under.more)
    at_work, may_take = time_of(child, now)
    spent = Spending(
        max(total.cost_usd - reported.cost_usd, 0.0),
        max(total.unknown - reported.unknown, 0),
        max(total.tokens - reported.tokens, 0),
        max(total.attempts - reported.attempts, 0),
        max(total.seconds + at_work - reported.seconds, 0.0),
    )
    more = Amount(
        max(granted.cost_usd - known.cost_usd, 0.0),
        max(granted.tokens - known.tokens, 0),
        max(granted.seconds - known.seconds, 0.0),
        max(granted.attempts - known.attempts, 0),
    )
    reserved = Amount(child.spent.reserved_usd, child.spent.reserved_tokens, may_take - at_work)
    return FamilyBudget(spent, more, together(under.held, reserved), busy=under.busy or bool(child.running))
