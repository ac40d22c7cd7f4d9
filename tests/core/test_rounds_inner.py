"""A loop inside a loop has its turns in every round of the outer one, and no step has more rounds than the workflow allows."""

from __future__ import annotations

from ropewalk.definition.policy import Limits
from ropewalk.definition.workflow import BackTo, Step, Workflow
from tests.formats.rehearsed import rehearse


def nested(inner: int, outer: int, rounds: int = 100) -> Workflow:
    return Workflow(
        name="nested",
        limits=Limits(rounds=rounds),
        steps=(
            Step("story", "noop"),
            Step("work", "noop", needs=("story",)),
            Step("review", "noop", needs=("work",), back_to=BackTo("work", "true", inner)),
            Step("next", "noop", needs=("review",), back_to=BackTo("story", "true", outer)),
        ),
    )


def test_each_round_of_the_outer_loop_has_all_turns_of_the_inner_one():
    run = rehearse(nested(inner=2, outer=3), assume=True)
    assert run.state.status == "completed"
    assert [run.started.count(step) for step in ("story", "work", "review", "next")] == [4, 12, 12, 4]


def test_the_limit_of_rounds_holds_over_all_loops_together():
    run = rehearse(nested(inner=5, outer=5, rounds=8), assume=True)
    assert run.state.status == "completed"
    assert max(run.started.count(step) for step in ("story", "work", "review", "next")) == 9
