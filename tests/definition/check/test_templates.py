import tracemalloc

import pytest

from tests.formats.told import told

HEAD = "inputs: {n: integer}\nroles: {r: claude}\nfacts: {f: }\nsteps:\n- {id: plan, run: x}\n- {id: my-step, run: x}\n- {id: other, run: x}\n"


def of(keys: str) -> list[str]:
    return told(f"{HEAD}- id: a\n  needs: [plan, my-step]\n  {keys}")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("run: [echo, '{{ x }}']", "10:19: there is no name `x`; there are facts, inputs, outputs, run"),
        ("run: [echo, '{{ input.n }}']", "10:19: there is no name `input`; did you mean inputs?"),
        ("run: [echo, '{{ inputs.nn }}']", "10:19: there is no `inputs.nn`; did you mean n?"),
        ("run: [echo, '{{ inputs[\"nn\"] }}']", "10:19: there is no `inputs.nn`; did you mean n?"),
        ("run: [echo, '{{ facts.g }}']", "10:19: there is no `facts.g`; there are f"),
        ("run: [echo, '{{ outputs.plam.stdout }}']", "10:19: there is no `outputs.plam`; did you mean plan?"),
        (
            "run: [echo, '{{ outputs.my-step.stdout }}']",
            "10:19: `outputs.my-step` would be a subtraction; write outputs['my-step']",
        ),
        ("run: [echo, '{{ inputs.n | uper }}']", "10:28: there is no filter `uper`; did you mean upper?"),
        (
            "run: [echo, '{% if inputs.n is defnied %}x{% endif %}']",
            "10:31: there is no test `defnied`; did you mean defined?",
        ),
        ("run: [echo, '{{ inputs.n']", "10:16: the template cannot be read: unexpected end of template"),
        ("run: [echo, 'x {% if %}']", "10:18: the template cannot be read: "),
        ("run: x\n  env: {A: '{{ x }}'}", "11:16: there is no name `x`"),
        ("role: r\n  prompt: |\n    Write\n    {{ inputs.n }} and {{ x }}.", "13:27: there is no name `x`"),
        ("role: r\n  prompt: |\n    Write\n    {{ inputs.n", "13:5: the template cannot be read"),
        ("call: {workflow: w, inputs: {y: {z: ['{{ x }}']}}}", "10:44: there is no name `x`"),
        ("function: m:f\n  with: {y: '{{ x }}'}", "11:17: there is no name `x`"),
        ("uses: noop\n  with: {outputs: '{{ x }}'}", "11:23: there is no name `x`"),
        ("ask: 'Is {{ x }} right?'", "10:15: there is no name `x`"),
        ("run: x\n  approve: {prompt: '{{ x }}'}", "11:25: there is no name `x`"),
        ("decide: {by: person, prompt: '{{ x }}', routes: {one: other}}", "10:36: there is no name `x`"),
        ("role: r\n  prompt: '{% include \"x\" %}'", "11:12: a template cannot take in another one"),
        (
            "run: [echo, '{{ 9" + "9" * 5000 + " }}']",
            "10:16: the template cannot be read: it is nested too deep, or holds",
        ),
        (
            "run: [echo, '{{ " + "(" * 3000 + " }}']",
            "10:16: the template cannot be read: it is nested too deep, or holds",
        ),
        ("gate: [[echo, '{{ x }}']]", "10:21: there is no name `x`"),
        ("gate: {verdict: {role: r, criteria: '{{ x }}'}}", "10:43: there is no name `x`"),
        ("run: x\n  handoff: '{{ x }}'", "11:16: there is no name `x`"),
        ("run: x\n  title: 'Do {{ x }}'", "11:17: there is no name `x`"),
        ("role: r\n  notes: 'So {{ x }}'", "11:17: there is no name `x`"),
        ("run: x\n  creates: 'out/{{ x }}.txt'", "11:20: there is no name `x`"),
        ("run: x\n  creates: ['a', 'out/{{ x }}.txt']", "11:26: there is no name `x`"),
        ("ask: {prompt: y, choices: [{id: c, title: '{{ x }}'}]}", "10:49: there is no name `x`"),
        (
            "run: x\n  approve: {prompt: y, show: ['{{ x }}.md']}\n  creates: '{{ inputs.n }}.md'",
            "11:35: there is no name `x`",
        ),
        ("decide: {by: person, routes: {one: {to: other, title: '{{ x }}'}}}", "10:61: there is no name `x`"),
        ("run: [echo, '{{ run.state }}']", "10:19: there is no `run.state`; did you mean status?"),
        (
            "ask: {prompt: y, form: {properties: {e: {title: '{{ inputs.n }}'}}}}",
            "10:52: nothing is filled in here",
        ),
        (
            "run: [echo, '{{ outputs.other.stdout }}']",
            "10:19: `outputs.other` is not there yet: `other` may not have ended when `a` starts; add `needs: [other]`",
        ),
        (
            "run: [echo, '{{ outputs.a.stdout }}']",
            "10:19: `outputs.a` is not there yet: `a` has no outputs before",
        ),
        (
            "run: echo {{ inputs.n }}",
            "10:13: a script is no template: what `{{ … }}` would fill in could run as a",
        ),
        ("run: |\n    echo hi\n    echo {{ inputs.n | upper }}", "12:10: a script is no template"),
        ("gate: test {{inputs.n}} -gt 3", "10:14: a script is no template"),
    ],
)
def test_a_template_that_cannot_be_filled_in_is_told(keys, said):
    (found,) = of(keys)
    assert found.startswith(f"f.yaml:{said}"), found


