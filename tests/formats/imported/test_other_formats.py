import pytest

from ropewalk.errors import InvalidDefinition
from ropewalk.formats.loading import load_workflow_text


def read(text):
    return load_workflow_text(text, "r.yaml").workflow


def test_a_plain_list_of_steps_is_read_in_its_order():
    made = read(
        "id: x\nsteps:\n  - {id: s1, title: One, agent: writer, outputs: [outline.md]}\n  - {id: s2, role: editor, input: outline.md, output: book.md}\n"
    )
    assert [(one.id, one.role, one.needs) for one in made.steps] == [
        ("s1", "writer", ()),
        ("s2", "editor", ("s1",)),
    ]
    assert "a plain list of steps" in made.warnings[0]
    assert made.steps[0].line == 3


def test_steps_that_require_each_other_by_name_keep_names_order_and_conditions():
    made = read(
        """\
workflow:
  steps:
    - {step: draft, agent: sm}
    - {step: build, agent: dev, requires: draft}
    - {step: look, agent: sm, requires: build, condition: "x == 100%"}
"""
    )
    assert [(one.id, one.needs, one.when) for one in made.steps] == [
        ("draft", (), ""),
        ("build", ("draft",), ""),
        ("look", ("build",), "facts.x_100"),
    ]
    assert [one.requires for one in made.steps] == [(), (), ()]


def test_stages_of_the_drafts_are_phases():
    made = read(
        "stages:\n  - {id: one, steps: [{agent: pm, action: write}, text]}\n  - text\n  - {name: two, steps: [{agent: dev}]}\ntransitions: {x: y}\n"
    )
    assert [(one.phase, one.role) for one in made.steps] == [("one", "pm"), ("two", "dev")]
    assert made.extra["transitions"] == {"x": "y"}


def test_a_writing_pack_repeats_where_it_says_so():
    made = read(
        "workflow:\n  name: book\n  phases:\n    draft: [{agent: writer, task: write, output: chapter.md, repeat: per-chapter}]\n    polish: [{agent: editor, input: chapter.md}]\n    none: text\n"
    )
    closing = next(one for one in made.steps if one.back_to)
    assert (closing.when, closing.phase) == ("facts.chapters_remaining", "draft")


def test_a_workflow_of_version_three_gives_its_phases():
    made = read(
        "workflows:\n  green:\n    phases:\n      - {phase: Plan, personas: [pm, po], tasks: [create-prd], artifacts: [prd.md], completion_criteria: [x]}\n      - {name: Build}\n      - text\n"
    )
    assert [(one.role, one.phase) for one in made.steps] == [("pm", "plan"), ("", "build")]
    assert made.steps[0].extra["completion_criteria"] == ["x"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("agent: {id: pm}\npersona: {role: x}\n", "an agent file"),
        ("bundle: {name: x}\nagents: ['*']\n", "a team file"),
        ("team: {id: x}\n", "a team of BotArmy"),
        ("workflow: {agent_sequence: [a]}\n", "agent_sequence"),
        ("entry_point: a\nagents: []\n", "conductor"),
        ("initial_step: a\nsteps: [{name: x}]\n", "takt"),
        ("instructions: x\ntemplate: y\n", "BMAD v6"),
        ("phases: [{phase: 1, workflows: [{id: a}]}]\n", "a path of BMAD v6"),
        ("workflow: {entry_point: m}\nagents: [{name: m}]\n", "conductor"),
        ("workflow: {name: x}\nagent_sequence: [a]\ntransitions: {x: y}\n", "agent_sequence"),
        (
            "name: x\nmax_steps: 9\nsteps: [{name: plan, persona: p, rules: [{condition: ok, next: x}]}]\n",
            "takt",
        ),
        ("name: x\nmovements: [{name: plan}]\n", "takt"),
        ("name: x\nnodes: [{id: a, prompt: do it}, {id: b, bash: make, depends_on: [a]}]\n", "Archon"),
        ("name: x\nschedule: 0 9 * * *\nagent_profile: dev\n", "CAO"),
        ("version: 1\ngoal: x\ngraph: x.fabro\n", "fabro"),
        ("name: x\nslashPrefix: x\ncomponents: {agents: [a.md]}\n", "squad of AIOS"),
        ("name: CI\non: [push]\njobs: {a: {runs-on: ubuntu, steps: [{run: make}]}}\n", "GitHub Actions"),
        ("workflows: {x: {phases: []}}\n", "without any step"),
    ],
)
def test_what_is_not_run_is_told_by_name(text, what):
    with pytest.raises(InvalidDefinition) as caught:
        read(text)
    assert what in caught.value.faults[0].what
    assert caught.value.faults[0].line == 1
    assert len(caught.value.faults) == 1
