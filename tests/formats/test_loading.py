"""A file loads whole or is refused with all of its faults, each at its place."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ropewalk.definition.stored import decode_workflow, encode_workflow, workflow_digest
from ropewalk.errors import InvalidDefinition, SettingsError
from ropewalk.formats import loading
from ropewalk.formats.loading import load_workflow, load_workflow_text
from tests.formats.told import KNOWN, told
from tests.soak import trials

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))

PLANTED = """\
name: planted
inputs:
  count: {type: integer, default: many}
roles:
  writer: {agent: claude}
steps:
  - id: plan
    role: writter
    prompt: Plan {{ inputs.cuont }} things.
    creates: [plan.md]
  - id: build
    needs: [plan, reveiw]
    tiemout: 5m
    requires: [plann.md]
    run: make
  - id: build
    run: echo {{ inputs.count }}
  - id: check
    needs: [build]
    when: inputs.count == "3"
    retry: {attempts: 0}
    run: make check
  - id: left
    needs: [right]
    run: echo left
  - id: right
    needs: [left]
    run: echo right
  - id: vote
    needs: [plan]
    join: {quorum: 3}
    when: outputs.check.stdout == "x"
    run: echo vote
  - id: odd
    uses: telport
  - id: my-step
    needs: [odd]
    gate: {condition: outputs.coverage > 80 && outputs.my-step.x}
    run: [echo, "{{ outputs.build.stdout"]
