from ropewalk.formats.imported.bmad.phases import listed_phases
from tests.formats.imported.bmad.flow import flow

ITEMS = """\
- {step: first, agent: pm, creates: plan.md}
- {step: second, agent: dev, creates: code.md}
- {step: third, agent: qa, updates: code.md}
"""


def phases_of(made):
    return [one.phase for one in made.steps]


def test_titles_of_phases_in_all_their_forms():
    listed = listed_phases([{"phase_1": "One"}, {"phase": 2, "name": "Two"}, "three", {"name": "Four"}])
    assert [(phase.name, phase.title) for phase in listed] == [
        ("1", "One"), ("2", "Two"), ("three", "three"), ("Four", "Four"),
    ]  # fmt: skip
    listed = listed_phases({"phase_1": {"title": "One", "description": "first"}, "x": {"y": 1}})
    assert [phase[:3] for phase in listed] == [("1", "One", "first"), ("x", "x", "")]
    assert listed_phases(None) == []


def test_a_files_own_phases_hold_the_items_that_they_list():
    head = "phases:\n  - {id: plan, name: Plan it, description: how, steps: [first]}\n  - {id: make, name: Make it, steps: [second]}"
    made = flow(ITEMS, head)
    assert phases_of(made) == ["plan", "make", "make"]
    assert [(phase.title, phase.description) for phase in made.phases] == [
        ("Plan it", "how"),
        ("Make it", ""),
    ]
    assert "phases" not in made.extra


def test_phases_may_list_documents_numbers_or_people():
    assert phases_of(flow(ITEMS, "phases: {plan: {outputs: [plan.md]}, make: {outputs: [code.md]}}")) == [
        "plan",
        "make",
        "make",
    ]
    assert phases_of(flow(ITEMS, "phases: {plan: {steps: 1-2}, make: {steps: [3]}}")) == [
        "plan",
        "plan",
        "make",
    ]
    assert phases_of(flow(ITEMS, "phases: {plan: [pm], make: [dev, qa]}")) == ["plan", "make", "make"]


def test_phases_that_list_nothing_of_the_sequence_are_kept_and_shown():
    made = flow(ITEMS, "phases: {plan: {goal: much}}")
    assert phases_of(made) == ["", "", ""]
    assert made.extra["phases"] == {"plan": {"goal": "much"}}


def test_a_loop_without_phases_is_told_in_three():
    made = flow(
        "- {agent: pm, creates: a.md}\n- {agent: sm, creates: story.md, repeats: for_each_epic}\n- {agent: po}\n"
    )
    assert phases_of(made) == ["planning", "development", "development", "completion"]
