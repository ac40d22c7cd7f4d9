import pytest

from ropewalk.definition.check import check_workflow
from ropewalk.definition.workflow import Decision, Route, Step, Workflow
from tests.formats.told import told

STEPS = "steps:\n- {id: x, run: x}\n- {id: y, run: y}\n- id: a\n  "


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("decide: {routes: {one: xx}}", "5:26: there is no step `xx`; did you mean x?"),
        ("decide: {routes: {one: [x, a]}}", "5:30: `a` leads to itself; use `back_to`"),
        (
            "decide: {by: condition, routes: {one: x}}",
            "5:11: the decision is by condition, but no route says `when`;",
        ),
        (
            "decide: {routes: {one: x, two: {when: 'true', to: y}}}",
            "5:29: the route `two` is never taken: `one` before it has no `when`; move it up",
        ),
        (
            "decide: {by: fact, routes: {one: x}}",
            "5:11: the decision is by a fact, but names none; add `fact`",
        ),
        (
            "decide: {by: role, routes: {one: x}}",
            "5:11: the decision is by a role, but the step names none; add `role`",
        ),
        (
            "foreach: [1]\n  decide: {by: person, routes: {one: x}}",
            "6:11: a decision cannot be made once an item; decide",
        ),
        (
            "run: a\n  on_failure: back_to",
            "6:15: `on_failure: back_to`, but the step says no `back_to`; write",
        ),
        (
            "run: a\n  optional: true\n  on_failure: cancel",
            "7:15: `a` is optional, so that its failure cancels nothing; remove `on_failure` or",
        ),
    ],
)
def test_a_decision_that_cannot_be_made_is_told(keys, said):
    (found,) = told(STEPS + keys)
    assert found.startswith(f"f.yaml:{said}")


def test_a_last_route_without_a_condition_is_the_last_resort():
    assert told(STEPS + "decide: {routes: {one: {when: 'false', to: x}, two: {to: y}}}") == []


def test_a_decision_without_routes_is_told():
    found = check_workflow(
        Workflow("w", (Step("a", "decide", decision=Decision(by="person")), Step("b", "noop")))
    )
    assert [str(one) for one in found] == ["<text>: step `a`: the decision has no routes; add `routes`"]


def test_a_route_may_lead_to_a_group():
    decision = Decision((Route("one", to=("g",)),), "person")
    steps = (Step("a", "decide", decision=decision), Step("b", "noop", group="g"))
    assert check_workflow(Workflow("w", steps)) == []
