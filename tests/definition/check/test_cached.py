"""`cache` is refused where taking an earlier result could leave something undone."""

import pytest

from tests.formats.told import told


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("function: 'm:f'", "a step of the kind `function` may reach outside of its workspace"),
        ("call: other.yaml", "a step of the kind `call` may reach outside of its workspace"),
        ("ask: ok?", "a step of the kind `ask` may reach outside of its workspace"),
        ("run: x, confine: none", "`confine: none` lets it reach outside"),
    ],
)
def test_it_is_a_fault_where_a_step_may_reach_outside(step: str, said: str) -> None:
    assert any(said in fault for fault in told(f"steps: [{{id: s, {step}, cache: true}}]"))


@pytest.mark.parametrize("step", ["run: x", "run: x, confine: worktree", "run: x, workspace: read"])
def test_it_is_none_where_all_that_the_step_does_is_kept(step: str) -> None:
    assert not any("cached" in fault for fault in told(f"steps: [{{id: s, {step}, cache: true}}]"))


@pytest.mark.parametrize(("step", "refused"), [("", True), (", confine: worktree", False)])
def test_what_the_step_or_its_role_asks_for_counts(step: str, refused: bool) -> None:
    roles = "roles: {dev: {agent: rehearsal, confine: none}}"
    faults = told(f"{roles}\nsteps: [{{id: s, role: dev, creates: a.md, cache: true{step}}}]")
    assert any("reach outside" in fault for fault in faults) is refused
