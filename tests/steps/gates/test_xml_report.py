"""JUnit and Cobertura reports, as tools write them and as nobody should."""

from __future__ import annotations

import pytest

from ropewalk.steps.gates.xml_report import number, percent, read_xml

JUNIT = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites tests="99" failures="0">
  <testsuite name="outer"><testsuite name="inner">
    <testcase classname="t.A" name="good" time="0.5"/>
    <testcase classname="t.A" name="bad" time="1,000.25"><failure message="1 is&#10;not 2">trace</failure></testcase>
    <testcase name="broken"><failure/><error/></testcase>
    <testcase name="left"><skipped message="no"/></testcase>
    <testcase name="again"><flakyFailure message="once"/><system-out>failure</system-out></testcase>
    <system-err>error</system-err>
  </testsuite></testsuite>
</testsuites>"""


def test_test_cases_are_counted_each_once_and_not_taken_from_declared_sums():
    figures, failed = read_xml(JUNIT, "r")
    assert figures == {
        "tests": {"total": 5, "passed": 2, "failed": 2, "errors": 1, "skipped": 1, "seconds": 1000.75}
    }
    assert failed == ["t.A.bad: 1 is not 2", "broken failed"]


@pytest.mark.parametrize(
    ("content", "total", "failed", "errors"),
    [
        (b'<testsuite tests="1" errors="1"><error/></testsuite>', 1, 1, 1),
        (b'<testsuites><testsuite><failure/><testcase name="a"/></testsuite></testsuites>', 2, 1, 0),
        (b'<testsuites tests="5" failures="2"/>', 5, 2, 0),
        (b'<testsuite tests="5" failures="1" errors="2"/>', 5, 3, 2),
        (b'<testsuite failures="2"><testcase name="a"><failure/></testcase></testsuite>', 1, 2, 0),
        (b'<testsuites failures="2"><testsuite tests="9" failures="2"/></testsuites>', 9, 2, 0),
        (
            b'<testsuites failures="3"><testsuite tests="9" failures="2"/>%s</testsuites>'
            % b'<testsuite><testcase name="a"><failure/></testcase></testsuite>',
            10,
            3,
            0,
        ),
    ],
)
def test_a_failure_in_no_case_or_only_declared_is_counted_once(content, total, failed, errors):
    figures, details = read_xml(content, "r")
    tests = figures["tests"]
    assert (tests["total"], tests["failed"], tests["errors"] if errors else 0) == (total, failed, errors)
    assert details


def test_the_details_say_which_suite_failed_outside_of_its_cases():
    content = b'<testsuites name="all" failures="3"><testsuite name="s"><error message="no setup"/></testsuite></testsuites>'
    assert read_xml(content, "r")[1] == ["s: no setup", "all declares 3 failed, 1 stand in it"]


def test_what_neither_a_case_nor_a_suite_tells_is_left_out():
    assert read_xml(b"<testsuites><testsuite name='a'/></testsuites>", "r")[0] == {"tests": {}}
    assert read_xml(b'<testsuite tests="5" failures="many"/>', "r")[0] == {"tests": {"total": 5}}
    none = read_xml(b'<testsuite tests="0"/>', "r")[0]["tests"]
    assert (none["total"], none["failed"], none["passed"]) == (0, 0, 0)


def test_a_thousand_failures_are_counted_and_a_hundred_told():
    case = b'<testcase name="a"><error message="%s"/></testcase>' % (b"x" * 1000)
    figures, failed = read_xml(b"<testsuite>" + case * 1000 + b"</testsuite>", "r")
    assert figures["tests"]["failed"] == 1000
    assert len(failed) == 100
    assert len(failed[0]) == 300


def test_cobertura_percentages_come_from_the_counts_or_from_the_rates():
    counted = (
        b'<coverage line-rate="0" lines-valid="3" lines-covered="2" branches-valid="0" branch-rate="0"/>'
    )
    assert read_xml(counted, "r")[0] == {
        "coverage": {"lines_total": 3, "lines_covered": 2, "line_percent": 66.66}
    }
    rated = b'<coverage line-rate="0.8" branch-rate="NaN" lines-valid="?"/>'
    assert read_xml(rated, "r")[0] == {"coverage": {"line_percent": 80}}


def test_a_document_type_that_only_names_a_file_is_passed_over():
    name = b'<!DOCTYPE coverage SYSTEM "http://127.0.0.1:9/coverage-04.dtd">'
    assert read_xml(name + b'<coverage line-rate="1"/>', "r")[0] == {"coverage": {"line_percent": 100}}


@pytest.mark.parametrize(
    "declared", [b'[<!ENTITY a "aa">]', b'[<!ENTITY a SYSTEM "file:///etc/passwd">]', b"[<!ELEMENT a ANY>]"]
)
def test_declarations_are_refused(declared):
    with pytest.raises(ValueError, match="r cannot be read: it declares entities"):
        read_xml(b"<!DOCTYPE testsuite " + declared + b"><testsuite/>", "r")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<testsuite>", "not valid XML: no element found, line 1"),
        (b"<testsuite>&a;</testsuite>", "not valid XML"),
        (b"<html/>", "root <html>; JUnit"),
        (b"<coverage clover='3'/>", "root <coverage>"),
        (b"<a>" * 300, "deeper than 200"),
        (b"<?xml version='1.0' encoding='nope'?><testsuite/>", "r "),
        (b"<?xml version='1.0' encoding='big5'?><testsuite/>", "r "),
    ],
)
def test_what_is_no_such_report_is_told(content, reason):
    with pytest.raises(ValueError, match=r"^r ") as fault:
        read_xml(content, "r")
    assert reason in str(fault.value)


def test_a_percentage_is_never_rounded_up():
    assert percent(79_999, 100_000) == 79.99
    assert percent(8, 10) == 80
    assert percent(1, 1) == 100


@pytest.mark.parametrize("text", [None, "", "x", "nan", "inf", "-1"])
def test_what_is_no_figure_is_none(text):
    assert number(text) is None
