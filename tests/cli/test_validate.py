import json


def test_good_and_bad_files_beside_each_other(ropewalk):
    ropewalk.write("good.yaml", "name: good\nsteps:\n  - {id: a, uses: noop}\n")
    ropewalk.write(
        "sub/bad.yaml", "name: bad\nsteps:\n  - {id: a, uses: nop}\n  - {id: b, needs: [c], uses: noop}\n"
    )
    ended = ropewalk("validate", "good.yaml", "sub/bad.yaml")
    assert ended.code == 2
    lines = ended.out.splitlines()
    assert lines[0] == "good.yaml: valid"
    assert [line.split(":")[:3] for line in lines[1:3]] == [
        ["sub/bad.yaml", "3", "19"],
        ["sub/bad.yaml", "4", "21"],
    ]
    assert lines[3] == "2 fault(s)"
    told = ropewalk.json("validate", "good.yaml", "sub/bad.yaml")
    assert [file["valid"] for file in told["files"]] == [True, False]


def test_a_workflow_is_checked_by_name_and_another_folder_from_outside(ropewalk):
    assert ropewalk("validate", "sdlc").code == 0
    ropewalk.write("sub/w.yaml", "name: w\nsteps:\n  - {id: a, uses: noop}\n")
    assert ropewalk("validate", "w.yaml", "-C", "sub").code == 0
    assert ropewalk("validate", "none.yaml").code == 2
    assert not (ropewalk.folder / ".ropewalk").exists()


def test_the_schema_takes_what_is_valid(ropewalk):
    import jsonschema

    schema = json.loads(ropewalk("schema").out)
    jsonschema.validate({"name": "w", "steps": [{"id": "a", "run": "echo"}]}, schema)


TWO = "workflow:\n  id: two\n  full_sequence: [{agent: a}]\n  short_sequence: [{agent: b}]\n"


def test_a_file_with_two_workflows_is_valid_when_both_are(ropewalk):
    ropewalk.write("two.yaml", TWO)
    assert ropewalk("validate", "two.yaml").code == 0
    ropewalk.write("bad.yaml", TWO.replace("{agent: b}", "{agent: b}, 3"))
    ended = ropewalk("validate", "bad.yaml")
    assert (ended.code, ended.out.splitlines()[0].split(":")[:2]) == (2, ["bad.yaml", "4"])
    assert ropewalk("validate", "bad.yaml", "--variant", "full").code == 0
    assert ropewalk("validate", "bad.yaml", "--variant", "none").code == 2
