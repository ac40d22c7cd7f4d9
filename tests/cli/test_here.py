from weft.cli.here import Here


async def test_a_store_is_named_from_where_the_user_stands(weft):
    assert Here(None, "x.db").store == str(weft.folder / "x.db")
    assert Here(None, "sqlite:///x.db").store == "sqlite:///x.db"
    assert Here(None, None).store is None


def test_the_newest_run_of_an_empty_store_is_nobody(weft):
    assert "no run in this store yet" in weft("show", "last").err


def test_who_only_looks_leaves_no_trace(weft):
    for words in (("runs",), ("inbox",), ("drive",), ("agents",), ("show", "x"), ("verify",)):
        weft(*words)
    assert list(weft.folder.iterdir()) == []
    weft.run("{id: a, uses: noop}")
    assert (weft.folder / ".weft" / "weft.db").is_file()


def test_a_folder_that_is_not_there_is_bad_input(weft):
    ended = weft("runs", "-C", "nowhere")
    assert (ended.code, "There is no folder nowhere" in ended.err) == (2, True)
