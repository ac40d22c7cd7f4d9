from ropewalk.core import commands as c
from ropewalk.core.work import Artifact, Outcome
from ropewalk.observe.difference import FieldChange, state_difference
from ropewalk.testing.given import done, given
from tests.observe.written import written

FLOW = written("{id: a, run: echo}\n{id: b, needs: [a], ask: Well?}", "inputs: {who: {default: me}}")


def test_a_run_does_not_differ_from_itself():
    run = given(FLOW, inputs={"who": "me"}).after(c.Advance())
    assert state_difference(run.state, run.state) == []


def test_every_value_that_differs_is_named_by_its_path():
    old = given(FLOW, inputs={"who": "me"}).after(c.Advance())
    new = given(FLOW, inputs={"who": "you"}, facts={"f": 1}).after(c.Advance())
    new.after(done("a", Outcome(outputs={"x": 1}, artifacts=(Artifact("a.md", "d"),))), c.Advance())
    found = {change.path: (change.old, change.new) for change in state_difference(old.state, new.state)}
    assert found["inputs.who"] == ("me", "you")
    assert found["facts.f"] == (None, 1)
    assert found["status"] == ("running", "paused")
    assert found["steps.a.status"] == ("running", "succeeded")
    assert found["steps.a.outputs.x"] == (None, 1)
    assert found["artifacts.a.md"] == (None, "d")
    assert found["asks.a1"] == (None, "Well?")
    assert FieldChange("facts.f", 1, None) in state_difference(new.state, old.state)
