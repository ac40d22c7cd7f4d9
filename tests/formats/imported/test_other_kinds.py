"""Lists of work in the shapes that other systems give them are read as phases with their steps, in order."""

from ropewalk.formats.imported.other_kinds import relative_of
from ropewalk.formats.loading import load_workflow_text


def read(text):
    return load_workflow_text(text, "r.yaml").workflow


def rows(made):
    return [(one.id, one.role, one.phase, one.needs) for one in made.steps]


def test_phases_that_are_each_one_piece_of_work():
    made = read(
        "phases:\n  - {id: a, name: Plan it, agent: pm, task: write}\n  - {id: b, name: Build it, agent: dev, depends_on: [a]}\n"
    )
    assert rows(made) == [("a", "pm", "a", ()), ("b", "dev", "b", ("a",))]
    assert [phase.title for phase in made.phases] == ["Plan it", "Build it"]
    assert made.steps[1].line == 3


def test_phases_of_several_people_make_what_they_deliver():
    made = read(
        "phases:\n  - {phase: Plan, agents: [analyst, pm], deliverables: [docs/plan.md], tasks: [Ask., Write.]}\n  - {phase: Build, owner: dev}\n"
    )
    assert [(one.role, one.phase) for one in made.steps] == [("analyst", "plan"), ("dev", "build")]
    assert [ref.name for ref in made.steps[0].creates] == ["docs/plan.md"]
    assert made.steps[0].notes[:2] == ("Ask.", "Write.")


def test_phases_with_lists_of_work_under_any_of_its_names():
    made = read(
        "phases:\n  - name: Plan\n    tasks: [{agent: pm, task: write}]\n  - name: Build\n    steps: [{agent: dev, action: build}, text]\n  - text\n"
    )
    assert [(one.role, one.phase) for one in made.steps] == [("pm", "plan"), ("dev", "build")]


def test_lanes_are_done_by_those_who_own_their_steps():
    made = read(
        "goals: [fast]\nlanes:\n  - name: A\n    steps: [{title: Draft it, owner: pm}, {title: Build it, owner: dev}]\n"
    )
    assert [(one.title, one.role, one.phase) for one in made.steps] == [
        ("Draft it", "pm", "a"), ("Build it", "dev", "a"),
    ]  # fmt: skip


def test_stages_without_people_are_still_read():
    assert [one.phase for one in read("stages: [{id: one, steps: [{action: write it all}]}]\n").steps] == [
        "one"
    ]


def test_phases_that_only_describe_are_no_list_of_work():
    assert relative_of({"phases": [{"id": "a", "title": "A"}]}) is None
