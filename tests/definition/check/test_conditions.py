import pytest

from tests.formats.told import told

HEAD = (
    "inputs: {n: integer, s: {choices: [x, y]}}\nfacts: {f: boolean}\nsteps:\n"
    "- {id: plan, run: x, output: {type: object, additionalProperties: false, properties: {items: {type: array, items:"
    " {type: object, properties: {title: {type: string}}, additionalProperties: false}}}}}\n"
    "- {id: other, run: x}\n- id: a\n  needs: plan\n  run: x\n"
)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("when: inputs.m > 1", "9:16: "),
        ("when: inputs.n > ", "9:19: "),
        ("when: inputs.n == 'x'", "9:18: "),
        ("when: inputs.n", "9:16: "),
        ("when: inputs.s == 'z'", "9:21: "),
        ("when: facts.g", "9:15: "),
        ("when: outputs.plna.exit_code == 0", "9:17: "),
        ("when: outputs.plan.itmes == null", "9:22: "),
        ('when: "outputs.plan.stdout == 5"', "9:30: "),
        ("when: |\n    inputs.n > 1 &&\n    inputs.m > 1\n", "11:12: "),
        ("foreach: outputs.plan.items\n  as: story\n  when: story.titel == 'x'", "11:15: "),
        ("foreach: inputs.n", "9:19: "),
        ("foreach: [1]\n  key: itm", "10:8: "),
        ("foreach: [1]\n  key: inputs.n", "10:8: "),
        ("foreach: [{k: 1}]\n  as: one\n  when: one", "11:9: "),
        ("back_to: {to: plan, when: outputs.a.stdot == 'x' && inputs.m}", "9:62: "),
        ("sets: {f: inputs.m}", "9:20: "),
        ("gate: {condition: coverage > 80}", "9:21: "),
        ("gate: [{condition: 'inputs.n == 1'}, {condition: inputs.m}]", "9:59: "),
    ],
)
def test_what_an_expression_reads_must_be_there_and_fit(keys, said):
    (found,) = told(f"{HEAD}  {keys}")
    assert found.startswith(f"f.yaml:{said}"), found


@pytest.mark.parametrize(
    "keys",
    [
        "when: inputs.n > 1 && facts.f && outputs.plan.exit_code == 0",
        "when: run.round > 1 || run.id == 'x'",
        "foreach: outputs.plan.items\n  as: story\n  key: story.title\n  when: story.title != 'x'",
        "foreach: {in: {k: 1}}\n  when: item.key == 'k' && item.value == 1",
        "gate: {condition: outputs.coverage > 80 && outputs.a.exit_code == 0}",
        "back_to: {to: plan, when: outputs.a.stdout == 'x'}",
        "sets: {f: outputs.a.exit_code == 0}",
        "when: has(outputs.other.stdout) && outputs.other.stdout == 'x'",
        "when: has(outputs.a.stdout) && outputs.a.stdout == 'x'",
        "finally: true\n  needs: []\n  when: outputs.other.exit_code > 0",
    ],
)
def test_what_fits_is_fine(keys):
    text = HEAD.replace("  needs: plan\n", "") if "finally" in keys else HEAD
    assert told(f"{text}  {keys}") == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            "when: outputs.other.exit_code > 0",
            "9:9: `outputs.other` is not there yet: `other` may not have ended when `a` starts; add `needs: [other]`",
        ),
        ("when: outputs['other'].exit_code > 0", "9:9: `outputs.other` is not there yet"),
        (
            "when: outputs.a.exit_code > 0",
            "9:9: `outputs.a` is not there yet: `a` has no outputs before it has run",
        ),
        ("gate: {condition: outputs.other.exit_code > 0}", "9:21: `outputs.other` is not there yet"),
        ("back_to: {to: plan, when: outputs.other.exit_code > 0}", "9:29: `outputs.other` is not there yet"),
    ],
)
def test_outputs_of_a_step_that_may_not_have_ended_are_told(keys, said):
    (found,) = told(f"{HEAD}  {keys}")
    assert found.startswith(f"f.yaml:{said}"), found


def test_a_dash_in_a_step_is_no_minus():
    text = "steps:\n- {id: my-step, run: x}\n- {id: a, run: x, needs: my-step, when: "
    assert told(text + "outputs.my-step.exit_code == 0}") == [
        'f.yaml:3:41: `outputs.my-step` would be a subtraction; write outputs["my-step"]'
    ]
    assert told(text + "'outputs[\"my-step\"].exit_code == 0'}") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("outputs: {x: outputs.b.stdout}", "2:22: "),
        ("gate: {condition: inputs.x}", "2:26: "),
        ("gate: [{condition: 'true'}, {condition: 5 > 'x'}]", "2:43: "),
    ],
)
def test_expressions_at_the_top_of_a_file_too(text, said):
    (found,) = told(f"steps: [{{id: a, run: x}}]\n{text}")
    assert found.startswith(f"f.yaml:{said}"), found


def test_conditions_of_routes_and_of_each_kind_of_outputs():
    text = """
roles: {r: claude}
steps:
  - {id: q, ask: {choices: [x, y]}}
  - {id: n, uses: noop, with: {outputs: {k: 5}}}
  - {id: f, function: m:f}
  - {id: l, run: x, foreach: [1, 2.5]}
  - {id: b, run: x, output: {type: array}}
  - id: d
    needs: [q, n, f, l, b]
    decide:
      routes:
        one: {when: outputs.q.choice == "z", to: e}
        two: {when: outputs.n.k == "x", to: e}
        three: {when: "outputs.f.anything == 1 && outputs.b.anything == 1 && outputs.l.items[0].exit_code == 1"}
        four: {when: "outputs.l.key == 1", to: e}
        five: {when: outputs.q.verdit == "x", to: e}
  - {id: e, run: x}
  - {id: g, run: x, needs: d, when: outputs.d.route == "six"}
"""
    assert [line.split(" ")[0] for line in told(text)] == [
        "f.yaml:13:41:",
        "f.yaml:14:33:",
        "f.yaml:16:33:",
        "f.yaml:17:32:",
        "f.yaml:19:56:",
    ]
