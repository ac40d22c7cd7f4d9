import pytest

from ropewalk.formats.loading import load_workflow_text
from ropewalk.formats.write import workflow_yaml
from ropewalk.preview.plan import facts_in, plan_workflow

NATIVE = """\
name: shown
description: what it does
inputs: {goal: string, more: {type: integer, default: 1, description: how many}}
facts: {wanted: boolean, size: {type: string, default: big, choices: [big, small]}}
roles: {dev: {persona: You develop.}}
phases: [{id: build, title: Build it}]
steps:
  - {id: start, run: "true", phase: build, facts: [wanted]}
  - {id: left, role: dev, prompt: go, needs: [start], when: "facts.wanted && inputs.more > 0", creates: a.md, phase: build}
  - {id: right, role: dev, prompt: go, needs: [start], requires: {path: x.md, external: true}, gate: ["pytest -q", {thresholds: {coverage: 80}, scale: 100}, {condition: "true"}, {artifacts: a.md}, {verdict: {role: dev, criteria: good}}, {person: Fine?}], back_to: {to: start, when: "facts.size == 'big'", at_most: 2}}
  - {id: join, ask: {prompt: "Go <on> \\"now\\"?", choices: [a, b], expires: 60s, default: a}, needs: [left, right, start]}
  - {id: pick, decide: {routes: {one: {when: "facts.wanted", to: x}, two: {to: y}, stop: {end: true}}, by: person}, needs: [join]}
  - {id: x, run: "true", foreach: "[1, 2]"}
  - {id: y, run: "true", approve: true}
finally:
  - {id: tidy, run: "true"}
extra: {remarks: [worth it], title: Shown, odd: 1, variant: full}
"""


def made():
    return plan_workflow(load_workflow_text(NATIVE, "n.yaml").workflow)


def rows():
    return {row.id: row for row in made().rows}


def test_waves_neighbours_and_needs_without_those_that_follow_anyway():
    found = rows()
    assert [found[name].wave for name in ("start", "left", "right", "join", "tidy")] == [1, 2, 2, 3, 6]
    assert found["left"].parallel_with == ("right",)
    assert found["join"].after == ("left", "right")
    assert made().parallel == (("left", "right"),)


def test_routes_keep_steps_apart_though_they_are_of_one_wave():
    assert rows()["x"].parallel_with == ()


def test_conditions_facts_loops_gates_and_questions_are_told():
    found, whole = rows(), made()
    assert found["left"].facts == ("wanted",)
    assert (
        found["right"].back
        == "back to start while facts.size == 'big', at most 2 times, then a person decides"
    )
    assert found["right"].gates == (
        "pytest -q",
        "coverage >= 80 of 100",
        "true",
        "there: a.md",
        "dev judges: good",
    )
    assert found["join"].asks[0].startswith("a person decides (a, b): Go <on>")
    assert "without an answer in 60 s: a" in found["join"].asks[0]
    assert found["pick"].asks == ("a person chooses: one, two, stop",)
    assert found["pick"].routes == ("one when facts.wanted → x", "two → y", "stop, then the run ends")
    assert found["x"].each == "[1, 2] as item"
    assert found["y"].asks == ("a person approves what was made",)
    assert found["tidy"].final
    assert whole.loops[0].body == ("start", "right")
    assert {fact.name: (fact.told_by, fact.read_by, fact.asked) for fact in whole.facts} == {
        "wanted": (("start",), ("left", "pick"), False),
        "size": ((), ("right",), False),
    }
    assert whole.remarks == ("worth it",)
    assert whole.kept == {"odd": 1}
    assert whole.inputs["more"] == "integer, may be left out: how many"


def test_facts_are_found_in_both_spellings():
    assert facts_in('facts.a && facts["b c"] && facts.a') == ["a", "b c"]


def test_a_round_trip_through_our_own_format_gives_the_same_plan():
    workflow = load_workflow_text(NATIVE, "n.yaml").workflow
    assert plan_workflow(load_workflow_text(workflow_yaml(workflow), "m.yaml").workflow) == plan_workflow(
        workflow
    )


@pytest.mark.no_cover
def test_a_workflow_with_very_many_steps_is_told_as_it_is():
    steps = "".join(
        f"  - {{id: s{n}, run: 'true'{f', needs: [s{n - 1}]' if n else ''}}}\n" for n in range(2_100)
    )
    found = plan_workflow(load_workflow_text(f"name: long\nsteps:\n{steps}").workflow)
    assert found.rows[-1].wave == 2_100
