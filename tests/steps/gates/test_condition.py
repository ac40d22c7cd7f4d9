"""A condition as a gate."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core.work import Outcome, Verdict
from ropewalk.errors import ConditionError
from ropewalk.steps.gates.condition import ConditionGate
from ropewalk.steps.port import Tools
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk


async def judge(tmp_path, args: dict[str, Any]) -> Verdict:
    given = brief(outputs={"plan": {"n": 2}}, known={"big": False}, inputs={"least": 80})
    done = Outcome(outputs={"coverage": 85, "deep": {"x": "y"}})
    return await ConditionGate().judge(args, given, done, ListeningDesk(tmp_path), Tools(agents={}))


@pytest.mark.parametrize(
    "condition",
    ["outputs.coverage >= inputs.least", "outputs.build.coverage > 80", "outputs.plan.n == 2 && !facts.big"],
)
async def test_a_condition_that_holds_passes_with_what_it_read(tmp_path, condition):
    verdict = await judge(tmp_path, {"condition": condition})
    assert verdict.verdict == "PASS"
    assert verdict.evidence
    assert None not in verdict.evidence.values()


async def test_a_condition_that_does_not_hold_fails_with_what_it_read_or_its_own_words(tmp_path):
    verdict = await judge(tmp_path, {"condition": "outputs.coverage > 90"})
    assert verdict.verdict == "FAIL"
    assert verdict.findings == ("`outputs.coverage > 90` does not hold: outputs.coverage is 85",)
    told = await judge(tmp_path, {"condition": "outputs.coverage > 90", "message": "cover more"})
    assert told.findings == ("cover more",)
    told = await judge(
        tmp_path, {"condition": "false", "message": "{{ outputs.coverage }} of {{ inputs.least }}"}
    )
    assert told.findings == ("85 of 80",)


@pytest.mark.parametrize("condition", ["outputs.missing > 1", "outputs.deep.x.y == 1", "outputs.coverage"])
async def test_what_is_missing_is_never_true(tmp_path, condition):
    with pytest.raises(ConditionError):
        await judge(tmp_path, {"condition": condition})
