"""What people answer about a fact is what the fact was declared to be."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.definition.workflow import Approval, Choice, Fact, Step
from tests.core.flows import GO, answer, flow, noop, started


def test_a_choice_of_a_number_is_that_number():
    facts = {"x": Fact("integer", choices=(1, 2))}
    run = started(flow(noop("a", when="facts.x > 1"), facts=facts))
    run.when(answer("a1", "approve")).refused("a1 takes 1, 2, not 'approve'")
    run.after(answer("a1", "2"), GO)
    assert (run.state.facts, run.step("a").status) == ({"x": 2}, "running")


def test_a_question_with_a_fact_gives_it_as_it_is_declared():
    step = Step("q", "ask", ask=Approval(choices=(Choice("1"), Choice("2")), fact="x"))
    run = started(flow(step, noop("a", "q", when="facts.x > 1"), facts={"x": Fact("integer")}))
    run.after(answer("a1", "2"), GO)
    assert (run.state.facts, run.step("a").status) == ({"x": 2}, "running")


@pytest.mark.parametrize(
    ("fact", "value", "why"),
    [
        (Fact("integer"), None, "the fact x takes a value: --value JSON"),
        (Fact("string"), None, "the fact x takes a value: --value TEXT"),
        (Fact("integer"), "many", "the fact x is an integer, and 'many' is none"),
        (Fact(), "maybe", "the fact x is a boolean, and 'maybe' is none"),
    ],
)
def test_what_the_fact_cannot_be_is_refused_when_it_is_answered(fact: Fact, value: Any, why: str):
    run = started(flow(noop("a", when="string(facts.x) != ''"), facts={"x": fact}))
    run.when(answer("a1", value=value)).refused(why)
