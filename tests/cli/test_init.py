def test_a_folder_becomes_a_project_once(weft):
    ended = weft("init")
    assert ended.code == 0
    assert "made .weft/workflows/hello.yaml" in ended.out
    again = weft.json("init")
    assert again["made"] == []
    assert weft("run", "hello", "--approve-all", "--input", "who=you").code == 0
    assert weft.json("show", "last")["outputs"] == {"greeting": "HELLO YOU!"}


def test_a_file_that_is_there_is_left_as_it_is(weft):
    weft.write("weft.toml", "places = 2\n")
    assert weft.json("init")["made"] == [".weft/workflows/hello.yaml"]
    assert (weft.folder / "weft.toml").read_text() == "places = 2\n"
