"""Random workflows are such as ropewalk would load, the same number gives the same ones, and between them they hold everything
that a workflow can say: what is never made is never tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from random import Random

import pytest

from ropewalk.definition.check import check_workflow
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.testing.simulation.workflows import Catalog, catalog, chance_apart, inputs

SEEDS = range(150)


@cache
def catalogs() -> tuple[Catalog, ...]:
    return tuple(catalog(Random(seed)) for seed in SEEDS)


def workflows() -> Iterator[Workflow]:
    for made in catalogs():
        yield from made.workflows.values()


def steps() -> Iterator[Step]:
    for workflow in workflows():
        yield from workflow.steps


def test_each_is_such_as_ropewalk_would_load():
    for seed, made in zip(SEEDS, catalogs(), strict=True):
        for workflow in made.workflows.values():
            faults = check_workflow(workflow)
            assert not faults, f"seed {seed}: {faults}\n{workflow}"


def test_the_same_number_gives_the_same_catalog_and_another_one_another():
    assert catalog(Random(11)) == catalog(Random(11))
    assert catalog(Random(12)) != catalog(Random(11))


def test_chance_apart_takes_nothing_from_that_of_the_trial_and_is_the_same_each_time():
    random, untouched = Random(5), Random(5)
    drawn = [chance_apart(random).random() for _ in range(3)]
    assert drawn == [chance_apart(untouched).random()] * 3
    assert random.getstate() == untouched.getstate()
    random.random()
    assert chance_apart(random).random() != drawn[0]


def test_a_run_calls_only_what_is_smaller_so_that_calls_end():
    below = {"main": {"leaf", "middle"}, "middle": {"leaf"}, "leaf": set[str]()}
    for made in catalogs():
        assert made.workflows.keys() == below.keys()
        for name, workflow in made.workflows.items():
            called = {step.args["workflow"] for step in workflow.steps if step.kind == "call"}
            assert called <= below[name]


def test_a_merge_is_the_last_main_step_of_main_and_waits_for_all_the_others():
    merging = [workflow for workflow in workflows() if any(step.kind == "merge" for step in workflow.steps)]
    assert merging
    for workflow in merging:
        *others, merge = workflow.steps
        assert workflow.name == "main"
        assert (merge.kind, merge.internal, merge.optional) == ("merge", True, False)
        assert merge.needs == tuple(step.id for step in others if not step.final)


def test_no_step_is_optional_whose_failure_others_have_to_hear_of():
    for step in steps():
        assert not (step.optional and (step.kind in {"decide", "merge"} or step.on_failure == "cancel"))


def test_inputs_are_a_number_and_a_list_whose_keys_are_now_and_then_one_twice():
    drawn = [inputs(Random(seed)) for seed in SEEDS]
    assert {values["n"] for values in drawn} == {0, 1, 2, 3}
    assert {len(set(values["xs"])) for values in drawn} == {0, 1, 2, 3, 5}
    assert any(len(set(values["xs"])) < len(values["xs"]) for values in drawn)


FEATURES: dict[str, Callable[[Step], object]] = {
    **{
        f"kind {kind}": lambda step, kind=kind: step.kind == kind  # type: ignore[misc]
        for kind in ("noop", "role", "ask", "decide", "call", "merge")
    },
    **{
        f"join {kind}": lambda step, kind=kind: len(step.needs) > 1 and step.join.kind == kind  # type: ignore[misc]
        for kind in ("all", "any", "quorum")
    },
    **{
        f"decided by {by}": lambda step, by=by: step.decision and step.decision.by == by  # type: ignore[misc]
        for by in ("condition", "role", "person", "fact")
    },
    **{
        f"on failure {policy}": lambda step, policy=policy: step.on_failure == policy  # type: ignore[misc]
        for policy in ("fail", "cancel", "continue", "pause", "ask", "back_to")
    },
    "a route that ends the run": lambda step: step.decision and any(way.end for way in step.decision.routes),
    "a list without items": lambda step: step.foreach and step.foreach.over == "[]",
    "a list with places": lambda step: step.foreach and step.foreach.at_most,
    "a loop by its gate or failure": lambda step: step.back_to and not step.back_to.when,
    "a loop by a condition": lambda step: step.back_to and step.back_to.when,
    "a condition": lambda step: step.when,
    "a gate": lambda step: step.gates,
    "a question before": lambda step: step.kind != "ask" and step.ask,
    "an approval after": lambda step: step.approve,
    "an approval that sends back": lambda step: step.approve and step.approve.on_reject == "back_to",
    "an answer by itself": lambda step: step.ask and step.ask.default,
    "choices": lambda step: step.ask and step.ask.choices,
    "a fact that is asked for": lambda step: step.ask and step.ask.fact,
    "a fact that is set": lambda step: step.sets,
    "a limit of time": lambda step: step.timeout.step_seconds,
    "a reservation": lambda step: step.budget.cost_usd,
    "a final step": lambda step: step.final,
    "a final step after another": lambda step: step.final and step.needs,
    "an optional step": lambda step: step.optional,
}


@pytest.mark.parametrize("feature", FEATURES)
def test_there_is_a_step_with(feature: str):
    assert any(FEATURES[feature](step) for step in steps())


LIMITS: dict[str, Callable[[Workflow], object]] = {
    "attempts": lambda workflow: workflow.limits.budget.attempts,
    "tokens": lambda workflow: workflow.limits.budget.tokens,
    "money": lambda workflow: workflow.limits.budget.cost_usd,
    "working time": lambda workflow: workflow.limits.budget.seconds,
    "time": lambda workflow: workflow.limits.timeout_seconds,
    "time that counts waits": lambda workflow: workflow.limits.count_waits,
    "depth": lambda workflow: workflow.limits.depth == 1,
    "items": lambda workflow: workflow.limits.items == 4,
    "events": lambda workflow: workflow.limits.events == 60,
    "one attempt at a time": lambda workflow: workflow.limits.parallel == 1,
}


@pytest.mark.parametrize("limit", LIMITS)
def test_there_is_a_workflow_with_a_limit_of(limit: str):
    assert any(LIMITS[limit](workflow) for workflow in workflows())


def test_runs_are_started_with_every_option():
    options = [made.options for made in catalogs()]
    assert {option.sequential for option in options} == {True, False}
    assert {option.parallel for option in options} == {0, 1, 2}
    assert {option.assume for option in options} == {None, True, False}
    assert {option.answer_all for option in options} == {"", "everybody"}
