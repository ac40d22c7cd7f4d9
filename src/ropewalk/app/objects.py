"""A run, a step, an ask and a record as every door gives them: one object each, as plain data, in the words of the design."""

from __future__ import annotations

from typing import Any

import msgspec

from ropewalk.core.events import AskOpened
from ropewalk.core.questions import verdicts
from ropewalk.core.state import State, StepState
from ropewalk.errors import NoSuchStep
from ropewalk.observe.progress import progress
from ropewalk.observe.summary import handoffs, summary
from ropewalk.observe.verdicts import verdicts as judged
from ropewalk.store.port import Record


def plain(value: Any) -> Any:
    """As JSON has it."""
    return msgspec.to_builtins(value, enc_hook=str)


def run_of(state: State, now: float, made: list[dict[str, Any]], folders: list[str]) -> dict[str, Any]:
    """One run whole. `made` are its artifacts, `folders` those of attempts that hold what may be kept nowhere else."""
    shown: dict[str, Any] = {
        **summary(state, now, made),
        "version": state.version,
        "detail": state.detail,
        "until": state.until,
        "created_at": state.created_at,
        "started_at": state.started_at,
        "ended_at": state.ended_at,
        "inputs": state.inputs,
        "facts": state.facts,
        "outputs": state.result,
        "gates": judged(state),
        "handoffs": handoffs(state),
        "asks": [ask_of(state.run, opened) for opened in state.asks.values()],
        "labels": state.labels,
        "forked_from": state.forked_from,
        "parent": state.parent.run if state.parent else "",
        "folders": folders,
        "progress": progress(state, now),
    }
    return {name: plain(value) for name, value in shown.items()}


def find_step(state: State, key: str) -> StepState:
    """Raises NoSuchStep with the nearest name."""
    if key not in state.steps:
        from ropewalk.definition.fault import nearest

        near = nearest(key, state.steps) or ", ".join([*state.steps][:3])
        raise NoSuchStep(run=state.run, step=key, nearest=near)
    return state.steps[key]


def step_of(state: State, st: StepState) -> dict[str, Any]:
    """Everything about one step."""
    written = state.step(st.key)
    shown: dict[str, Any] = {
        "id": st.key,
        "status": st.status,
        "round": st.round,
        "attempts": st.attempts,
        "outputs": st.result.outputs if st.result is not None else {},
        "attempts_in_round": st.attempt,
        "kind": written.kind,
        "title": written.title,
        "role": written.role,
        "prompt": written.prompt,
        "phase": written.phase,
        "needs": list(written.needs),
        "waits_for": st.on,
        "until": st.until,
        "detail": st.detail,
        "cause": st.cause,
        "started_at": st.started_at,
        "ended_at": st.ended_at,
        "result": st.result,
        "failure": st.failure,
        "failures": st.failures,
        "verdicts": st.verdicts,
        "feedback": st.feedback,
        "route": st.route,
        "child": st.child,
        "asks": list(st.asks),
        "items": st.items,
        "usage": st.usage,
    }
    return {name: plain(value) for name, value in shown.items()}


def ask_of(name: str, opened: AskOpened, since: float | None = None) -> dict[str, Any]:
    """One open ask; `verdicts` are what it takes."""
    found: dict[str, Any] = plain(
        {
            "run": name,
            "ask": opened.ask,
            "step": opened.step,
            "round": opened.round,
            "about": opened.about,
            "prompt": opened.prompt,
            "choices": opened.choices,
            "titles": opened.titles,
            "verdicts": list(verdicts(opened)),
            "form": opened.form,
            "show": [{"path": a.path, "digest": a.digest, "size": a.size} for a in opened.show],
            "digest": opened.digest,
            "since": since,
            "expires_at": opened.expires_at,
            "default": opened.default,
            "fact": opened.fact,
            "detail": opened.detail,
        }
    )
    return found


def record_of(record: Record) -> dict[str, Any]:
    """A record as it is sent, with the event as it was written."""
    return {
        "position": record.position,
        "run": record.run,
        "version": record.version,
        "id": record.id,
        "at": record.at,
        "kind": record.kind,
        "actor": record.actor,
        "cause": record.cause,
        "event": msgspec.Raw(record.body),
        "hash": record.hash,
    }
