"""BotArmy's five forms become CEL; nothing else is touched."""

from __future__ import annotations

import pytest

from ropewalk.definition.condition import compile_condition, translate_botarmy
from ropewalk.errors import ConditionError


@pytest.mark.parametrize(
    ("text", "cel"),
    [
        ("always_true", "true"),
        (" always_false ", "false"),
        ("context.approved", "facts.approved"),
        ("context.plan.ready", "facts.plan.ready"),
        ("context.has-tests", 'facts["has-tests"]'),
        ("context.in", 'facts["in"]'),
        ("not_empty:plan", 'has(facts.plan) && !(facts.plan in [null, "", [], {}])'),
        ("equals:phase,build", 'facts.phase == "build"'),
        ("equals: phase , a, b ", 'facts.phase == "a, b"'),
        ("equals:count,5", 'string(facts.count) == "5"'),
        ('equals:said,"x"', 'facts.said == "\\"x\\""'),
    ],
)
def test_a_form_becomes_cel(text, cel):
    assert translate_botarmy(text) == cel
    compile_condition(cel)


@pytest.mark.parametrize(
    "text",
    [
        "inputs.a == 1",
        "context.a == 1",
        "not_empty:",
        "equals:a",
        "sometimes_true",
        "equals:" + "a" * 3000 + ",b",
    ],
)
def test_anything_else_is_left_as_it_is(text):
    assert translate_botarmy(text) == text


@pytest.mark.parametrize("text", ["not_empty:", "equals:a", "sometimes true"])
def test_what_is_neither_is_a_fault_when_it_is_parsed(text):
    with pytest.raises(ConditionError):
        compile_condition(translate_botarmy(text))


@pytest.mark.parametrize(
    ("text", "facts", "answer"),
    [
        ("not_empty:plan", {}, False),
        ("not_empty:plan", {"plan": None}, False),
        ("not_empty:plan", {"plan": ""}, False),
        ("not_empty:plan", {"plan": []}, False),
        ("not_empty:plan", {"plan": "x"}, True),
        ("not_empty:plan", {"plan": {"a": 1}}, True),
        ("not_empty:some-plan", {}, False),
        ("not_empty:some-plan", {"some-plan": 0}, True),
        ("equals:n,5", {"n": 5}, True),
        ("equals:n,true", {"n": True}, True),
        ("equals:n,five", {"n": "six"}, False),
        ("context.ok", {"ok": True}, True),
    ],
)
def test_a_form_means_what_it_meant(text, facts, answer):
    assert compile_condition(translate_botarmy(text)).holds({"facts": facts}) is answer


def test_a_fact_that_nobody_set_is_an_error():
    with pytest.raises(ConditionError, match=r"`facts\.ok` is missing"):
        compile_condition(translate_botarmy("context.ok")).holds({"facts": {}})


def test_the_facts_may_live_elsewhere():
    assert translate_botarmy("context.a", "outputs.plan") == "outputs.plan.a"
