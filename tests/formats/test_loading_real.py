"""Whole files, ours and real ones: each valid one loads whole, and its rules come to an end whatever is assumed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from ropewalk.definition.order import needs_of
from ropewalk.errors import InvalidDefinition, VariantNeeded
from ropewalk.formats.account import account
from ropewalk.formats.loading import load_workflow, load_workflow_text
from ropewalk.formats.reading import ReadOptions
from ropewalk.formats.write import workflow_yaml
from ropewalk.preview.plan import plan_workflow
from ropewalk.yaml.reading import read_yaml_text, yaml_documents
from tests.formats.rehearsed import in_loops, rehearse
from tests.formats.samples import DATA, samples


def variants(path: Path) -> list[str]:
    try:
        load_workflow(path)
    except VariantNeeded as error:
        return list(error.names)
    except InvalidDefinition:
        return []
    return [""]


@pytest.mark.parametrize("path", samples("workflows", ".yaml", ".yml"))
def test_a_file_loads_whole_and_comes_to_its_end(path):
    for variant in variants(path):
        workflow = load_workflow(path, options=ReadOptions(variant=variant)).workflow
        told = account(yaml_documents(read_yaml_text(path))[0], str(path), workflow, variant)
        assert told is not None
        assert told.lost == ()
        assert plan_workflow(
            load_workflow_text(workflow_yaml(workflow), "native.yaml").workflow
        ) == plan_workflow(workflow)
        for assume in (True, False):
            run = rehearse(workflow, assume)
            assert run.state.status == "completed", run.state.reason
            _check_order(workflow, run)


def _check_order(workflow, run):
    """No step before its needs have ended; outside of loops and ways, each unconditional step exactly once."""
    ended: set[str] = set()
    needs = needs_of(workflow)
    for event in run.events:
        kind, step = type(event).__name__, getattr(event, "step", "")
        if kind == "StepStarted":
            assert set(needs[step]) <= ended, step
        elif kind in ("StepSucceeded", "StepSkipped"):
            ended.add(step)
        elif kind == "RoundOpened":
            ended -= set(event.steps)
    ways = {
        name
        for step in workflow.steps
        if step.decision
        for route in step.decision.routes
        for name in route.to
    }
    ends = any(route.end for step in workflow.steps if step.decision for route in step.decision.routes)
    counted, loops = Counter(run.started), in_loops(workflow)
    for step in workflow.steps:
        if not (step.when or step.id in loops or step.id in ways or ends) and step.kind != "ask":
            assert counted[step.id] == 1, step.id


@pytest.mark.parametrize("path", samples("workflows", ".yaml", ".yml"))
def test_a_file_that_is_not_yaml_is_told_with_its_place_and_a_hint(path):
    if variants(path):
        return
    with pytest.raises(InvalidDefinition) as caught:
        load_workflow(path)
    fault = caught.value.faults[0]
    assert fault.line
    assert fault.column
    assert fault.hint


class Shape(NamedTuple):
    """What a person sees of a workflow at a glance: its size, where work goes back to, ways, people, and what runs at once."""

    format: str
    steps: int
    back: dict[str, str]
    ways: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    roots: int = 1


FIXED = "various-any_flagged_documents"
SHAPES = {
    ("bmad-board-game.yaml", "full_game"): Shape(
        "bmad",
        9,
        {"game-designer-rules-2": "playtester-rules"},
        asked=("illustrator-cards", "printer-print_proof-checkpoint"),
    ),
    ("bmad-board-game.yaml", "prototype"): Shape("bmad", 4, {}, asked=("poc_decision_point",)),
    ("bmad-garden-sensors.yaml", ""): Shape(
        "bmad",
        19,
        {FIXED: "po-validate", "repeat_development_cycle": "sm-create_story"},
        ("single_story", "small_feature", "major_enhancement"),
        ("qa-implementation_files",),
    ),
    ("bmad-lending-desk.yaml", ""): Shape(
        "bmad",
        22,
        {
            FIXED: "po-validate",
            "dev-address_qa_feedback": "qa-review_implementation",
            "repeat_development_cycle": "sm-create_story",
        },
    ),
    ("bmad-newsletter.yml", ""): Shape(
        "bmad", 7, {"proofreader-work": "editor-issue"}, asked=("Checkpoint",), roots=2
    ),
    ("bmad-review-loop.yaml", ""): Shape(
        "bmad",
        11,
        {"review-decision-NEEDS_REVISION-again": "spec", "repeat": "build"},
        ("APPROVED", "NEEDS_REVISION", "BLOCKED"),
        ("review-BLOCKED-asked",),
    ),
    ("botarmy-exhibition.yaml", ""): Shape("botarmy", 6, {}, asked=("choose-checkpoint",), roots=2),
    ("tapps-recipe-box.yaml", ""): Shape("tapps", 7, {"review": "build"}),
    ("tapps-three-cleanups.yaml", ""): Shape("tapps", 7, {}, roots=3),
}


@pytest.mark.parametrize(("name", "variant"), SHAPES, ids=lambda part: part.partition(".")[0])
def test_our_own_files_are_read_as_what_they_mean(name, variant):
    workflow = load_workflow(DATA / "workflows" / name, options=ReadOptions(variant=variant)).workflow
    needs = needs_of(workflow)
    assert SHAPES[name, variant] == Shape(
        workflow.format,
        len(workflow.steps),
        {step.id: step.back_to.to for step in workflow.steps if step.back_to},
        tuple(route.name for step in workflow.steps if step.decision for route in step.decision.routes),
        tuple(step.id for step in workflow.steps if step.ask or step.approve),
        sum(not needs[step.id] for step in workflow.steps),
    )


def test_every_file_of_our_own_that_loads_has_its_shape_told():
    loads = {(path.name, variant) for path in (DATA / "workflows").iterdir() for variant in variants(path)}
    assert loads == SHAPES.keys()
