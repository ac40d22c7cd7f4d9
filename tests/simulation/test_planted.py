"""Bugs that are planted in the core for the length of one test: the simulation finds each of them within a few trials."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ropewalk.core import answers, asks, decide, endings, plan, reports, rounds, step, transitions
from ropewalk.core import commands as c
from ropewalk.core import events as e
from ropewalk.core.plan import Call, Effect, EndCall, Perform, Wake
from ropewalk.core.recorder import Recorder
from ropewalk.core.state import State, StepState
from ropewalk.testing.simulation import chance, shrunk, simulate
from ropewalk.testing.simulation.trial import Crash

TRIALS = 400
Plant = Callable[[pytest.MonkeyPatch], None]
PLANTED: dict[str, Plant] = {}


def planted(plant: Plant) -> Plant:
    PLANTED[plant.__name__] = plant
    return plant


def _handle(
    patch: pytest.MonkeyPatch, command: type[c.Command], handler: Callable[[Recorder, Any], None]
) -> None:
    patch.setattr(decide, "_HANDLERS", {**decide._HANDLERS, command: handler})


@planted
def an_ended_step_is_not_counted(patch: pytest.MonkeyPatch) -> None:
    count = transitions._count
    patch.setattr(transitions, "_count", lambda state, st, by: count(state, st, by) if by > 0 else None)


@planted
def an_attempt_starts_without_a_place(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(State, "room", property(lambda state: state.parallel - len(state.running) + 1))


@planted
def a_step_stays_queued_while_a_need_is_open_again(patch: pytest.MonkeyPatch) -> None:
    reopen = transitions.step_reopened

    def leaves(state: State, st: StepState) -> None:
        queued = {key: other.queued for key, other in state.steps.items()}
        reopen(state, st)
        for key, was in queued.items():
            state.steps[key].queued = was

    patch.setattr(transitions, "step_reopened", leaves)


@planted
def a_late_report_is_believed(patch: pytest.MonkeyPatch) -> None:
    def any_attempt(recorder: Recorder, key: str, round_: int, attempt: int) -> StepState | None:
        return recorder.state.steps[key] if key in recorder.state.running else None

    patch.setattr(reports, "under_way", any_attempt)


@planted
def a_new_round_remembers_the_old_one(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(step, "refresh", lambda st: None)


@planted
def a_timer_fires_early(patch: pytest.MonkeyPatch) -> None:
    fall_due = decide._fall_due

    def early(recorder: Recorder) -> None:
        recorder.now += 2.0
        fall_due(recorder)
        recorder.now -= 2.0

    patch.setattr(decide, "_fall_due", early)


@planted
def what_was_approved_is_paid_for_twice(patch: pytest.MonkeyPatch) -> None:
    def pay(state: State, st: StepState, result: e.Outcome) -> None:
        step.spend(state, st, result.usage, priced=False)

    patch.setattr(step, "_pay", pay)


@planted
def an_item_in_the_queue_is_lost(patch: pytest.MonkeyPatch) -> None:
    item_ended = transitions._item_ended

    def loses(state: State, st: StepState) -> None:
        queue = state.steps[st.parent].queue
        if len(queue) > 1:
            queue.pop()
        item_ended(state, st)

    patch.setattr(transitions, "_item_ended", loses)


@planted
def a_paused_run_starts_steps(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(decide, "_goes_on", lambda state: not state.ended)


@planted
def a_command_changes_the_state_without_an_event(patch: pytest.MonkeyPatch) -> None:
    def note(recorder: Recorder, command: Any) -> None:
        recorder.state.labels["noted"] = "yes"

    _handle(patch, c.Publish, note)


@planted
def a_reservation_is_never_given_back(patch: pytest.MonkeyPatch) -> None:
    let_go = transitions._let_go

    def keeps(state: State, st: StepState) -> None:
        reserved = state.spent.reserved_usd
        let_go(state, st)
        state.spent.reserved_usd = reserved

    patch.setattr(transitions, "_let_go", keeps)


@planted
def a_failed_need_counts_as_a_good_one(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        transitions, "counts_as", lambda step, st: "ok" if st.status in {"succeeded", "failed"} else ""
    )


@planted
def the_ask_of_a_skipped_step_stays_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(endings, "withdraw", lambda recorder, st, reason: None)


@planted
def a_step_is_tried_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reports, "retry_at", lambda policy, failure, tries, key, now: now)


@planted
def a_loop_has_no_cap(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rounds, "spent", lambda state, st, back: False)
    patch.setattr(endings, "spent", lambda state, st, back: False)


@planted
def a_wait_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    def sets_no_alarm(state: State, st: StepState, at: float) -> None:
        st.until = state.timers[st.key] = at

    patch.setattr(step, "set_timer", sets_no_alarm)


@planted
def a_route_that_was_not_taken_is_gone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(endings, "left_out", lambda *told: {})


@planted
def an_answer_leaves_its_ask_open(patch: pytest.MonkeyPatch) -> None:
    def still_open(state: State, event: e.AskAnswered) -> tuple[e.AskOpened, StepState | None]:
        opened = state.asks[event.ask]
        return opened, state.steps.get(opened.step)

    patch.setattr(asks, "_closed", still_open)


@planted
def a_red_gate_is_overlooked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        reports,
        "_red",
        lambda recorder, st, step, outcome, *told: endings.conclude(recorder, st, outcome.lasting()),
    )


@planted
def nobody_is_asked_to_approve(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reports, "deliver", endings.conclude)


@planted
def a_lost_attempt_is_not_taken_up_again(patch: pytest.MonkeyPatch) -> None:
    def forgets(recorder: Recorder, command: Any) -> None:
        recorder.emit(e.RunRecovered())
        recorder.emit(e.RunPaused(reason="quota"))

    _handle(patch, c.ReportLost, forgets)


@planted
def nobody_wakes_a_run_whose_time_has_come(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(plan, "next_due", lambda state: None)


def _ignores(patch: pytest.MonkeyPatch, *kinds: type[Effect]) -> None:
    """The shell of the trial does not do what the plan says of this kind."""
    everything = plan.plan
    patch.setattr(chance, "plan", lambda state: [o for o in everything(state) if not isinstance(o, kinds)])


@planted
def an_owed_attempt_is_not_performed(patch: pytest.MonkeyPatch) -> None:
    _ignores(patch, Perform)


@planted
def an_owed_call_is_not_made(patch: pytest.MonkeyPatch) -> None:
    _ignores(patch, Call)


@planted
def a_call_that_nobody_waits_for_is_not_ended(patch: pytest.MonkeyPatch) -> None:
    _ignores(patch, EndCall)


@planted
def the_time_to_look_again_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    _ignores(patch, Wake)


@planted
def a_fact_that_is_known_is_asked_for_still(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answers, "know", lambda recorder, name, value, by: None)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", PLANTED)
def test_the_simulation_finds(name: str, monkeypatch: pytest.MonkeyPatch):
    PLANTED[name](monkeypatch)
    assert any(simulate(seed) for seed in range(TRIALS)), "no trial broke a law"


def test_a_fault_is_told_as_the_shortest_story_that_shows_it(monkeypatch: pytest.MonkeyPatch):
    an_ended_step_is_not_counted(monkeypatch)
    fault = next(found for seed in range(TRIALS) if (found := simulate(seed)))
    small = shrunk(fault)
    assert 0 < len(small.story) <= len(fault.story)
    assert shrunk(small).story == small.story
    assert f"seed {fault.seed}" in str(small)
    assert not any(isinstance(told.command, Crash) for told in small.story)


def test_an_exception_of_the_core_is_a_fault_too(monkeypatch: pytest.MonkeyPatch):
    nothing: dict[str, str] = {}
    monkeypatch.setattr(decide, "rest", lambda recorder: nothing["here"])
    fault = next(found for seed in range(TRIALS) if (found := simulate(seed)))
    assert fault.law.startswith("KeyError")


def test_a_story_that_breaks_no_law_any_more_is_told_as_it_was(monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        an_ended_step_is_not_counted(patch)
        fault = next(found for seed in range(TRIALS) if (found := simulate(seed)))
    assert shrunk(fault) == fault
