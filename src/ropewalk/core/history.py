"""Histories that come from elsewhere: what a fork keeps of another run, and what an imported one has to be.

Nothing in an import is believed because its hashes hold, as the one who wrote the file computed those too. Names that become
paths, refs or words of a command line are checked here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from ropewalk.core import events as e
from ropewalk.core.commands import is_branch_name, is_run_id
from ropewalk.core.evolve import evolve
from ropewalk.core.rounds import Bypass, still_left_out
from ropewalk.core.state import Graph, State, StepState, new_state
from ropewalk.core.work import Artifact
from ropewalk.definition import Workflow
from ropewalk.errors import NoSuchStep

_COMMIT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})?")
_DIGEST = re.compile(r"(?:[0-9a-f]{64})?")
_NAMES = {"commit": _COMMIT, "tree": _COMMIT, "seen": _COMMIT, "previous": _COMMIT, "judged": _COMMIT}
_BRANCHES = ("target", "branch")
_TIMES = ("at", "until", "retry_at", "expires_at")
_YEAR_10000 = 253_402_300_800.0
"""Unix seconds of the first time that no calendar can show."""
_STEP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")


def fold_imported(run: str, workflow: Workflow, history: Sequence[tuple[e.Event, float]]) -> State:
    """The state that an imported history leads to. Raises ValueError that names the version."""
    for step in workflow.steps:
        if not _STEP.fullmatch(step.id):
            raise ValueError(f"its definition names a step {step.id!r:.80}")
    state = new_state(run, workflow, Graph(workflow))
    for version, (event, at) in enumerate(history, 1):
        for fault in (*_in_times({"at": at}), *_faults(event, first=version == 1)):
            raise ValueError(f"version {version}: {fault}")
        evolve(state, event, at)
    return state


def _faults(event: e.Event, first: bool) -> Iterator[str]:
    if isinstance(event, e.RunCreated) != first:
        yield "a history begins with run.created, and only there it stands"
    if isinstance(event, e.RunCreated):
        if event.parent is not None and not is_run_id(event.parent.run):
            yield f"it was called by a run {event.parent.run!r:.80}"
        yield from _in_base(event.base)
    if isinstance(event, e.StepStarted) and event.child and not is_run_id(event.child):
        yield f"it calls a run {event.child!r:.80}"
    if isinstance(event, e.StepProduced | e.StepSucceeded):
        yield from _in_result(event.result)
    if isinstance(event, e.AskAnswered):
        yield from _in_artifacts(event.artifacts)
    if isinstance(event, e.AskOpened):
        yield from _in_artifacts(event.show)
    if isinstance(event, e.AttemptFailed):
        yield from _in_times({"retry_at": event.failure.retry_at})
    for name in (*_NAMES, *_BRANCHES):
        yield from _in_name(name, getattr(event, name, ""))
    yield from _in_times({name: getattr(event, name, None) for name in _TIMES})


def _in_base(base: dict[str, Any]) -> Iterator[str]:
    for name, value in base.items():
        yield from _in_name(name, value)
    within = base.get("within", "")
    if within and not (isinstance(within, str) and is_run_id(within)):
        yield f"it works in the folder of a run {within!r:.80}"
    yield from _in_times({"at": base.get("at")})


def _in_times(times: dict[str, Any]) -> Iterator[str]:
    for name, value in times.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (number and 0 <= value < _YEAR_10000):
            yield f"{name} is no time: {value!r:.80}"


def _in_result(result: e.Outcome) -> Iterator[str]:
    for name in ("commit", "tree"):
        yield from _in_name(name, getattr(result, name))
    yield from _in_artifacts(result.artifacts)


def _in_artifacts(artifacts: Sequence[Artifact]) -> Iterator[str]:
    for artifact in artifacts:
        for commit in (artifact.commit, *artifact.merged_from):
            yield from _in_name("commit", commit)
        if not _DIGEST.fullmatch(artifact.digest):
            yield f"{artifact.digest!r:.80} is no sha256"
        if artifact.path.startswith("/") or ".." in artifact.path.split("/") or "\0" in artifact.path:
            yield f"{artifact.path!r:.80} is no file inside of a folder"


def _in_name(name: str, value: Any) -> Iterator[str]:
    """Git reads these on its command line, where a dash would make an option of them."""
    if name in _BRANCHES and value != "" and not (isinstance(value, str) and is_branch_name(value)):
        yield f"{value!r:.80} is no branch"
    kind = _NAMES.get(name)
    if kind is not None and not (isinstance(value, str) and kind.fullmatch(value)):
        yield f"{value!r:.80} is no commit"


def definition_digest(history: Sequence[tuple[e.Event, float]]) -> str:
    """What the first event says of the definition; "" when it is no beginning of a run."""
    first = history[0][0] if history else None
    return first.digest if isinstance(first, e.RunCreated) else ""


def decoded_definition(stored: bytes) -> Workflow:
    """Raises ValueError when these bytes are no definition."""
    from ropewalk.definition import decode_workflow

    try:
        return decode_workflow(stored)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError(f"its definition cannot be read: {error}") from error


def kept_events(state: State, step: str) -> tuple[e.Event, ...]:
    """Events, in written order, that put those steps on record in a new run. Raises NoSuchStep."""
    if step not in state.graph.index:
        raise NoSuchStep(run=state.run, step=step, nearest="a step's id, without an item")
    again = state.graph.after([step])
    bypassed = still_left_out(state, undecided={state.graph.steps[i].id for i in again})
    events: list[e.Event] = []
    for i, written in enumerate(state.graph.steps):
        st = state.steps[written.id]
        bypass = bypassed.get(st.key) if st.key != step else None
        if written.final:
            continue
        if i in again:
            if bypass is not None and (bypass.cause == "route" or st.status == "skipped"):
                events.append(_left_out(st, bypass))
        elif st.status == "succeeded" and st.result is not None:
            if st.route:
                events.append(e.DecisionMade(step=st.key, route=st.route, by=f"run {state.run}"))
            events += _items(state, st)
            events.append(e.StepSucceeded(step=st.key, attempt=st.attempt, result=st.result))
        elif st.cause in {"when", "operator"}:
            events += _items(state, st) if st.status == "skipped" else ()
            events.append(e.StepSkipped(st.key, cause=st.cause, reason=st.detail))
        elif st.cause and bypass is not None:
            events.append(_left_out(st, bypass))
    return tuple(events)


def _left_out(st: StepState, bypass: Bypass) -> e.StepSkipped:
    return e.StepSkipped(st.key, cause=bypass.cause, reason=bypass.reason, decision=bypass.decision)


def _items(state: State, st: StepState) -> list[e.Event]:
    """The items of a foreach, each as it ended; in a new run all of it is round 1."""
    if not st.items:
        return []
    items = [state.steps[key] for key in st.items]
    keys = tuple(item.key[len(st.key) + 1 : -1] for item in items)
    events: list[e.Event] = [
        e.StepExpanded(step=st.key, keys=keys, values=tuple(item.item for item in items))
    ]
    for item in items:
        if item.status == "succeeded" and item.result is not None:
            events.append(e.StepSucceeded(step=item.key, attempt=item.attempt, result=item.result))
        elif item.status == "skipped" and item.cause:
            events.append(e.StepSkipped(item.key, cause=item.cause, reason=item.detail))
        else:
            reason = item.failure.message if item.failure is not None else item.detail
            events.append(e.StepSkipped(item.key, cause="need", reason=reason))
    return events
