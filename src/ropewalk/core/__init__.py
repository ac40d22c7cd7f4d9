"""What a run is: pure functions over one state, no I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.core.asks import consent_to as consent_to, possible_verdicts as possible_verdicts
    from ropewalk.core.budgets import SPENDS as SPENDS, family_budget as family_budget, spending as spending
    from ropewalk.core.commands import RUN_ID_RULE as RUN_ID_RULE, is_run_id as is_run_id
    from ropewalk.core.history import decoded_definition as decoded_definition
    from ropewalk.core.history import definition_digest as definition_digest, fold_imported as fold_imported
    from ropewalk.core.history import kept_events as kept_events
    from ropewalk.core.plan import Call as Call, Effect as Effect, EndCall as EndCall, Perform as Perform
    from ropewalk.core.plan import Wake as Wake
    from ropewalk.core.recorder import known_facts as known_facts, run_fields as run_fields
    from ropewalk.core.recorder import scope_of as scope_of
    from ropewalk.core.state import ENDED as ENDED, FOR_PEOPLE as FOR_PEOPLE, STEP_ENDED as STEP_ENDED
    from ropewalk.core.state import Graph as Graph, RunStatus as RunStatus, State as State
    from ropewalk.core.state import StepState as StepState, StepStatus as StepStatus, Unwanted as Unwanted
    from ropewalk.core.state import new_state as new_state
    from ropewalk.core.transitions import RUN_TRANSITIONS as RUN_TRANSITIONS
    from ropewalk.core.transitions import STEP_TRANSITIONS as STEP_TRANSITIONS
    from ropewalk.core.texts import as_title as as_title, route_titles as route_titles
    from ropewalk.core.texts import squash_message as squash_message
    from ropewalk.core.verbs import step_named as step_named
    from ropewalk.core.work import DATA_BYTES as DATA_BYTES, EVENT_BYTES as EVENT_BYTES
    from ropewalk.core.work import NO_FAMILY_BUDGET as NO_FAMILY_BUDGET, Amount as Amount
    from ropewalk.core.work import (
        Artifact as Artifact,
        Brief as Brief,
        Changes as Changes,
        Failure as Failure,
    )
    from ropewalk.core.work import FamilyBudget as FamilyBudget, Feedback as Feedback, Handoff as Handoff
    from ropewalk.core.work import Options as Options, Outcome as Outcome, Parent as Parent
    from ropewalk.core.work import Spending as Spending, Usage as Usage, Verdict as Verdict
    from ropewalk.core.work import size_of as size_of, why_too_large as why_too_large
else:
    __getattr__ = lazy(
        __name__,
        {
            "core.asks": "consent_to possible_verdicts",
            "core.budgets": "SPENDS family_budget spending",
            "core.commands": "RUN_ID_RULE is_run_id",
            "core.history": "decoded_definition definition_digest fold_imported kept_events",
            "core.plan": "Call Effect EndCall Perform Wake",
            "core.recorder": "known_facts run_fields scope_of",
            "core.state": (
                "ENDED FOR_PEOPLE STEP_ENDED Graph RunStatus State StepState StepStatus Unwanted new_state"
            ),
            "core.transitions": "RUN_TRANSITIONS STEP_TRANSITIONS",
            "core.texts": "as_title route_titles squash_message",
            "core.verbs": "step_named",
            "core.work": (
                "DATA_BYTES EVENT_BYTES NO_FAMILY_BUDGET Amount Artifact Brief Changes Failure FamilyBudget "
                "Feedback Handoff Options Outcome Parent Spending Usage Verdict size_of why_too_large"
            ),
        },
    )
