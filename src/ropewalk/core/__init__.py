"""What a run is: pure functions over one state, no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.core.around import NO_FAMILY_BUDGET as NO_FAMILY_BUDGET, FamilyBudget as FamilyBudget
    from ropewalk.core.budgets import SPENDS as SPENDS, spending as spending
    from ropewalk.core.effects import Call as Call, Effect as Effect, EndCall as EndCall, Perform as Perform
    from ropewalk.core.effects import Wake as Wake
    from ropewalk.core.family import family_budget as family_budget
    from ropewalk.core.fork import kept_events as kept_events
    from ropewalk.core.graph import Graph as Graph
    from ropewalk.core.ids import RUN_ID_RULE as RUN_ID_RULE, is_run_id as is_run_id
    from ropewalk.core.imported import decoded_definition as decoded_definition
    from ropewalk.core.imported import definition_digest as definition_digest
    from ropewalk.core.imported import fold_imported as fold_imported
    from ropewalk.core.options import Options as Options, Parent as Parent
    from ropewalk.core.questions import consent_to as consent_to, possible_verdicts as possible_verdicts
    from ropewalk.core.recorder import Recorder as Recorder, scope_of as scope_of
    from ropewalk.core.sizes import DATA_BYTES as DATA_BYTES, EVENT_BYTES as EVENT_BYTES, size_of as size_of
    from ropewalk.core.sizes import why_too_large as why_too_large
    from ropewalk.core.state import ENDED as ENDED, FOR_PEOPLE as FOR_PEOPLE, STEP_ENDED as STEP_ENDED
    from ropewalk.core.state import RunStatus as RunStatus, State as State, StepState as StepState
    from ropewalk.core.state import StepStatus as StepStatus, Unwanted as Unwanted, new_state as new_state
    from ropewalk.core.transitions import RUN_TRANSITIONS as RUN_TRANSITIONS
    from ropewalk.core.transitions import STEP_TRANSITIONS as STEP_TRANSITIONS
    from ropewalk.core.verbs import step_named as step_named
    from ropewalk.core.work import Amount as Amount, Artifact as Artifact, Brief as Brief
    from ropewalk.core.work import Failure as Failure, Feedback as Feedback, Handoff as Handoff
    from ropewalk.core.work import Outcome as Outcome, Spending as Spending, Usage as Usage
    from ropewalk.core.work import Verdict as Verdict
else:
    __getattr__ = lazy(
        __name__,
        {
            "core.around": "NO_FAMILY_BUDGET FamilyBudget",
            "core.budgets": "SPENDS spending",
            "core.effects": "Call Effect EndCall Perform Wake",
            "core.family": "family_budget",
            "core.fork": "kept_events",
            "core.graph": "Graph",
            "core.ids": "RUN_ID_RULE is_run_id",
            "core.imported": "decoded_definition definition_digest fold_imported",
            "core.options": "Options Parent",
            "core.questions": "consent_to possible_verdicts",
            "core.recorder": "Recorder scope_of",
            "core.sizes": "DATA_BYTES EVENT_BYTES size_of why_too_large",
            "core.state": (
                "ENDED FOR_PEOPLE STEP_ENDED RunStatus State StepState StepStatus Unwanted new_state"
            ),
            "core.transitions": "RUN_TRANSITIONS STEP_TRANSITIONS",
            "core.verbs": "step_named",
            "core.work": "Amount Artifact Brief Failure Feedback Handoff Outcome Spending Usage Verdict",
        },
    )