@pytest.mark.parametrize(
    ("squash", "said"),
    [
        ("{{ inputs.nn }}", "there is no `inputs.nn`"),
        ("{{ run.status }}", "there is no `run.status`"),
        ("{{ facts.f }}", "there is no name `facts`"),
        ("{{ run.title", "the template cannot be read"),
        ("feat: {{ inputs.n }} {{ run.id }} {{ run.workflow }} {{ run.title }}", ""),
    ],
)
def test_the_message_of_a_commit_reads_inputs_and_run(squash, said):
    found = told(f"squash: '{squash}'\n{HEAD}")
    assert len(found) == bool(said)
    assert all(said in fault for fault in found)


@pytest.mark.parametrize(
    "keys",
    [
        "run: [echo, '{{ inputs.n | upper }} {{ outputs.plan.stdout }} {{ outputs[\"my-step\"] }} {{ run.id }} {{ facts.f }}']",
        "run: [echo, '{% for x in range(inputs.n) %}{{ x }}{{ loop.index }}{% endfor %}{# remark #}']",
        "run: [echo, '{% for run in facts.f %}{{ run.number }}{% endfor %}']",
        "run: [echo, '{% set outputs = facts.f %}{{ outputs.number }}']",
        "run: [echo, '{% with inputs = facts.f %}{{ inputs[\"x\"] }}{% endwith %}']",
        "run: [echo, '{% for item in facts.f %}{{ item.b }}{% endfor %}']\n  foreach: [{a: 1}]",
        "run: [echo, '{{ item }}']\n  foreach: [1]",
        "run: [echo, '{{ page }}']\n  foreach: [1]\n  as: page",
        "run: [echo, '{% if outputs.other is defined %}{{ outputs.other.stdout }}{% endif %}']",
        "run: [echo, '{{ outputs.other.stdout | default(\"\") }}']",
        "run: [echo, '{{ inputs[run.id] }} {{ (outputs.plan).stdout }}']",
        "run: docker inspect --format '{{.State}}' x && gh api --template '{{range .}}{{end .}}' y",
        "run: gh api --template '{{ name }}' x && helm template '{{ values | quote }}'",
        "run: x\n  title: '{{ inputs.n }}'\n  creates: 'out/{{ item }}.txt'\n  foreach: [1]",
        "run: x\n  approve: {prompt: '{{ outputs.coverage }} {{ outputs.a.stdout }}'}",
        "gate: {condition: 'true'}",
        "gate: [[echo, '{{ outputs.coverage }}']]",
    ],
)
def test_a_template_that_can_be_filled_in_is_fine(keys):
    assert of(keys) == []


