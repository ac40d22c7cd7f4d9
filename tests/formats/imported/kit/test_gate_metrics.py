from typing import Any

import pytest

from ropewalk.formats.imported.kit import gate_metrics as module
from ropewalk.formats.imported.kit.gate_metrics import scale_of


def measures(*said, **more) -> Any:
    return module.metrics(*said, **more)


SCORING = {
    "enabled": True,
    "thresholds": {"overall_min": 70, "security_min": 7.0, "issues_max": 3, "odd": "x", "flag": True},
}


def test_thresholds_become_one_gate_for_each_scale():
    found = measures(SCORING, {"condition": "scoring.passed == true"})
    assert [(gate.kind, gate.args) for gate in found.gates()] == [
        ("thresholds", {"thresholds": {"overall": ">= 70"}, "scale": 100}),
        ("thresholds", {"thresholds": {"security": ">= 7"}, "scale": 10}),
        ("thresholds", {"thresholds": {"issues": "<= 3"}}),
    ]
    assert found.schema()["required"] == ["overall", "security", "issues"]
    assert found.schema()["properties"]["security"]["maximum"] == 10


def test_conditions_become_bounds_flags_and_what_is_left():
    found = measures(
        None,
        {
            "condition": "test_coverage >= 70 AND test_results.passed == true and a == 'b' && security_scan.failed == false"
        },
    )
    assert [gate.args for gate in found.gates()] == [
        {"thresholds": {"test_coverage": ">= 70"}, "scale": 100},
        {"condition": "outputs.test_results_passed == true"},
        {"condition": "outputs.security_scan_failed == false"},
        {"condition": 'outputs.a == "b"'},
    ]
    assert found.holds("test") == (
        "outputs.test.test_coverage >= 70 && outputs.test.test_results_passed == true"
        ' && outputs.test.security_scan_failed == false && (outputs.test.a == "b")'
    )
    assert found.holds("a-b").startswith('outputs["a-b"].')
    assert "a" in found.schema()["required"]


def test_a_flag_alone_a_sentence_and_a_result_of_its_own():
    assert measures(None, "scoring.passed == true").flags == (("passed", True),)
    assert measures(None, "ready").flags == (("ready", True),)
    assert measures(None, "all is well (really)").flags == (("all_is_well_really", True),)
    assert measures(None, "2.ok").flags == (("is_2_ok", True),)


def test_examples_pass():
    for sign, value in ((">", 5), ("<", 5), (">=", 5), ("!=", 5), (">", 100)):
        [example] = measures(None, f"x {sign} {value}").schema()["properties"]["x"]["examples"]
        assert example != value or sign == ">=" or value == 100


def test_nothing_is_measured_where_nothing_is_said_or_all_is_off():
    assert measures(None, None) is None
    assert measures({"enabled": False, "thresholds": {"x_min": 1}}, {}) is None
    assert measures({"thresholds": []}, None) is None
    assert measures(SCORING, None, off=True) is None


@pytest.mark.parametrize(
    ("name", "value", "scale"),
    [("coverage", 80, 100), ("security", 7, 10), ("error_count", 5, 0), ("x", -1, 0), ("x", 500, 0)],
)
def test_the_scale_of_a_score(name, value, scale):
    assert scale_of(name, value) == scale
