"""A fact is what it was declared to be, also where it came as a text."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.definition.facts import (
    fact_fault,
    fact_form,
    fact_question,
    fact_value,
    fits,
    named_facts,
    unknown_fact,
)
from ropewalk.definition.workflow import Approval, Decision, Fact, Step, Workflow


@pytest.mark.parametrize(
    ("fact", "typed", "value"),
    [
        (Fact("integer", choices=(1, 2)), "2", 2),
        (Fact("integer"), "12", 12),
        (Fact("integer"), "1.5", "1.5"),
        (Fact("integer"), "x", "x"),
        (Fact("number"), "1.5", 1.5),
        (Fact("number"), "2", 2),
        (Fact("boolean"), "yes", True),
        (Fact("boolean"), "False", False),
        (Fact("boolean"), "maybe", "maybe"),
        (Fact("string"), "2", "2"),
        (Fact("any"), "2", "2"),
        (Fact("list"), "[1]", "[1]"),
        (Fact("integer"), True, True),
        (None, "2", "2"),
    ],
)
def test_a_text_is_taken_for_what_the_fact_is(fact: Fact | None, typed: Any, value: Any):
    taken = fact_value(fact, typed)
    assert (taken, type(taken)) == (value, type(value))


@pytest.mark.parametrize(
    ("fact", "value", "why"),
    [
        (Fact("integer"), "x", "the fact n is an integer, and 'x' is none"),
        (Fact("boolean"), "maybe", "the fact n is a boolean, and 'maybe' is none"),
        (Fact("integer"), True, "the fact n is an integer, and True is none"),
        (Fact("integer", choices=(1, 2)), 3, "the fact n is one of 1, 2, not 3"),
        (Fact("integer", choices=(1, 2)), 2, ""),
        (Fact("any"), [], ""),
        (None, [], ""),
    ],
)
def test_what_a_fact_cannot_be_is_told_with_what_it_is(fact: Fact | None, value: Any, why: str):
    assert fact_fault("n", fact, value) == why


def test_a_name_that_no_fact_has_is_told_with_the_nearest():
    asks = Step("a", "ask", ask=Approval(fact="agreed"), decision=Decision(fact="way"))
    flow = Workflow("w", steps=(asks,), facts={"has_ui": Fact()})
    assert named_facts(flow) == ["has_ui", "agreed", "way"]
    assert unknown_fact("has_iu", flow) == "the workflow has no fact has_iu; did you mean has_ui?"
    assert unknown_fact("zzz", flow) == "the workflow has no fact zzz; there are has_ui, agreed, way"
    assert [unknown_fact(name, flow, ["known"]) for name in ("has_ui", "agreed", "way", "known")] == [""] * 4
    assert unknown_fact("anything", Workflow("w", ())) == ""


def test_a_form_is_for_what_is_more_than_yes_or_no():
    assert fact_form(Fact("integer", choices=(1, 2))) == {"type": "integer", "enum": [1, 2]}
    assert fact_form(Fact("list")) == {"type": "array"}
    assert [fact_form(fact) for fact in (None, Fact(), Fact("any"))] == [{}, {}, {}]


def test_a_whole_number_is_a_number_and_true_is_none():
    assert fits("number", 1)
    assert not fits("number", True)
    assert not fits("integer", 1.0)
    assert fits("any", None)


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999"])
def test_what_no_json_can_hold_is_no_number(text: str):
    fact = Fact("number")
    assert "the fact n is a number" in fact_fault("n", fact, fact_value(fact, text))
    assert not fits("any", float(text))


def test_the_form_of_a_fact_of_any_type_is_its_choices():
    assert fact_form(Fact("any", choices=(1, "a"))) == {"enum": [1, "a"]}


@pytest.mark.parametrize(
    ("fact", "asked"),
    [
        (None, "Is `x` true?"),
        (Fact(), "Is `x` true?"),
        (Fact("string"), "What is `x` (string)?"),
        (Fact("number"), "What is `x` (number)?"),
        (Fact("any"), "What is `x`?"),
        (Fact("string", choices=("red", "blue")), "What is `x`, one of red, blue?"),
        (Fact("integer", choices=(1, 2)), "What is `x`, one of 1, 2?"),
    ],
)
def test_only_what_is_true_or_false_is_asked_as_such(fact: Fact | None, asked: str):
    assert fact_question("x", fact) == asked
