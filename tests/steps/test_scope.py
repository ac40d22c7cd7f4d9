"""The names of an attempt: what its brief says, and at a gate the step's own outputs too."""

from __future__ import annotations

from ropewalk.core.work import Outcome
from ropewalk.steps.scope import template_scope
from ropewalk.testing.briefs import brief


def test_the_scope_of_a_gate_has_the_outputs_of_the_step_itself_beside_the_others():
    given = brief(outputs={"plan": {"a": 1}}, known={"f": False}, inputs={"i": 1}, item=7, item_name="n")
    names = template_scope(given, Outcome(outputs={"coverage": 80}, facts={"f": True}))
    assert names["outputs"] == {"plan": {"a": 1}, "build": {"coverage": 80}, "coverage": 80}
    assert names["facts"] == {"f": True}
    assert names["n"] == 7
    assert names["run"] == {"id": "r1", "workflow": "", "round": 1}
