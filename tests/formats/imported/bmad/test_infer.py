from tests.formats.imported.bmad.flow import flow, needs

FILM = """\
- {agent: writer, creates: screenplay.md}
- {agent: director, creates: storyboard.md, requires: screenplay.md}
- {agent: designer, creates: locations.md, requires: screenplay.md}
- {agent: producer, creates: casting.md, requires: screenplay.md}
- {agent: producer, creates: schedule.md, requires: [screenplay.md, casting.md]}
- {step: workflow_end}
"""


def test_only_on_request_neighbours_that_need_nothing_of_each_other_run_together():
    assert needs(flow(FILM))["designer-locations"] == ("director-storyboard",)
    made = needs(flow(FILM, infer_parallel=True))
    assert (
        made["director-storyboard"]
        == made["designer-locations"]
        == made["producer-casting"]
        == ("writer-screenplay",)
    )
    assert made["producer-schedule"] == ("director-storyboard", "designer-locations", "producer-casting")


def test_conditions_loops_and_everything_keep_steps_apart():
    text = """\
    - {agent: a, creates: a.md}
    - {agent: b, creates: b.md, requires: a.md}
    - {agent: c, creates: c.md, requires: a.md, condition: user_wants_it}
    - {agent: d, creates: d.md, requires: all_artifacts}
    - {agent: e, creates: d.md, requires: a.md}
    - {agent: f, creates: f.md, requires: a.md, notes: requires human approval}
    """
    made = flow(text, infer_parallel=True)
    assert list(needs(made).values()) == [(), ("a-a",), ("b-b",), ("c-c",), ("d-d",), ("e-d",)]


def test_requirements_may_name_steps():
    text = """\
    - {step: plan, agent: a, creates: a.md}
    - {step: left, agent: b, creates: b.md, requires: plan}
    - {step: right, agent: c, creates: c.md, requires: plan}
    - {step: join, agent: d, creates: d.md, requires: [left, right]}
    """
    made = needs(flow(text, infer_parallel=True))
    assert made["left"] == made["right"] == ("plan",)
    assert set(made["join"]) == {"left", "right"}
