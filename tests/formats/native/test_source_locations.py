"""Every part of a workflow has the place of the text that it was read from, or of what that part belongs to."""

from ropewalk.formats.loading import load_workflow_text
from tests.formats.told import told


def test_what_a_group_says_is_found_at_the_group():
    text = """\
steps:
  - {id: first, run: x}
  - id: outer
    needs: [first, frist]
    when: inputs.go && inputs.og
    parallel:
      - {id: a, run: x, needs: [first, first, zz], when: inputs.xx}
      - parallel: {needs: yy, when: inputs.ww, steps: [{id: b, run: x, when: inputs.go && inputs.vv}]}
inputs: {go: boolean}
"""
    assert [line.split(": ")[0] + line.split("`")[1 if "step" in line else 3] for line in told(text)] == [
        "f.yaml:4:20frist",
        "f.yaml:5:31og",
        "f.yaml:7:47zz",
        "f.yaml:7:65xx",
        "f.yaml:8:27yy",
        "f.yaml:8:44ww",
        "f.yaml:8:98vv",
    ]


def test_what_a_step_has_from_defaults_is_found_there():
    text = "steps:\n- {id: a, prompt: x}\n- {id: b, run: x}\ndefaults: {timeout: {attempt: 2m, step: 1m}, role: r}\n"
    assert [line.split(" ")[0] for line in told(text)] == ["f.yaml:4:31:", "f.yaml:4:52:"]


def test_a_part_that_the_file_does_not_spell_out_has_the_place_of_what_it_belongs_to():
    where = load_workflow_text("steps:\n- {id: a, run: [x, y], foreach: [1], as: n, back_to: a}\n").where
    assert where.value(("steps", 0, "args", "argv", 1)) == (2, 20)
    assert where.value(("steps", 0, "foreach", "name")) == (2, 42)
    assert where.value(("steps", 0, "back_to", "to")) == (2, 54)
    assert where.value(("steps", 0, "retry", "attempts")) == (2, 3)
    assert where.value(("steps", 0, "when")) == (2, 3)
    assert where.value(("steps", 7, "when")) == (2, 1)
    assert where.key(("steps", 0, "kind")) == (2, 11)
