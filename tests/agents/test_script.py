"""A rehearsal script is checked whole: every fault at once, with its place and the nearest name."""

from __future__ import annotations

import pytest

from ropewalk.agents.script import RehearsalScript, ScriptedAct, read_script
from ropewalk.errors import InvalidDefinition


def test_an_empty_script_says_nothing():
    assert read_script("") == read_script(" \n") == RehearsalScript()
    assert RehearsalScript().act("any", 1, 1) == ScriptedAct()


def test_every_fault_is_found_in_one_pass_with_its_place():
    text = """steps:
  a:
    wirte: {x: y}
    run_for: soon
    fail: {class: sometimes}
  b: [1, {verdict: GOOD}]
  c: text
more: 1
"""
    with pytest.raises(InvalidDefinition) as caught:
        read_script(text, "script.yaml")
    faults = [(fault.line, fault.column) for fault in caught.value.faults]
    assert faults == [(3, 5), (4, 5), (5, 5), (6, 7), (6, 11), (7, 3), (8, 1)]
    said = str(caught.value)
    for words in (
        "did you mean write?",
        "script.yaml:4:5",
        "`fail`",
        "known here: steps",
        "not a number",
        "not a text",
    ):
        assert words in said


@pytest.mark.parametrize(("text", "words"), [("[1]", "a list"), ("steps: 3", "a number"), ("a: [", "")])
def test_a_script_of_another_shape_is_one_clear_fault(text, words):
    with pytest.raises(InvalidDefinition) as caught:
        read_script(text)
    assert words in str(caught.value)
