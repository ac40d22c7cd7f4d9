import pytest

from tests.formats.told import told


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("ask: {choices: [x, {id: x}]}", "2:30: the choice `x` stands twice; keep one"),
        (
            "ask: {default: aprove}",
            "2:26: the default `aprove` is no answer; did you mean approve?; it is one of approve, reject",
        ),
        ("ask: {expires: 0, default: reject}", "2:26: the question would expire at once; remove `expires`"),
        (
            "ask: {expires: 1h}",
            "2:26: the question expires, but nothing says what is answered then; add `default: reject`, or",
        ),
        (
            "run: x, approve: {on_reject: back_to}",
            "2:40: `on_reject: back_to`, but the step says no `back_to`; add `back_to`,",
        ),
    ],
)
def test_a_question_that_cannot_be_answered_well_is_told(keys, said):
    (found,) = told(f"steps:\n- {{id: a, {keys}}}")
    assert found.startswith(f"f.yaml:{said}")


def test_questions_that_can_be_answered_are_fine():
    text = "- {id: a, run: x, ask: {choices: [x, y], default: x, expires: 1h}, approve: {on_reject: back_to}, back_to: a}"
    assert told(f"steps:\n{text}") == []
