"""Answers of agents: what is taken from them and what is refused."""

from __future__ import annotations

import pytest

from ropewalk.agents.answer import handoff_of, last_object, outcome_of
from ropewalk.testing.briefs import brief


def test_the_last_json_block_of_a_message_counts():
    text = 'first\n```json\n{"a": 1}\n```\nthen\n```\n{"a": 2}\n```\nbye'
    assert last_object(text) == {"a": 2}
    assert last_object(' {"a": 3} ') == {"a": 3}


@pytest.mark.parametrize("text", ["", "no json", "```json\n[1]\n```", "```json\n{\n```"])
def test_a_message_without_an_object_is_refused(text):
    with pytest.raises(ValueError, match="the answer"):
        last_object(text)


def test_only_facts_and_routes_that_were_asked_for_are_taken():
    answer = {"facts": {"a": 1, "b": 2}, "route": "x", "outputs": {"o": 1}, "p": 2}
    plain = outcome_of(answer, brief(), "me")
    assert (plain.facts, plain.route, plain.outputs, plain.agent) == ({}, "", {"o": 1, "p": 2}, "me")
    asked = outcome_of(answer, brief(wants_facts={"a": {}}, wants_route=("x",)), "me")
    assert (asked.facts, asked.route) == ({"a": 1}, "x")
    assert outcome_of({}, brief(wants_route=("x",)), "me").route == ""


def test_unknown_cost_is_unknown():
    assert outcome_of({"usage": {"tokens_in": 1}}, brief(), "me").usage.cost_usd is None


@pytest.mark.parametrize(
    "answer", [{"outputs": [1]}, {"facts": "x"}, {"usage": {"tokens_in": "many"}}, {"handoff": 3}]
)
def test_a_wrong_shape_is_refused_by_name(answer):
    with pytest.raises(ValueError, match=next(iter(answer))):
        outcome_of(answer, brief(), "me")


def test_a_handoff_is_sent_by_the_role_whatever_it_says():
    handoff = handoff_of({"sender": "somebody else", "summary": "s"}, brief(role_name="qa", phase="Validate"))
    assert handoff is not None
    assert (handoff.sender, handoff.phase, handoff.summary) == ("qa", "Validate", "s")
    assert handoff_of("", brief()) is None
    assert handoff_of(None, brief()) is None


@pytest.mark.parametrize("told", [{"cost_usd": -5}, {"tokens_in": -1}, {"tokens_out": -1}, {"cost_usd": "1"}])
def test_an_answer_gives_nothing_back_to_the_budget(told):
    with pytest.raises(ValueError, match='"usage" of the answer'):
        outcome_of({"usage": told}, brief(), "me")
