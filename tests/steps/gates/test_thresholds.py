"""Numbers against bounds, on the scale that was declared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ropewalk.core.work import Outcome, Verdict
from ropewalk.errors import GateError
from ropewalk.steps.gates.thresholds import Thresholds
from ropewalk.steps.port import Tools
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path)


async def judge(
    desk: ListeningDesk, thresholds: dict[str, Any], outputs: dict[str, Any] | None = None, **args: Any
) -> Verdict:
    done = Outcome(outputs=outputs or {})
    return await Thresholds().judge({"thresholds": thresholds, **args}, brief(), done, desk, Tools(agents={}))


@pytest.mark.parametrize(
    ("bound", "value", "passes"),
    [
        (">= 80", 80, True),
        (">= 80%", 79.9, False),
        ("80", 80, True),
        (80, 79, False),
        ("> 80", 80, False),
        ("<= 3", 3, True),
        ("< 3", 3, False),
        ("== 0", 0, True),
        ("= 0", 1, False),
        ("!= 0", 1, True),
        (">= -1.5", -1, True),
    ],
)
async def test_a_value_is_compared_with_its_bound(desk, bound, value, passes):
    verdict = await judge(desk, {"n": bound}, {"n": value})
    assert (verdict.verdict == "PASS") is passes
    assert verdict.evidence == {"n": value}


async def test_a_value_that_does_not_reach_its_bound_is_told_with_both(desk):
    assert (await judge(desk, {"coverage": ">= 80"}, {"coverage": 61.5})).findings == (
        "coverage is 61.5, >= 80 is wanted",
    )


async def test_values_come_from_the_report_by_name_or_path_then_from_the_outputs(desk):
    report = {"totals": {"percent": 90, "a.b": 1}, "x.y": 5, "totals.own": 3}
    (desk.folder / "report.json").write_text(json.dumps(report))
    bounds = {
        "totals.percent": "== 90",
        "x.y": "== 5",
        "totals.own": "== 3",
        "lint": "== 10",
        "deep.n": "== 2",
    }
    verdict = await judge(
        desk, bounds, {"lint": 10, "totals": {"percent": 1}, "deep": {"n": 2}}, report="report.json"
    )
    assert verdict.verdict == "PASS", verdict.findings


@pytest.mark.parametrize("value", [None, "85", True, [1]])
async def test_what_is_no_number_does_not_pass(desk, value):
    verdict = await judge(desk, {"n": ">= 0"}, {"n": value})
    assert verdict.verdict == "FAIL"
    assert "n is" in verdict.findings[0]


@pytest.mark.parametrize(
    ("text", "said"), [(None, "is not there"), ("{", "not valid JSON"), ("[1]", "must be a JSON object")]
)
async def test_a_report_that_cannot_be_read_does_not_pass(desk, text, said):
    if text is not None:
        (desk.folder / "r.json").write_text(text)
    verdict = await judge(desk, {"n": 1}, report="r.json")
    assert said in verdict.findings[0]
    assert "n is not reported" in verdict.findings[1]


async def test_a_report_of_tests_is_judged_and_says_what_failed(desk):
    case = '<testcase name="a"/><testcase name="b"><failure message="no"/></testcase>'
    (desk.folder / "report").write_text(f"<testsuite>{case}</testsuite>")
    assert (await judge(desk, {"tests.total": "== 2"}, report="report")).verdict == "PASS"
    verdict = await judge(desk, {"tests.failed": "== 0"}, report="report")
    assert verdict.findings == ("tests.failed is 1, == 0 is wanted", "b: no")
    assert verdict.evidence == {"tests.failed": 1}


async def test_a_report_outside_of_the_folder_or_too_large_is_not_read(desk, monkeypatch):
    assert "not a path inside" in (await judge(desk, {"n": 1}, report="../r.json")).findings[0]
    (desk.folder / "r.json").write_text('{"n": 1}')
    monkeypatch.setattr("ropewalk.steps.gates.thresholds._LARGEST_REPORT_BYTES", 3)
    assert "larger than" in (await judge(desk, {"n": 1}, report="r.json")).findings[0]


@pytest.mark.parametrize(
    ("bound", "value", "scale"), [(">= 8", 85, 10), (">= 80", 8.5, 10), (">= 80", 101, 100), (">= 8", -1, 10)]
)
async def test_a_mix_up_of_scales_is_a_fault_and_no_verdict(desk, bound, value, scale):
    with pytest.raises(GateError, match=f"not on the declared scale from 0 to {scale}"):
        await judge(desk, {"score": bound}, {"score": value}, scale=scale)


async def test_values_on_their_scale_are_judged(desk):
    assert (await judge(desk, {"score": ">= 8"}, {"score": 8.5}, scale=10)).verdict == "PASS"
    assert (await judge(desk, {"score": ">= 80"}, {"score": 8.5}, scale=100)).verdict == "FAIL"


async def test_a_bound_that_cannot_be_read_is_a_fault(desk):
    with pytest.raises(GateError, match="'about 80' is no bound"):
        await judge(desk, {"n": "about 80"}, {"n": 80})
