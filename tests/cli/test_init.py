def test_a_folder_becomes_a_project_once(ropewalk):
    ended = ropewalk("init")
    assert ended.code == 0
    assert "made .ropewalk/workflows/hello.yaml" in ended.out
    again = ropewalk.json("init")
    assert again["made"] == []
    assert ropewalk("run", "hello", "--approve-all", "--input", "who=you").code == 0
    assert ropewalk.json("show", "last")["outputs"] == {"greeting": "HELLO YOU!"}


def test_a_file_that_is_there_is_left_as_it_is(ropewalk):
    ropewalk.write("ropewalk.toml", "slots = 2\n")
    assert ropewalk.json("init")["made"] == [".ropewalk/workflows/hello.yaml"]
    assert (ropewalk.folder / "ropewalk.toml").read_text() == "slots = 2\n"
