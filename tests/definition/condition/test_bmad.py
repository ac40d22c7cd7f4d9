"""BMAD's expressions become CEL; bare words and sentences stay facts."""

from __future__ import annotations

import pytest

from ropewalk.definition.condition import compile_condition, translate_expression


@pytest.mark.parametrize(
    ("text", "cel"),
    [
        (
            "complexity.result === 'COMPLEX' OR critique.verdict === 'NEEDS_REVISION'",
            'facts.complexity.result == "COMPLEX" || facts.critique.verdict == "NEEDS_REVISION"',
        ),
        ("${config.x} == true", "facts.config.x == true"),
        ("${ config.x }", "facts.config.x"),
        ("user_decision == GO", 'facts.user_decision == "GO"'),
        ("user_decision == NO-GO", 'facts.user_decision == "NO-GO"'),
        ("user_decision = GO", 'facts.user_decision == "GO"'),
        ('verdict !== "REJECT"', 'facts.verdict != "REJECT"'),
        ("currentIteration >= maxIterations", "facts.currentIteration >= facts.maxIterations"),
        ("a == b.c", "facts.a == facts.b.c"),
        ("'a' == b", '"a" == facts.b'),
        ("score > 0.5 and tested", "facts.score > 0.5 && facts.tested"),
        ("a AND NOT b", "facts.a && !facts.b"),
        ("NOT a == b", '!(facts.a == "b")'),
        ("!(a || b) && c", "!(facts.a || facts.b) && facts.c"),
        ("delta == -1", "facts.delta == -1"),
        ("flag == null", "facts.flag == null"),
        ("has-tests == true", 'facts["has-tests"] == true'),
        ("a == 'it\"s'", 'facts.a == "it\\"s"'),
        ("true", "true"),
    ],
)
def test_an_expression_becomes_cel(text, cel):
    assert translate_expression(text) == cel
    compile_condition(cel)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "po_checklist_issues",
        "after-prd",
        "PRD has UX/UI requirements",
        "Enhancement includes UI changes",
        "planning and design",
        "a ==",
        "(a == b",
        "a == b == c",
        "a b",
        "AND",
        "a == 1.2.3",
        "(" * 50 + "a" + ")" * 50,
        " ".join(["a"] * 300),
        "a == `b`",
    ],
)
def test_anything_else_names_a_fact(text):
    assert translate_expression(text) is None


def test_the_caller_says_where_a_path_lives():
    assert (
        translate_expression("a.b == GO", lambda path: "outputs." + ".".join(path)) == 'outputs.a.b == "GO"'
    )


def test_it_means_what_it_says():
    condition = compile_condition(translate_expression("score >= 80 AND user_decision == GO") or "")
    assert condition.holds({"facts": {"score": 80.0, "user_decision": "GO"}})
    assert not condition.holds({"facts": {"score": 80, "user_decision": "STOP"}})
