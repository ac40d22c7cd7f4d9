"""What every format's reader gives has one shape: a workflow or none, its findings, its places and the steps that are unsure."""

import pytest

from ropewalk.formats.native.read import read
from ropewalk.formats.reading import PLAIN, Reading, ReadOptions
from ropewalk.yaml import yaml_document

BROKEN = "steps:\n- {id: a, run: b, needs: [c, 7]}\n- {id: c, run: d}\n- {id: e, run: f, title: 5}\n"


def reading(text: str, options: ReadOptions = PLAIN) -> Reading:
    return read(yaml_document(text, "f.yaml"), "f.yaml", "w", options)


def test_nobody_has_to_say_anything_and_then_only_approvals_are_added():
    assert PLAIN == ReadOptions() == ("", False, True)


def test_a_workflow_that_was_understood_whole_has_no_unsure_steps():
    whole = reading("steps: [{id: a, run: b}]")
    assert whole.workflow is not None
    assert (whole.findings.faults, whole.unsure) == ([], frozenset())


def test_steps_of_which_a_part_was_left_out_are_unsure_and_no_others():
    partly = reading(BROKEN)
    assert partly.workflow is not None
    assert [step.id for step in partly.workflow.steps] == ["a", "c", "e"]
    assert partly.unsure == {"a", "e"}
    assert len(partly.findings.faults) == 2


@pytest.mark.parametrize("text", ["steps: 5", "steps: []", "[a]", "just text", "steps: [5, null]"])
def test_where_too_little_could_be_understood_there_is_no_workflow_but_a_fault(text):
    nothing = reading(text)
    assert nothing.workflow is None
    assert nothing.findings.faults
    assert nothing.unsure == frozenset()


def test_places_are_asked_for_by_the_paths_of_the_workflow():
    places = reading("steps:\n- {id: a, run: b, when: 'true'}\n").where
    assert places.value(("steps", 0, "when")) == (2, 25)
    assert places.key(("steps", 0, "when")) == (2, 19)
    assert places.inside(("steps", 0, "when"), 2) == (2, 28)


def test_no_option_bears_on_a_file_of_our_own():
    text = "steps: [{id: a, run: b, notes: A person must approve this.}, {id: c, run: d}]"
    options = ReadOptions("other", infer_parallel=True, approvals=True)
    assert reading(text, options).workflow == reading(text).workflow
