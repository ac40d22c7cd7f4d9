"""The merge: a run's internal last step joins what the steps left, and brings it to a branch, at its end or when a person wants it later.

Such a landing opens that one step again and nothing else; however it ends, the run is again what it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from ropewalk.core import events as e
from ropewalk.core.asks import withdraw
from ropewalk.core.commands import Land, is_branch_name
from ropewalk.core.recorder import Recorder, refuse
from ropewalk.core.state import Landing, State, StepState
from ropewalk.core.step import open_round
from ropewalk.core.texts import LONGEST_TEXT
from ropewalk.core.transitions import acknowledge_failures, clear_queues, go_on, move, recount

_NOT_TO = ("refs/", "ropewalk/")
"""Names of refs, and the branches that hold results: nothing lands on those."""


def land(recorder: Recorder, command: Land) -> None:
    """Do the last step once more, so that it ends on that branch; the run has to have ended with a result."""
    state = recorder.state
    refuse_while_landing(recorder, "land")
    if not state.ended:
        refuse("land", f"the run is {state.status}; only what has ended can land")
    merge = state.merge_step
    if not state.commit or merge is None or merge.status != "succeeded":
        refuse("land", f"the run is {state.status} and has merged no result")
    if not is_branch_name(command.target) or command.target.startswith(_NOT_TO) or command.target == "HEAD":
        refuse("land", f"{command.target!r:.80} is no name of a branch")
    if len(command.squash) > LONGEST_TEXT:
        refuse("land", f"the message of a commit has at most {LONGEST_TEXT:,} characters")
    recorder.emit(e.LandingBegun(target=command.target, by=command.by, squash=command.squash))


def refuse_while_landing(recorder: Recorder, verb: str) -> None:
    """Raise Refused while the result is on its way to a branch."""
    landing = recorder.state.landing
    if landing is not None:
        refuse(
            verb,
            f"the run's result is on its way to {landing.target}: `ropewalk drive` goes on with it, `ropewalk abort` ends it",
        )


def result_to_keep(state: State, result: e.Outcome) -> e.Outcome:
    """What the run's result is after its last step: where a landing finds all of it on the target it has made nothing, and the
    result stays what it was, with its files and its branch."""
    landing, outputs = state.landing, result.outputs
    if landing is None or landing.result is None or outputs.get("previous") != result.commit:
        return result
    landed = {name: outputs[name] for name in ("landed", "previous", "how") if name in outputs}
    return replace(result, **_files(landing.result), outputs={**landing.result.outputs, **landed})


def _files(result: e.Outcome) -> dict[str, Any]:
    return {"commit": result.commit, "tree": result.tree, "artifacts": result.artifacts}


def record_merge(recorder: Recorder, result: e.Outcome, kept: e.Outcome) -> None:
    """The last step has joined everything: the run has a branch now, and may have landed."""
    outputs, branch = result.outputs, str(kept.outputs.get("branch", ""))
    recorder.emit(e.RunMerged(branch=branch, commit=kept.commit, tree=kept.tree))
    if outputs.get("landed"):
        landed = e.RunLanded(
            target=str(outputs["landed"]),
            commit=result.commit,
            previous=str(outputs.get("previous", "")),
            how=str(outputs.get("how", "")),
        )
        recorder.emit(landed)


def fail_landing(recorder: Recorder, st: StepState, reason: str) -> None:
    """The last step does not bring the result to its target; the run is again what it was."""
    withdraw(recorder, st, "the landing failed")
    end_landing(recorder, reason)


def end_landing(recorder: Recorder, reason: str) -> None:
    """Put on record that it does not land, where it was to."""
    landing = recorder.state.landing
    if landing is not None:
        recorder.emit(e.LandingFailed(target=landing.target, reason=reason))


def _merged(state: State, event: e.RunMerged, at: float) -> None:
    state.branch, state.commit, state.tree = event.branch, event.commit, event.tree


def _landing_begun(state: State, event: e.LandingBegun, at: float) -> None:
    """Only the last step is open again; whatever else the run came to stays."""
    st = state.merge_step
    if st is None:
        return
    state.landing = Landing(
        event.target,
        st.key,
        state.status,
        state.reason,
        state.closing,
        state.ended_at,
        st.result,
        tuple(st.verdicts),
        event.squash,
    )
    go_on(state, event, at)
    state.ended_at, state.closing, state.not_landed, state.recoveries = None, "", "", 0
    acknowledge_failures(state)
    open_round(state, st, at)
    recount(state)


def _landing_failed(state: State, event: e.LandingFailed, at: float) -> None:
    landing = state.landing
    if landing is None:
        return
    st = state.steps[landing.step]
    move(state, st, "succeeded", at)
    st.result, st.failure, st.notes = landing.result, None, {}
    st.verdicts = list(landing.verdicts)
    state.not_landed = event.reason
    _landing_over(state, landing)


def _landed(state: State, event: e.RunLanded, at: float) -> None:
    state.landed = event.target
    if state.landing is not None:
        _landing_over(state, state.landing)


def _landing_over(state: State, landing: Landing) -> None:
    """The run is again what it was before."""
    state.status, state.reason, state.closing = landing.status, landing.reason, landing.closing
    state.ended_at, state.landing = landing.ended_at, None
    state.detail, state.until, state.paused_at = "", None, None
    clear_queues(state)


HANDLERS: dict[type[e.Event], Callable[[State, Any, float], None]] = {
    e.RunMerged: _merged,
    e.LandingBegun: _landing_begun,
    e.LandingFailed: _landing_failed,
    e.RunLanded: _landed,
}