@pytest.mark.parametrize(
    ("keys", "at_fault"),
    [
        ("role: r\n  prompt: 'Do {{ inputs.n }}'\n  gate: [[echo, '{{ outputs.coverage }}']]", []),
        ("run: x\n  handoff: '{{ outputs.coverage }}'\n  env: {A: '{{ inputs.n }}'}", []),
        ("run: x\n  handoff: '{{ outputs.coverage }}'\n  env: {A: '{{ outputs.coverage }}'}", ["12:16"]),
    ],
)
def test_the_own_outputs_are_read_by_gates_and_the_handoff_alone_whatever_was_read_before(keys, at_fault):
    assert [fault.split(": there is no `outputs.coverage`")[0] for fault in of(keys)] == [
        f"f.yaml:{place}" for place in at_fault
    ]


def test_a_final_step_may_read_the_outputs_of_all():
    assert told(f"{HEAD}- id: z\n  finally: true\n  run: [echo, '{{{{ outputs.other.stdout }}}}']") == []


def test_jinja_is_loaded_only_for_templates():
    import subprocess
    import sys

    code = (
        "import sys; from ropewalk.formats.loading import load_workflow_text\n"
        "load_workflow_text('steps: [{id: a, run: [echo, hi], when: \"true\"}]')\n"
        "print(sorted({'jinja2', 'jsonschema', 'rich', 'typer', 'celpy', 'cel'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("heavy", ["[1] * 10**7", "'a' * 10**8", "'a'|center(10**8)", "('a' * 10**8)|length"])
def test_nothing_of_a_template_is_worked_out_while_it_is_checked(heavy):
    tracemalloc.start()
    try:
        assert of(f'ask: "{{{{ {heavy} }}}}"') == []
        assert of(f'ask: "{{% set x = {heavy} %}}{{% if {heavy} %}}y{{% endif %}}"') == []
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


SCHEMA = "output: {type: object, properties: {x: {type: string}, deep: {type: object, properties: {y: {}}, additionalProperties: false}}}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ outputs.a.y }}", "there is no `outputs.a.y`"),
        ("{{ outputs['a']['y'] }}", "there is no `outputs.a.y`"),
        ("{{ outputs.a.deep.z }}", "there is no `outputs.a.deep.z`"),
    ],
)
def test_a_field_that_a_schema_does_not_have_is_told_in_a_text(text, said):
    head = f"steps:\n- {{id: a, run: x, {SCHEMA}}}\n"
    (line,) = told(f'{head}- {{id: b, uses: ask, needs: a, ask: "{text}"}}')
    assert said in line


@pytest.mark.parametrize(
    "text",
    [
        "{{ outputs.a.x }}",
        "{{ outputs.a.items() }}",
        "{{ outputs.a.y | default('') }}",
        "{{ outputs.a[facts] }}",
    ],
)
def test_what_a_schema_has_and_what_is_asked_for_with_care_is_fine(text):
    head = f"steps:\n- {{id: a, run: x, {SCHEMA}}}\n"
    assert told(f'{head}- {{id: b, uses: ask, needs: a, ask: "{text}"}}') == []


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("roles: {r: {agent: claude, persona: 'You do {{ x }}'}}", "1:48: there is no name `x`"),
        (
            "roles: {r: {agent: claude, title: '{{ facts.f }}'}}",
            "1:39: there is no name `facts`; there are inputs, run",
        ),
        (
            "description: 'Of {{ inputs.n }}'",
            "1:18: nothing is filled in here: this text is shown as it is written",
        ),
        ("facts: {f: {question: 'Is {{ x }} so?'}}", "1:27: nothing is filled in here"),
        ("title: 'Of {{ x }}'", "1:15: there is no name `x`; there are inputs, run"),
        ("title: 'Of {{ run.outcome }}'", "1:15: there is no `run.outcome`; there are id, workflow"),
        ("phases: [{id: p, title: 'In {{ x }}'}]", "1:29: nothing is filled in here"),
    ],
)
def test_a_text_outside_of_the_steps_is_a_template_of_inputs_or_says_that_it_is_none(head, said):
    (found, *_) = told(f"{head}\nsteps: [{{id: a, run: x}}]")
    assert found.startswith(f"f.yaml:{said}"), found


def test_a_role_may_say_in_its_persona_what_the_run_was_started_with():
    head = "inputs: {n: integer}\nroles: {r: {agent: claude, persona: 'For {{ inputs.n }} in {{ run.id }}'}}"
    assert told(f"{head}\nsteps: [{{id: a, run: x}}]") == []