"""

SAID = """\
f.yaml:3:35: the default of `count` is not an integer; fix it, or its `type`
f.yaml:8:11: there is no role `writter`; did you mean writer?
f.yaml:9:21: there is no `inputs.cuont`; did you mean count?
f.yaml:12:19: there is no step `reveiw`; define it, or remove it
f.yaml:13:5: unknown key `tiemout` in a step; did you mean timeout?
f.yaml:14:16: no step creates `plann.md`; did you mean plan.md?
f.yaml:16:9: two steps are called `build`; rename one of them; the other stands in line 11
f.yaml:17:15: a script is no template: what `{{ … }}` would fill in could run as a command; set it under
f.yaml:20:24: an integer and a string are unlike: `==` is never true; write 3 without quotes
f.yaml:21:23: `attempts` takes a whole number of at least 1, not the number 0
f.yaml:24:13: the steps wait for each other: left → right → left; remove one of these needs
f.yaml:31:20: a quorum of 3, but the step has 1 need; write a number from 1 to 1
f.yaml:32:11: `outputs.check` is not there yet: `check` may not have ended when `vote` starts; add `needs: [check]`
f.yaml:35:11: there is no step kind `telport`; did you mean teleport?
f.yaml:38:48: `outputs.my-step` would be a subtraction; write outputs["my-step"]
f.yaml:39:18: the template cannot be read: unexpected end of template
"""


def test_faults_of_sixteen_kinds_in_one_file_are_told_at_once_each_at_its_place():
    found = told(PLANTED)
    expected = SAID.splitlines()
    assert [(line, line.startswith(said)) for line, said in zip(found, expected, strict=True)] == [
        (line, True) for line in found
    ]


def test_the_error_itself_says_everything():
    with pytest.raises(InvalidDefinition) as caught:
        load_workflow_text("steps:\n  - {id: a, rnu: x}\n", "f.yaml")
    assert str(caught.value) == (
        "1 fault(s) in f.yaml.\nf.yaml:2:13: unknown key `rnu` in a step; did you mean run?"
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_loads_without_a_word(path):
    assert load_workflow(path).warnings == []


def test_a_workflow_without_a_name_is_called_as_its_file(tmp_path):
    file = tmp_path / "nightly.yaml"
    file.write_text("steps: [{id: a, run: b}]")
    loaded = load_workflow(file)
    assert loaded.workflow.name == "nightly"
    assert loaded.workflow.source == str(file)
    assert loaded.workflow.format == "ropewalk"


def test_the_digest_is_of_what_is_said_and_not_of_how():
    plain = load_workflow_text("name: w\nsteps:\n  - id: a\n    run: b\n", "one.yaml")
    other = load_workflow_text("# a remark\nsteps: [{run: b, id: a, needs: []}]\nname: 'w'\n", "two.yaml")
    changed = load_workflow_text("name: w\nsteps: [{id: a, run: c}]")
    assert plain.digest == other.digest == workflow_digest(other.workflow)
    assert changed.digest != plain.digest
    assert len(plain.digest) == 64


def test_a_stored_workflow_comes_back_whole():
    workflow = load_workflow(EXAMPLES[-1]).workflow
    assert decode_workflow(encode_workflow(workflow)) == workflow


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "f.yaml:1:1: the file holds nothing; begin with `name:` and `steps:`"),
        ("- a", "f.yaml:1:1: a workflow is a mapping; begin with `name:` and `steps:`"),
        ("template: {id: x}\nsections: []", "f.yaml:1:1: this is a document template, no workflow"),
        ("name: x", "f.yaml:1:1: `steps` is missing in the file; write `steps:`, and below it its entries"),
        ("steps: []", "f.yaml:1:8: `steps` is an empty list; write an item"),
        (
            "steps: [{id: a, run: b}]\n---\nx: 1",
            "f.yaml:3:1: another document stands in the file, only one is read; remove the `---` line",
        ),
    ],
)
def test_what_is_no_workflow_is_told(text, said):
    assert told(text) == [said]


def test_of_several_documents_the_one_that_is_a_workflow_is_meant():
    (said,) = told("x: 1\n---\nsteps: [{id: a, run: b}]")
    assert said.startswith("f.yaml:1:1: another document stands in the file")


def test_an_unknown_format_is_refused_with_the_nearest():
    with pytest.raises(SettingsError, match="there is no format ropewalc, did you mean ropewalk"):
        load_workflow_text("steps: [{id: a, run: b}]", format="ropewalc")
    with pytest.raises(SettingsError, match="there is no format x\\."):
        load_workflow_text("steps: [{id: a, run: b}]", format="x")


def test_a_format_can_be_asked_for():
    assert load_workflow_text("steps: [{id: a, run: b}]", format="ropewalk").workflow.steps[0].kind == "run"


def test_warnings_load_and_stay_with_the_workflow():
    loaded = load_workflow_text("steps: [{id: a, run: b, when: false}]", "f.yaml")
    (warning,) = loaded.warnings
    assert str(warning) == "f.yaml:1:31: warning: the step `a` is never done; remove it"
    assert loaded.workflow.warnings == (str(warning),)


def test_places_of_a_workflow_can_be_asked_for():
    where = load_workflow_text(PLANTED.splitlines()[0] + "\nsteps:\n  - id: a\n    run: b\n").where
    assert where.value(("steps", 0, "args", "script")) == (4, 10)


SOURCE = "\n".join(path.read_text() for path in EXAMPLES)
WORDS = st.sampled_from(
    sorted({*SOURCE.split(), "[", "]", "{", "}", ":", "-", "&a", "*a", "<<: *a", "|", "\t"})
)


@pytest.mark.soak
@settings(max_examples=trials(50, 600), deadline=None)
@given(st.data())
def test_a_mutated_file_loads_or_is_refused_and_never_anything_else(data):
    lines = data.draw(st.sampled_from(EXAMPLES)).read_text().splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "word", "indent", "value"])):
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "word":
                lines[at] = lines[at] + " " + data.draw(WORDS)
            case "indent":
                lines[at] = "  " + lines[at]
            case _:
                lines[at] = lines[at].split(":")[0] + ": " + data.draw(WORDS)
        if not lines:
            break
    with suppress(InvalidDefinition):
        load_workflow_text("\n".join(lines), "f.yaml", known=KNOWN)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.text(max_size=4)
    | st.sampled_from(["a", "5m", "all"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "run", "to", "in", "when", "gate"]), inner)
    ),
    max_leaves=6,
)


@pytest.mark.soak
@settings(max_examples=trials(50, 600), deadline=None)
@given(st.data())
def test_any_value_under_any_key_loads_or_is_refused(data):
    from ropewalk.formats.native.schema import workflow_schema

    keys = data.draw(
        st.sampled_from(
            [
                sorted(workflow_schema()["properties"]),
                sorted(workflow_schema()["$defs"]["Step"]["properties"]),
            ]
        )
    )
    some = data.draw(st.dictionaries(st.sampled_from(keys), PLAIN, max_size=4))
    document = (
        {**some, "steps": [{"id": "a", "run": "b"}]} if "steps" in keys else {"steps": [{"id": "a", **some}]}
    )
    with suppress(InvalidDefinition):
        loading.load_data(document, known=KNOWN)
