import pytest

from ropewalk.definition.check.shape import Shape
from ropewalk.definition.workflow import Step, Workflow
from tests.formats.told import told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "- {id: a, run: x, needs: c}\n- {id: b, run: x, needs: a}\n- {id: c, run: x, needs: [b]}",
            ["2:26: the steps wait for each other: a → c → b → a; remove one of these needs"],
        ),
        (
            "- {id: a, run: x, needs: b}\n- {id: b, run: x, needs: a}\n- {id: c, run: x, needs: [a, d]}\n- {id: d, run: x, needs: c}",
            [
                "2:26: the steps wait for each other: a → b → a; remove one of these needs",
                "4:30: the steps wait for each other: c → d → c; remove one of these needs",
            ],
        ),
        (
            "- {id: a, run: x, needs: g}\n- {id: g, parallel: [{id: b, run: x, needs: a}]}",
            ["2:26: the steps wait for each other: a → b → a; remove one of these needs"],
        ),
        ("- {id: a, run: x, foreach: outputs.a.items}", ["2:3: `a` waits for itself; fix what it reads"]),
        (
            "- {id: a, run: x, join: any}",
            [
                "2:25: `join: any` of a step that needs nothing can never be met; add `needs`, or remove `join`"
            ],
        ),
        (
            "- {id: a, run: x}\n- {id: b, run: x}\n- {id: c, run: x, needs: [a, b], join: {quorum: 3}}",
            ["4:49: a quorum of 3, but the step has 2 needs; write a number from 1 to 2"],
        ),
        (
            "- {id: a, run: x}\n- {id: b, run: x, back_to: a}",
            [
                "3:28: `a` does not come before `b`: there is nothing to send back; add `needs: [a]` on the way to `b`"
            ],
        ),
        (
            "- {id: g, parallel: [{id: a, run: x}, {id: b, run: x}]}\n- {id: c, run: x, needs: a, back_to: g}",
            [
                "3:38: `b` does not come before `c`: there is nothing to send back; add `needs: [g]` on the way to `c`"
            ],
        ),
        ("- {id: a, run: x, when: false}", ["2:25: warning: the step `a` is never done; remove it"]),
        (
            "- {id: a, run: x}\n- {id: b, run: x, finally: true, needs: a}",
            ["3:41: `finally` steps run after all others, they cannot need `a`; remove it"],
        ),
        (
            "- {id: a, run: x, needs: b}\n- {id: b, run: x, finally: true}",
            [
                "2:26: `b` runs after all ordinary steps, `a` cannot need it; remove it, or write `finally: true`"
            ],
        ),
        (
            "- {id: a, run: x}\n- {id: b, run: x, finally: true, back_to: a}",
            [
                "3:43: `a` does not come before `b`",
                "3:43: a `finally` step cannot send back the work: the run is over; remove",
            ],
        ),
        (
            "- {id: d, decide: {by: person, routes: {stop: {to: a, end: true}, go: b}}}\n- {id: a, run: x}\n- {id: b, run: x}\n- {id: c, run: x, needs: a}\n- {id: e, run: x, needs: [c]}\n- {id: f, run: x, needs: [a, b]}",
            [
                "5:3: the step `c` is never reached: the run ends with the route `stop` before it; remove `end: true`, or",
                "6:3: the step `e` is never reached: the run ends with the route `stop` before it; remove `end: true`, or",
            ],
        ),
    ],
)
def test_an_order_that_cannot_be_kept_is_told(text, said):
    found = told(f"steps:\n{text}")
    assert [line.startswith(f"f.yaml:{one}") for line, one in zip(found, said, strict=True)] == [True] * len(
        said
    ), found


@pytest.mark.parametrize(
    "text",
    [
        "- {id: a, run: x}\n- {id: b, run: x, needs: a, back_to: a}",
        "- {id: a, run: x, back_to: a}",
        "- {id: g, parallel: [{id: a, run: x}, {id: b, run: x}]}\n- {id: c, run: x, needs: g, back_to: g}",
        "- {id: a, run: x}\n- {id: b, run: x, needs: a}\n- {id: c, run: x, needs: b, back_to: a}",
        "- {id: a, run: x, finally: true}\n- {id: b, run: x, finally: true, needs: a, back_to: a}",
        "- {id: a, run: x}\n- {id: b, run: x, needs: a, join: any}",
    ],
)
def test_an_order_that_can_be_kept_is_fine(text):
    assert told(f"steps:\n{text}") == []


def test_what_follows_from_a_key_that_was_not_understood_is_not_told():
    assert len(told("steps:\n- {id: a, run: x}\n- {id: b, run: x, needs: {}, join: any, back_to: a}")) == 1


def test_before_is_known_over_any_distance_and_in_long_chains():
    count = 5_000
    steps = [Step("s0", "noop")] + [Step(f"s{n}", "noop", needs=(f"s{n - 1}",)) for n in range(1, count)]
    shape = Shape(Workflow("w", tuple(steps)))
    assert shape.before("s0", f"s{count - 1}")
    assert not shape.before("s9", "s3")
    assert shape.circles == []


def test_a_long_circle_is_told_in_short():
    steps = "".join(f"- {{id: s{n}, run: x, needs: s{(n + 1) % 50}}}\n" for n in range(50))
    (said,) = told(f"steps:\n{steps}")
    assert "s0 → s1 → s2 → s3 → s4 → s5 → s6 → s7 → … → s0; remove" in said


def test_a_circle_through_a_decision_is_told_at_its_first_step():
    text = "steps:\n- {id: a, run: x}\n- {id: d, needs: a, decide: {by: person, routes: {one: a}}}"
    assert told(text) == ["f.yaml:2:3: the steps wait for each other: a → d → a; remove one of these needs"]
