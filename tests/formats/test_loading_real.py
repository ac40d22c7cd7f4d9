"""Real files, where they are at hand: each valid one loads whole, and its rules come to an end whatever is assumed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.formats.rehearsed import in_loops, rehearse
from weft.definition.order import needs_of
from weft.errors import InvalidDefinition, VariantNeeded
from weft.formats.account import account
from weft.formats.loading import load, load_text
from weft.formats.plan import plan
from weft.formats.reading import Options
from weft.formats.write import write
from weft.formats.yaml import documents, read_text

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "workflows"


def variants(path: Path) -> list[str]:
    try:
        load(path)
    except VariantNeeded as error:
        return list(error.names)
    except InvalidDefinition:
        return []
    return [""]


FILES = sorted(FOLDER.glob("*.yaml")) if FOLDER.is_dir() else []
CASES = [(path, variant) for path in FILES for variant in variants(path)]
NONE = "the data folder with real workflows is not beside this checkout; put it at ../shared/data"


def named(case) -> str:
    return f"{case[0].stem}-{case[1]}".rstrip("-") if case else "none"


@pytest.mark.parametrize("case", CASES or [None], ids=named)
def test_a_real_file_loads_whole_and_comes_to_its_end(case):
    if case is None:
        pytest.skip(NONE)
    path, variant = case
    workflow = load(path, options=Options(variant=variant)).workflow
    told = account(documents(read_text(path))[0], str(path), workflow, variant)
    assert told is not None
    assert told.lost == ()
    assert plan(load_text(write(workflow), "native.yaml").workflow) == plan(workflow)
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


@pytest.mark.parametrize("path", FILES or [None], ids=lambda path: path.stem if path else "none")
def test_a_real_file_that_is_not_yaml_is_told_with_its_place_and_a_hint(path):
    if path is None:
        pytest.skip(NONE)
    if variants(path):
        return
    with pytest.raises(InvalidDefinition) as caught:
        load(path)
    fault = caught.value.faults[0]
    assert fault.line
    assert fault.column
    assert fault.mend
