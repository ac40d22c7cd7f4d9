from ropewalk.cli.context import CommandContext


async def test_a_store_is_named_from_where_the_user_stands(ropewalk):
    assert CommandContext(None, "x.db").store == str(ropewalk.folder / "x.db")
    assert CommandContext(None, "sqlite:///x.db").store == "sqlite:///x.db"
    assert CommandContext(None, None).store is None


def test_the_newest_run_of_an_empty_store_is_nobody(ropewalk):
    assert "no run in this store yet" in ropewalk("show", "last").err


def test_who_only_looks_leaves_no_trace(ropewalk):
    for words in (("runs",), ("inbox",), ("drive",), ("agents",), ("show", "x"), ("verify",)):
        ropewalk(*words)
    assert list(ropewalk.folder.iterdir()) == []
    ropewalk.run("{id: a, uses: noop}")
    assert (ropewalk.folder / ".ropewalk" / "ropewalk.db").is_file()


def test_a_store_that_was_named_and_is_not_there_is_no_empty_one(ropewalk):
    for words in (("runs",), ("show", "last"), ("inbox",), ("drive",)):
        ended = ropewalk(*words, "--store", "none.db")
        assert (ended.code, f"There is no store {ropewalk.folder / 'none.db'}" in ended.err) == (2, True)
    ended = ropewalk.run("{id: a, uses: noop}", "--store", "nowhere/x.db")
    assert (ended.code, f"There is no folder {ropewalk.folder / 'nowhere'}" in ended.err) == (2, True)
    assert [path.name for path in ropewalk.folder.iterdir()] == ["w.yaml"]
    assert ropewalk.run("{id: a, uses: noop}", "--store", "x.db").code == 0
    assert len(ropewalk.json("runs", "--store", "x.db")["runs"]) == 1


def test_a_folder_that_is_not_there_is_bad_input(ropewalk):
    ended = ropewalk("runs", "-C", "nowhere")
    assert (ended.code, "There is no folder nowhere" in ended.err) == (2, True)


def test_to_stand_in_a_folder_that_was_removed_is_bad_input(ropewalk, monkeypatch):
    folder = ropewalk.folder / "short-lived"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    ended = ropewalk("runs")
    assert (ended.code, "The current folder is not there any more" in ended.err) == (2, True)
    ropewalk.write("bad.yaml", "name: bad\nsteps: 3\n")
    assert "bad.yaml" in ropewalk("plan", "bad.yaml", "-C", str(ropewalk.folder)).err
