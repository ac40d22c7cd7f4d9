def test_workflows_are_listed_with_where_they_were_found(ropewalk):
    ropewalk.write(
        "workflows/mine.yaml", "name: mine\ndescription: All mine.\nsteps:\n  - {id: a, uses: noop}\n"
    )
    ropewalk.write("workflows/broken.yaml", "steps: [\n")
    said = ropewalk("workflows").out
    assert "mine" in said
    assert "All mine." in said
    found = {one["name"]: one for one in ropewalk.json("workflows")["workflows"]}
    assert found["mine"]["source"] == "workflows"
    assert found["broken"]["problem"]
    assert found["sdlc"]["source"] == "library"


def test_a_project_without_workflows_says_how_to_make_one(ropewalk, monkeypatch):
    monkeypatch.setattr("ropewalk.app.choosing.list_workflows", lambda start: [])
    assert "`ropewalk init` makes a first one" in ropewalk("workflows").out
