from ropewalk.formats.imported.bmad.read import read
from ropewalk.yaml.reading import yaml_document
from tests.formats.imported.bmad.flow import flow


def made(text):
    return read(yaml_document(text, "w.yaml"), "w.yaml")


def test_the_head_of_a_file_becomes_the_workflow_and_the_rest_is_kept():
    found = flow(
        "- {agent: analyst}\n",
        head="""\
        name: The Title
        description: What it is
        version: 1.0
        type: greenfield
        odd: {a: [1]}
        inputs: {story: which one, bad name: x, 1: y}
        """,
    )
    assert (found.name, found.description, found.version) == ("flow", "What it is", "1.0")
    assert found.extra["title"] == "The Title"
    assert found.extra["odd"] == {"a": [1]}
    assert set(found.inputs) == {"idea", "story", "bad_name"}
    assert not found.inputs["idea"].required
    assert found.inputs["story"].description == "which one"


def test_inputs_may_be_a_list_of_names_or_mappings():
    found = flow("- {agent: a}\n", head="inputs: [one, {name: two, description: second}, {odd: x}]")
    assert found.inputs["two"].description == "second"
    assert "one" in found.inputs


def test_the_longer_list_of_steps_is_told_to_the_step_that_it_speaks_of():
    found = made(
        "workflow:\n  sequence:\n    - {step: one, agent: a}\n    - {agent: b}\n"
        "steps:\n  - {id: other, agent: b, validation: strict}\n  - {id: one, elicit: true, description: longer}\n"
    )
    first, second = found.steps
    assert first.extra["detail"]["description"] == "longer"
    assert first.ask is not None
    assert second.extra["detail"]["id"] == "one"
    assert found.extra["steps"][0]["validation"] == "strict"


def test_an_end_outside_of_the_sequence_is_its_last_step_unless_there_is_one_already():
    text = "workflow:\n  sequence:\n    - {agent: a}\nEND\n  workflow_end: {action: done, notes: n}\n"
    assert [one.id for one in made(text.replace("END\n", "")).steps] == ["a-work", "workflow_end"]
    both = made(text.replace("END", "    - {step: workflow_end}"))
    assert [one.id for one in both.steps] == ["a-work", "workflow_end"]
    for said in ("true", "null", "text"):
        found = made(f"workflow:\n  sequence: [{{agent: a}}]\n  workflow_end: {said}\n")
        assert found.steps[-1].id == "workflow_end"


def test_files_without_loops_or_phases_have_no_phases():
    assert flow("- {agent: a}\n").phases == ()


def test_a_variant_says_which_it_is():
    text = "workflow:\n  a_sequence: [{agent: x}]\n  b_sequence: [{agent: y}]\n"
    from ropewalk.formats.reading import ReadOptions

    found = read(yaml_document(text, "w.yaml"), "w.yaml", ReadOptions(variant="b"))
    assert found.extra["variant"] == "b"
    assert "a_sequence" not in found.extra


def test_a_list_of_work_that_comes_first_is_done_before_the_sequence():
    made = flow("- {agent: dev, requires: charter.md}\n", head="kickoff: [{agent: pm, creates: charter.md}]")
    assert [(one.role, one.needs) for one in made.steps] == [("pm", ()), ("dev", ("pm-charter",))]
    assert made.warnings == ()
    assert "kickoff" not in made.extra
