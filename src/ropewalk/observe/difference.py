"""What differs between two states: of one run at two versions, or of two runs. Pure."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ropewalk.core import State
from ropewalk.observe.summary import artifacts_of, listed_steps


class FieldChange(Struct, frozen=True):
    """A path such as `steps.build.status`; None stands for nothing there."""

    path: str
    old: Any
    new: Any


def state_difference(old: State, new: State) -> list[FieldChange]:
    """Every path whose value differs, in the order of the newer state, then what is gone."""
    before, after = _flat(old), _flat(new)
    paths = [*after, *(path for path in before if path not in after)]
    return [
        FieldChange(path, before.get(path), after.get(path))
        for path in paths
        if before.get(path) != after.get(path)
    ]


def _flat(state: State) -> dict[str, Any]:
    flat: dict[str, Any] = {
        "status": state.status,
        "reason": state.reason,
        "workflow": state.workflow.name,
        "definition": state.digest,
    }
    for title, values in (("inputs", state.inputs), ("facts", state.facts)):
        flat |= {f"{title}.{name}": value for name, value in values.items()}
    for st in listed_steps(state):
        flat[f"steps.{st.key}.status"] = st.status
        flat[f"steps.{st.key}.round"] = st.round
        flat[f"steps.{st.key}.attempts"] = st.attempts
        outputs = st.result.outputs if st.result is not None else {}
        flat |= {f"steps.{st.key}.outputs.{name}": value for name, value in outputs.items()}
    for name, opened in state.asks.items():
        flat[f"asks.{name}"] = opened.prompt
    flat |= {f"artifacts.{made.artifact.path}": made.artifact.digest for made in artifacts_of(state)}
    return flat
