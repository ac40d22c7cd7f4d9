"""The verdicts of a run's gates, and which files of the run they did not take into account. Pure: it reads a state."""

from __future__ import annotations

from typing import Any

from ropewalk.core import State, Verdict


def verdicts_of(state: State) -> list[dict[str, Any]]:
    """The verdicts of each step's last round, in written order, those of the run's own gate last.

    Keys: step, gate, verdict, by, reason, findings, judged_with (what was as at the base, left out, of the run, new tests).
    """
    steps = sorted(state.steps.values(), key=lambda st: (st.index, st.place if st.parent else -1))
    return [
        {
            "step": st.key,
            "gate": verdict.gate,
            "verdict": verdict.verdict,
            "by": verdict.by,
            "reason": verdict.reason,
            "findings": list(verdict.findings),
            "judged_with": judged_with(verdict),
        }
        for st in steps
        for verdict in st.verdicts
    ]


def judged_with(verdict: Verdict) -> dict[str, Any]:
    """What the gate's folder held that the run had not left so; {} when it held just what the run left."""
    judged = verdict.evidence.get("judged_with")
    return dict(judged) if isinstance(judged, dict) else {}


def not_believed(state: State) -> list[str]:
    """The files that some gate took from the start of the run, or left out, by path."""
    paths: set[str] = set()
    for st in state.steps.values():
        for verdict in st.verdicts:
            judged = judged_with(verdict)
            paths.update(judged.get("as_at_the_base", ()), judged.get("left_out", ()))
    return sorted(paths)
