def test_everything_is_looked_at_and_said(ropewalk):
    ended = ropewalk("doctor")
    names = [line.split()[1] for line in ended.out.splitlines() if line[0] in "✓!✗"]
    assert {"python", "parts", "git", "store", "disk", "agent", "plug-ins"} <= {*names}
    assert all(check["grade"] for check in ropewalk.json("doctor")["checks"])


def test_a_store_that_cannot_be_opened_is_a_bad_check(ropewalk):
    ropewalk.write("x.db", "no database at all, " * 50)
    ended = ropewalk("doctor", "--store", "x.db")
    assert ended.code == 1
    assert "not a SQLite database" in ended.out


def test_a_file_in_place_of_the_state_folder_is_named_with_the_way_out(ropewalk):
    ropewalk.write(".ropewalk", "a file")
    ended = ropewalk("doctor")
    assert ended.code == 1
    assert "it is a file, not a folder" in ended.out
    assert f"mv {ropewalk.folder / '.ropewalk'}" in ended.out
    refused = ropewalk("plan", "w.yaml"), ropewalk.run("{id: a, uses: noop}")
    assert refused[1].code == 2
    assert "bug" not in refused[1].err
    assert "it is a file, not a folder" in refused[1].err
