"""What a state keeps by counting, worked out again from its statuses: every counter, queue and heap must agree.

Nothing here calls the rules of the core: what a join asks and what may begin is said a second time, in other words.
"""

from __future__ import annotations

from ropewalk.core import STEP_ENDED, Amount, State, StepState
from ropewalk.definition import Step

MAIN_ENDS = {"succeeded": "good", "failed": "bad", "aborted": "bad"}
SKIP_ENDS = {"need": "bad", "route": "dead", "end": "dead", "when": "pass", "operator": "pass"}


def audit(state: State) -> None:
    """Raises AssertionError with the first thing that does not add up."""
    if not state.created:
        return
    if not state.ended:
        _needs(state)
        _totals(state)
    _under_way(state)
    for st in state.steps.values():
        if st.items:
            _foreach(state, st)
    _asks(state)
    _failures(state)
    if not state.ended:
        _queues(state)
        _alarms(state)


def how(state: State, st: StepState) -> str:
    """What an ended step is to its followers; empty while it has not ended."""
    end = SKIP_ENDS[st.cause] if st.status == "skipped" else MAIN_ENDS.get(st.status, "")
    return "pass" if end == "bad" and state.graph.steps[st.index].optional else end


def needs_of(state: State, st: StepState) -> list[str]:
    """What each need of a step is to it."""
    graph = state.graph
    return [how(state, state.steps[graph.steps[n].id]) for n in graph.needs[st.index]]


def judged(step: Step, hows: list[str]) -> str:
    """What the join makes of the needs: open, go, or why the step is to be left out."""
    open_, good = hows.count(""), hows.count("good")
    if not hows:
        return "go"
    if step.join.kind == "all":
        if open_:
            return "open"
        return "need" if "bad" in hows else "route" if set(hows) == {"dead"} else "go"
    wanted = step.join.count if step.join.kind == "quorum" else 1
    if good >= wanted:
        return "go"
    if good + open_ >= wanted:
        return "open"
    return "route" if set(hows) == {"dead"} else "need"


def may_begin(state: State, st: StepState) -> bool:
    """Whether a pending step should stand in a queue: its needs are enough, and the run and its foreach are at it."""
    step = state.graph.steps[st.index]
    if bool(state.closing) != step.final:
        return False
    if st.parent:
        parent = state.steps[st.parent]
        return parent.status == "running" and st.key not in parent.queue
    return judged(step, needs_of(state, st)) != "open"


def _needs(state: State) -> None:
    for st in state.steps.values():
        if not st.parent:
            hows = needs_of(state, st)
            counted = (st.needs_open, st.needs_ok, st.needs_failed, st.needs_off_route)
            actual = tuple(hows.count(needed) for needed in ("", "good", "bad", "dead"))
            assert counted == actual, (
                f"{st.key} counts {counted} needs as left, good, bad, dead; there are {actual}"
            )


def _totals(state: State) -> None:
    open_ = [
        state.graph.steps[st.index] for st in state.steps.values() if not st.parent and how(state, st) == ""
    ]
    finals = sum(step.final for step in open_)
    actual = (len(open_) - finals, finals)
    assert (state.unfinished, state.finals_left) == actual, f"unfinished and finals left are {actual}"
    for phase, left in state.phases.items():
        open_in_phase = sum(step.phase == phase for step in open_)
        assert left == open_in_phase, f"phase {phase} counts {left} open steps, there are {open_in_phase}"


def _under_way(state: State) -> None:
    running = {st.key for st in state.steps.values() if st.status == "running"}
    listed = {*state.running, *state.calls, *(st.key for st in state.steps.values() if st.items)}
    assert running <= listed, f"{running - listed} run, but nobody works on them"
    assert {*state.running, *state.calls} <= running, "what is under way does not run"
    assert not state.running.keys() & state.calls.keys(), "an attempt and a call at once"
    called = {state.steps[key].child for key in state.calls}
    assert not called & state.unwanted.keys(), f"{called & state.unwanted.keys()} are waited for and unwanted"
    moving = {key for key in state.calls if state.steps[key].child_status == "running"}
    assert state.moving.keys() == moving, f"calls that move are {moving}, kept {set(state.moving)}"
    reserved = sum(state.steps[key].reserved.cost_usd for key in running)
    assert abs(state.spent.reserved_usd - reserved) < 1e-9, f"reserved are {reserved}"
    tokens = sum(state.steps[key].reserved.tokens for key in running)
    assert state.spent.reserved_tokens == tokens, f"{tokens} tokens are reserved"
    held = {st.key for st in state.steps.values() if st.reserved != Amount()}
    assert held <= running, f"{held - running} hold a reservation and do not run"
    most = 1 if state.options.sequential else state.options.parallel or state.workflow.limits.parallel
    assert len(state.running) <= most, "more attempts run than may"
    assert not state.ended or not running, f"{running} run after the end"


