"""How much care is asked for is a word of a closed set, and said only where something can be confined."""

import pytest

from ropewalk.definition.check import check_workflow
from ropewalk.definition.workflow import Role, Step, Workflow
from tests.formats.told import told

OR = "or say `confine: none` here"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "steps: [{id: s, run: x, confine: Worktree}]",
            "1:34: `confine` takes `none` or `worktree`, not the text `Worktree`; did you mean worktree?",
        ),
        (
            "steps: [{id: s, run: x, confine: yes}]",
            "1:34: `confine` takes `none` or `worktree`, not the text `yes`",
        ),
        (
            "steps: [{id: s, run: x}]\ndefaults: {confine: worktre}",
            "2:21: `confine` takes `none` or `worktree`, not the text `worktre`; did you mean worktree?",
        ),
        (
            "steps: [{id: s, run: x}]\nroles: {r: {confine: bwrap}}",
            "2:22: `confine` takes `none` or `worktree`, not the text `bwrap`",
        ),
        (
            "steps: [{id: s, run: x}]\nroles: {r: {permissions: denny}}",
            "2:26: `permissions` takes `allow`, `ask` or `deny`, not the text `denny`; did you mean deny?",
        ),
        (
            "steps: [{id: s, run: x}]\nroles: {r: {options: {mode: bypassPermissions}}}",
            "2:29: `mode` is no option of a role; say `permissions` of the role",
        ),
        (
            "steps: [{id: s, run: x}]\nroles: {r: {options: {model: big}}}",
            "2:30: `model` is no option of a role; say `model` of the role",
        ),
        (
            "steps: [{id: s, function: 'm:f', confine: worktree}]",
            "1:43: `confine` has no effect on a step of the kind `function`; it runs inside ropewalk: make it a `run`; "
            + OR,
        ),
        (
            "steps: [{id: s, call: other, confine: worktree}]",
            "1:39: `confine` has no effect on a step of the kind `call`; say it in the called workflow; "
            + OR,
        ),
    ],
)
def test_a_word_that_would_do_nothing_is_told_with_its_place(text, said):
    assert told(text) == [f"f.yaml:{said}"]


def test_what_can_be_confined_and_what_says_that_it_is_not_is_fine():
    text = """
defaults: {confine: worktree}
roles: {r: {permissions: deny, confine: none}}
steps:
  - {id: a, run: x}
  - {id: b, role: r, prompt: x}
  - {id: c, function: 'm:f', confine: none}
"""
    assert told(text) == []


def test_a_workflow_that_no_file_holds_is_checked_too():
    roles = {"r": Role(permissions="all", confine="bwrap")}  # type: ignore[arg-type]
    steps = (Step("s", "run", {"script": "x"}, confine="worktre"),)  # type: ignore[arg-type]
    found = [fault.what for fault in check_workflow(Workflow("w", steps, roles=roles))]
    assert found == [
        "`permissions` cannot be `all`",
        "`confine` cannot be `bwrap`",
        "step `s`: `confine` cannot be `worktre`",
    ]
