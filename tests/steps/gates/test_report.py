"""What the content of a report says, whatever the file is called."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ropewalk.steps.gates.report import MOST_DETAILS, ReportFigures, read_report


def read(content: Any) -> ReportFigures:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return read_report(data, "the report r")


def sarif(*results: dict[str, Any], rules: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    driver = {"name": "tool", "rules": rules or []}
    return {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results)}]}


def findings(*results: dict[str, Any], rules: list[dict[str, Any]] | None = None) -> dict[str, int]:
    counts: dict[str, int] = read(sarif(*results, rules=rules)).figures["findings"]
    return {name: count for name, count in counts.items() if count}


def test_json_is_taken_as_it_is_also_with_a_byte_order_mark():
    assert read({"totals": {"n": 1}}).figures == {"totals": {"n": 1}}
    assert read(b'\xef\xbb\xbf {"n": 1}').figures == {"n": 1}


def test_xml_is_told_by_its_content():
    for start in (b"", b"\n ", b"\xef\xbb\xbf"):
        assert read(start + b"<testsuites tests='0'/>").figures["tests"]["total"] == 0
    assert read('<?xml version="1.0"?><testsuite tests="0"/>'.encode("utf-16")).figures["tests"]["total"] == 0


def test_sarif_results_are_counted_by_their_level_or_by_that_of_their_rule():
    rules: list[dict[str, Any]] = [{"id": "R0", "defaultConfiguration": {"level": "note"}}, {"id": "R1"}]
    assert findings({"level": "error"}, {"level": "warning"}, {"level": "none"}) == {
        "total": 3,
        "error": 1,
        "warning": 1,
        "none": 1,
    }
    assert findings({"ruleId": "R0"}, {"ruleIndex": 0}, {"rule": {"index": 0}}, rules=rules) == {
        "total": 3,
        "note": 3,
    }
    assert findings({"ruleId": "R1"}, {"ruleIndex": 9}, {}, rules=rules) == {"total": 3, "warning": 3}
    assert findings({"kind": "pass", "level": "error"}) == {"total": 1, "none": 1}


def test_a_sarif_result_that_is_suppressed_or_absent_is_no_finding():
    assert findings({"level": "error", "suppressions": [{"kind": "inSource"}]}) == {"suppressed": 1}
    assert findings({"level": "error", "suppressions": [{"status": "rejected"}]}) == {"total": 1, "error": 1}
    assert findings({"level": "error", "baselineState": "absent"}) == {}


def test_a_sarif_finding_is_told_with_its_place_and_rule():
    location = {"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 3}}}
    result = {"level": "error", "ruleId": "E1", "message": {"text": "two\nlines"}, "locations": [location]}
    assert read(sarif(result, {"level": "note"})).details == ("a.py:3: error E1: two lines",)
    assert len(read(sarif(*[result] * 50)).details) == MOST_DETAILS


@pytest.mark.parametrize("part", [None, 3, "x", [], {}, [1], {"a": 1}])
def test_a_sarif_report_of_another_shape_is_counted_as_far_as_it_goes(part):
    for name in ("level", "ruleId", "rule", "ruleIndex", "locations", "message", "suppressions", "kind"):
        assert read(sarif({name: part})).figures["findings"]["total"] == 1
        assert read(sarif({"rule": {"toolComponent": part, name: part}})).figures["findings"]["total"] == 1
    read({"version": "2.1.0", "runs": [part, {"results": part, "tool": part}]})
    read({"version": "2.1.0", "runs": [{"results": [part], "tool": part, "invocations": part}]})
    read({"version": "2.1.0", "runs": [{"results": [{}], "tool": {"driver": part, "extensions": part}}]})


def test_the_level_of_a_sarif_result_is_that_of_the_rule_in_the_component_that_it_names():
    def rules(level: str) -> list[dict[str, Any]]:
        return [{"id": "R", "defaultConfiguration": {"level": level}}]

    report = sarif()
    report["runs"][0]["tool"] = {
        "driver": {"name": "tool", "rules": rules("note")},
        "extensions": [
            {
                "name": "one",
                "rules": [*rules("warning"), {"id": "S", "defaultConfiguration": {"level": "none"}}],
            },
            {"name": "two", "guid": "g", "rules": rules("error")},
        ],
    }

    def level(result: dict[str, Any]) -> list[str]:
        report["runs"][0]["results"] = [result]
        return [name for name, count in read(report).figures["findings"].items() if count and name != "total"]

    assert level({"rule": {"index": 0, "toolComponent": {"index": 1}}}) == ["error"]
    assert level({"ruleId": "R", "rule": {"toolComponent": {"index": 0}}}) == ["warning"]
    assert level({"rule": {"id": "R", "toolComponent": {"guid": "g"}}}) == ["error"]
    assert level({"rule": {"id": "R", "toolComponent": {"name": "two"}}}) == ["error"]
    assert level({"rule": {"index": 7, "toolComponent": {"index": 1}}}) == ["warning"]
    assert level({"ruleId": "S"}) == ["none"]
    assert level({"ruleId": "R"}) == level({"ruleIndex": 0}) == level({"rule": {"index": 0}}) == ["note"]


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ({"results": None}, "run 1 of the report has no list of results"),
        ({}, "run 1 of the report has no list of results"),
        ({"results": [], "invocations": [{"executionSuccessful": False}]}, "the tool did not succeed"),
    ],
)
def test_the_findings_of_a_tool_that_did_not_look_to_the_end_are_left_out(run, reason):
    report = read({"version": "2.1.0", "runs": [run]})
    assert "findings" not in report.figures
    assert reason in report.details[0]
    assert "findings" not in read({"version": "2.1.0", "runs": []}).figures
    sound = {"results": [], "invocations": [{"executionSuccessful": True}]}
    assert read({"version": "2.1.0", "runs": [sound]}).figures["findings"]["error"] == 0


def test_other_json_with_runs_and_a_version_keeps_its_own_figures():
    for version in ("2.1.0", "1", 3):
        own: dict[str, Any] = {"version": version, "runs": [{"results": []}], "findings": {"error": 4}}
        assert read(own).figures == own
    assert "findings" not in read({"version": "2.0.0", "runs": [{"results": []}]}).figures


LCOV = b"""TN:
SF:a.py
DA:1,1
DA:2,0
LF:2
LH:1
BRF:4
BRH:1
end_of_record
SF:b.py
FNF:3
FNH:2
DA:1,5
DA:2,0
DA:3,7,sum
end_of_record
"""


def test_lcov_sums_up_its_files_and_counts_lines_where_their_totals_are_missing():
    assert read(LCOV).figures["coverage"] == {
        "lines_total": 5,
        "lines_covered": 3,
        "line_percent": 60,
        "branches_total": 4,
        "branches_covered": 1,
        "branch_percent": 25,
        "functions_total": 3,
        "functions_covered": 2,
        "function_percent": 66.66,
    }


def test_what_an_lcov_report_has_none_of_is_left_out():
    assert read(b"SF:a\nend_of_record\n").figures == {"coverage": {}}


@pytest.mark.parametrize("count", ["-1", "many", "", "9" * 20])
def test_a_count_of_an_lcov_report_that_is_none_is_told(count):
    with pytest.raises(ValueError, match="the report r: LF is"):
        read(f"SF:a\nLF:{count}\nend_of_record".encode())


@pytest.mark.parametrize("content", [b"", b"{", b"plain text", b"\x00\x01"])
def test_any_other_content_is_a_fault_of_the_report(content):
    with pytest.raises(ValueError, match="the report r"):
        read(content)
