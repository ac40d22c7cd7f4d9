"""Workflows over HTTP: what there is, what it takes, what would happen, what is wrong with a text."""


async def test_the_list_names_own_workflows_before_those_of_ropewalk(door):
    listed = (await door.client.get("/api/v1/workflows")).json()["workflows"]
    names = [one["name"] for one in listed]
    assert names[:5] == ["asking", "failing", "quiet", "secret", "writing"]
    assert "sdlc" in names


async def test_a_workflow_says_what_a_form_needs(door):
    shown = (await door.client.get("/api/v1/workflows/quiet")).json()
    assert shown["inputs"]["who"]["default"] == "world"
    assert [step["id"] for step in shown["steps"]] == ["first", "second"]
    missing = await door.client.get("/api/v1/workflows/quiat")
    assert (missing.status_code, missing.json()["code"]) == (404, "no-such-workflow")
    assert "quiet" in missing.json()["hint"]


async def test_a_workflow_in_a_folder_is_named_with_a_colon(door):
    inner = door.ropewalk.folder / "workflows" / "team"
    inner.mkdir()
    (inner / "own.yaml").write_text("name: own\nsteps:\n  - {id: a, uses: noop}\n")
    assert (await door.client.get("/api/v1/workflows/team:own")).json()["name"] == "team/own"


async def test_plan_and_graph_show_the_same_steps(door):
    plan = (await door.client.get("/api/v1/workflows/quiet/plan")).json()
    assert "second" in str(plan)
    assert (await door.client.get("/api/v1/workflows/quiet/graph")).text.startswith("flowchart")
    assert "digraph" in (await door.client.get("/api/v1/workflows/quiet/graph", params={"form": "dot"})).text


async def test_a_text_is_checked_whole_and_each_fault_has_its_place(door):
    good = (
        await door.client.post(
            "/api/v1/workflows/validate", json={"text": "steps:\n  - {id: a, uses: noop}\n"}
        )
    ).json()
    assert good["valid"]
    bad = (await door.client.post("/api/v1/workflows/validate", json={"text": "stepz: 1\n"})).json()
    assert not bad["valid"]
    assert bad["faults"][0]["line"] == 1