def _foreach(state: State, parent: StepState) -> None:
    items = [state.steps[key] for key in parent.items]
    open_ = sum(st.status not in STEP_ENDED for st in items)
    if parent.status == "running":
        assert parent.open_items == open_, f"{parent.key} counts {parent.open_items} open items of {open_}"
        assert open_, f"{parent.key} runs on with all its items ended"
        broken = sum(st.status in {"failed", "aborted"} for st in items)
        assert parent.broken_items == broken, f"{parent.key} counts {parent.broken_items} broken items"
    foreach = state.graph.steps[parent.index].foreach
    busy = [st for st in items if st.queued or st.status in {"running", "waiting"}]
    assert all(st.seated for st in busy), f"{parent.key} has items under way that have no place"
    most = foreach.at_most if foreach is not None and foreach.at_most else len(items)
    assert len(busy) <= most, f"{parent.key} has {len(busy)} items under way, {most} are allowed"
    if parent.status == "running" and bool(state.closing) == state.graph.steps[parent.index].final:
        waiting = [key for key in parent.queue if state.steps[key].status == "pending"]
        assert not waiting or len(busy) == most, f"{parent.key} has a free place, and {waiting} wait"


def _asks(state: State) -> None:
    for name, opened in state.asks.items():
        st = state.steps.get(opened.step)
        assert st is not None, f"{name} asks for {opened.step}, which is not there"
        assert name in st.asks, f"{st.key} does not know that it asks {name}"
        assert st.status not in STEP_ENDED, f"{name} asks for {st.key}, which has {st.status}"
        assert name not in state.answers, f"{name} is open and answered"
        assert not opened.fact or name in state.wanted.get(opened.fact, {}), (
            f"{name} is not known to ask a fact"
        )
    for st in state.steps.values():
        assert st.asks.keys() <= state.asks.keys(), f"{st.key} waits for an ask that is closed"
        if st.status == "waiting":
            assert st.asks or st.key in state.timers, f"{st.key} waits for nothing"
    wanted = {name for asks in state.wanted.values() for name in asks}
    assert wanted <= state.asks.keys(), "a fact is asked for by a closed ask"
    assert not state.ended or not state.asks, "asks are open after the end"


def _failures(state: State) -> None:
    for key, st in state.steps.items():
        if not st.parent:
            counts = st.status == "failed" and not state.graph.steps[st.index].optional
            assert (key in state.failed) == counts, f"{key} is {st.status}; failed: {state.failed}"
    fatal = any(policy in {"fail", "cancel"} for policy in state.failed.values())
    assert state.failing == fatal, f"failing is {state.failing} with {state.failed}"


def _queues(state: State) -> None:
    for st in state.steps.values():
        due = st.status == "pending" and may_begin(state, st)
        assert bool(st.queued) == due or state.started_at is None, (
            f"{st.key} is {st.status}, queued as {st.queued!r}"
        )
        if st.queued:
            heap = state.ready if st.queued == "ready" else state.immediate
            assert (st.index, st.place, st.key) in heap, f"{st.key} is not where it is looked for"
    for name, heap in (("ready", state.ready), ("immediate", state.immediate)):
        if heap:
            first = state.steps.get(heap[0][2])
            assert first is not None, f"the first of {name} is not there any more"
            assert first.queued == name, f"{first.key} is the first of {name} and not queued there"


def _alarms(state: State) -> None:
    times = [*state.timers.values(), *state.deadlines.values()]
    times += [opened.expires_at for opened in state.asks.values() if opened.expires_at is not None]
    first = state.alarms[0][0] if state.alarms else None
    assert first == min(times, default=None), f"the first alarm is at {first}, of {sorted(times)}"
    for key in state.timers:
        assert state.steps[key].status == "waiting", f"{key} has a timer and is {state.steps[key].status}"
    for key in state.deadlines:
        assert state.steps[key].status not in STEP_ENDED, f"{key} has ended and a deadline"
