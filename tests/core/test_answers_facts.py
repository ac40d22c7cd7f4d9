"""What people answer about a fact is what the fact was declared to be."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.definition.workflow import Approval, Choice, Fact, Step
from ropewalk.errors import Refused
from ropewalk.testing.given import done
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


FACTS = {"x": Fact("string", choices=("red", "blue")), "b": Fact(), "n": Fact("number")}


@pytest.mark.parametrize(
    ("step", "first"),
    [
        (Step("q", "ask", ask=Approval(fact="x")), ()),
        (noop("q", ask=Approval(fact="x")), ()),
        (noop("q", approve=Approval(fact="x")), (done("q"),)),
        (noop("q", approve=Approval(fact="x", choices=(Choice("green"),))), (done("q"),)),
    ],
)
def test_a_fact_that_an_answer_makes_known_is_what_it_may_be(step: Step, first: tuple[Any, ...]):
    run = started(flow(step, facts=FACTS)).after(*first)
    verdict = "green" if "green" in run.state.asks["a1"].choices else "approve"
    with pytest.raises(Refused, match="the fact x is one of red, blue, not"):
        run.after(answer("a1", verdict, value=None if verdict == "green" else "green"))
    assert run.state.facts == {}
    run.after(answer("a1", verdict, value="red"))
    assert run.state.facts == {"x": "red"}


def test_what_is_refused_makes_nothing_known():
    run = started(flow(noop("q", approve=Approval(fact="x", on_reject="fail")), facts=FACTS))
    run.after(done("q"), answer("a1", "reject"))
    assert run.state.facts == {}


def test_a_question_about_a_fact_has_the_form_of_the_fact():
    run = started(flow(Step("q", "ask", ask=Approval(fact="n")), facts=FACTS))
    assert run.state.asks["a1"].form == {"type": "number"}
    chosen = Approval(fact="x", choices=(Choice("red"),))
    assert started(flow(Step("q", "ask", ask=chosen), facts=FACTS)).state.asks["a1"].form == {}


def test_a_yes_to_a_boolean_fact_is_true():
    run = started(flow(noop("q", approve=Approval(fact="b")), facts=FACTS)).after(done("q"), answer("a1"))
    assert run.state.facts == {"b": True}


def test_a_person_is_asked_what_a_fact_is_that_is_not_true_or_false():
    run = started(flow(noop("a", when="facts.n > 1"), facts=FACTS))
    assert run.state.asks["a1"].prompt == "What is `n` (number)? Step `a` depends on it."


@pytest.mark.parametrize(("value", "known"), [(None, ""), ("mind the gap", "mind the gap")])
def test_a_plain_yes_before_the_work_says_nothing_about_a_fact_that_has_a_default(value: Any, known: str):
    run = started(flow(noop("a", ask=Approval(fact="said")), facts={"said": Fact("any", default="")}))
    run.after(answer("a1", value=value), GO)
    assert (run.state.facts, run.step("a").status) == ({"said": known}, "running")
