import pytest


@pytest.fixture
def flow(ropewalk):
    ropewalk.write(
        "w.yaml",
        "name: w\nsteps:\n"
        "  - {id: a, run: echo}\n  - {id: b, needs: [a], run: echo}\n"
        "  - {id: c, needs: [a], when: 1 == 2, ask: Well?}\n  - {id: d, needs: [b, c], run: echo, back_to: a}\n",
    )
    return ropewalk


def test_the_order_and_what_stands_beside_what_is_told_without_running(flow):
    said = flow("plan", "w.yaml").out
    assert said.index("a") < said.index("b")
    for part in ("c", "1 == 2", "Well?"):
        assert part in said
    rows = [row for stretch in flow.json("plan", "w.yaml")["stretches"] for row in stretch["rows"]]
    assert {row["id"]: row.get("wave", 1) for row in rows} == {"a": 1, "b": 2, "c": 2, "d": 3}
    assert not (flow.folder / ".ropewalk").exists()


def test_what_would_refuse_the_landing_at_the_end_is_told(repository):
    repository.write("w.yaml", "name: w\nland: merge\nsteps:\n  - {id: a, run: echo}\n")
    assert "mind" not in repository("plan", "w.yaml").err
    assert repository.json("plan", "w.yaml")["warnings"] == []
    repository.write("f.txt", "mine\n")
    assert "mind: `land: merge` will be refused at the end" in repository("plan", "w.yaml").err
    assert "f.txt" in repository.json("plan", "w.yaml")["warnings"][0]


def test_the_drawing_in_either_language(flow):
    assert flow("graph", "w.yaml").out.startswith("flowchart TD")
    assert flow("graph", "w.yaml", "--form", "dot").out.startswith("digraph")


def test_notes_that_demand_approval_can_be_left_to_the_reader(ropewalk):
    ropewalk.write(
        "h.yaml", "workflow: {id: h, sequence: [{agent: pm, creates: prd.md, notes: HITL REQUIRED}]}\n"
    )
    assert ropewalk.json("plan", "h.yaml")["asks"]
    assert not ropewalk.json("plan", "h.yaml", "--no-approvals")["asks"]
    assert "HITL REQUIRED" in ropewalk("plan", "h.yaml", "--no-approvals", "--notes").out
