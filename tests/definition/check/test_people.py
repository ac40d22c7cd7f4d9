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


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            "ask: {form: {k: {}}, default: approve, expires: 1h}",
            "the default `approve` lacks the value that is wanted; write `default: reject`",
        ),
        (
            "ask: {fact: s, default: approve, expires: 1h}",
            "the default `approve` lacks the value that is wanted; write `default: reject`",
        ),
        (
            "run: x, approve: {form: {k: {}}}",
            "what is filled in would be kept nowhere; add `fact: NAME`, or ask in a step of its own",
        ),
        (
            "run: x, approve: {fact: s, choices: [a, c]}",
            "the fact s is one of a, b, not 'c'; offer what the fact may be",
        ),
        ("ask: {fact: n, form: {k: {}}}", "the form gives object, and the fact n is number; make them agree"),
        (
            "ask: {fact: s, form: {enum: [a, z]}}",
            "the fact s is one of a, b, not 'z'; offer what the fact may be",
        ),
    ],
)
def test_an_answer_that_is_taken_can_be_what_is_wanted(keys, said):
    facts = "facts: {s: {type: string, choices: [a, b]}, n: number}"
    [found] = told(f"{facts}\nsteps:\n- {{id: q, {keys}}}")
    assert found.endswith(said)


@pytest.mark.parametrize(
    "keys",
    [
        "ask: {fact: s, choices: [a, b], default: a, expires: 1h}",
        "ask: {fact: n, form: {type: integer}}",
        "ask: {fact: n, choices: ['1', '2.5']}",
        "ask: {fact: o, form: {k: {}}}",
        "ask: {fact: any, form: {k: {}}}",
    ],
)
def test_a_form_or_choices_of_what_the_fact_may_be_are_fine(keys):
    facts = "facts: {s: {type: string, choices: [a, b]}, n: number, o: object, any: any}"
    assert told(f"{facts}\nsteps:\n- {{id: q, {keys}}}") == []
