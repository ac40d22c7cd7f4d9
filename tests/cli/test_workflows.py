def test_workflows_are_listed_with_where_they_were_found(weft):
    weft.write("workflows/mine.yaml", "name: mine\ndescription: All mine.\nsteps:\n  - {id: a, uses: noop}\n")
    weft.write("workflows/broken.yaml", "steps: [\n")
    said = weft("workflows").out
    assert "mine" in said
    assert "All mine." in said
    found = {one["name"]: one for one in weft.json("workflows")["workflows"]}
    assert found["mine"]["source"] == "workflows"
    assert found["broken"]["problem"]
    assert found["sdlc"]["source"] == "library"


def test_a_project_without_workflows_says_how_to_make_one(weft, monkeypatch):
    monkeypatch.setattr("weft.formats.discovery.list_all", lambda start: [])
    assert "`weft init` makes a first one" in weft("workflows").out
