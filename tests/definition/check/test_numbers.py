import pytest

from ropewalk.definition.check import check_workflow
from ropewalk.definition.check.numbers import MAX_STEPS
from ropewalk.definition.policy import Budget, Limits, Retry, Timeouts
from ropewalk.definition.workflow import BackTo, Foreach, Step, Workflow


def said(**keys) -> list[str]:
    return [str(fault) for fault in check_workflow(Workflow("w", (Step("a", "noop", **keys),)))]


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        ({"retry": Retry(0)}, "`retry.attempts` is 0, at least 1 is expected"),
        (
            {"retry": Retry(1001)},
            "1001 attempts, 1000 are allowed; a wait for something outside is a step of its own",
        ),
        ({"retry": Retry(delay_seconds=-1)}, "`retry.delay` is -1, at least 0 is expected"),
        ({"retry": Retry(factor=0.5)}, "`retry.factor` is 0.5, at least 1 is expected"),
        (
            {"retry": Retry(delay_seconds=90)},
            "the cap of 60s is shorter than the first delay of 90s; raise `cap`, or",
        ),
        ({"timeout": Timeouts(0)}, "`timeout.attempt` of 0 would end it at once; write `none` for no limit"),
        (
            {"timeout": Timeouts(step_seconds=-1)},
            "`timeout.step` of 0 would end it at once; write `none` for no limit",
        ),
        (
            {"timeout": Timeouts(idle_seconds=0)},
            "`timeout.idle` of 0 would end it at once; write `none` for no limit",
        ),
        ({"timeout": Timeouts(grace_seconds=-1)}, "`timeout.grace` is -1, at least 0 is expected"),
        (
            {"timeout": Timeouts(9, 5)},
            "one attempt may take 9s, all together only 5s; raise `step`, or lower `attempt`",
        ),
        ({"budget": Budget(cost_usd=0)}, "a budget of 0 allows nothing; remove it"),
        (
            {"back_to": BackTo("a", at_most=0)},
            "`at_most` is 0: a loop needs a cap of at least 1; say how many times, or",
        ),
        ({"foreach": Foreach("[1]", quorum=-1)}, "`foreach.quorum` is -1, at least 0 is expected"),
        (
            {"foreach": Foreach("[1, 2]", quorum=3)},
            "`foreach.quorum` is 3, the list has 2; lower `quorum`, or add items",
        ),
        ({"foreach": Foreach("[1]", at_most=-1)}, "`foreach.at_most` is -1, at least 0 is expected"),
    ],
)
def test_a_number_that_makes_no_sense_is_told(keys, what):
    (fault,) = said(**keys)
    assert fault.startswith(f"<text>: step `a`: {what}")


def test_numbers_that_make_sense_are_fine():
    assert said(foreach=Foreach("[1, 2]", quorum=2)) == []
    assert said(retry=Retry(1, 0, 1, 0), timeout=Timeouts(1, 2, 3, 0), budget=Budget(1, 1, 1, 1)) == []


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(parallel=0), "<text>: `limits.parallel` is 0, at least 1 is expected"),
        (
            Limits(timeout_seconds=0),
            "<text>: `limits.timeout` of 0 would end it at once; write `none` for no limit",
        ),
        (Limits(budget=Budget(tokens=-1)), "<text>: a budget of -1 allows nothing; remove it"),
    ],
)
def test_limits_of_the_run_too(limits, what):
    (fault,) = check_workflow(Workflow("w", (Step("a", "noop"),), limits=limits))
    assert str(fault) == what


def test_more_steps_than_ropewalk_takes_on_are_told_before_anything_else():
    steps = tuple(Step("same", "noop") for _ in range(MAX_STEPS + 1))
    (fault,) = check_workflow(Workflow("w", steps))
    assert "the workflow has 20,001 steps, 20,000 are allowed; call parts of it" in str(fault)
