def test_a_sentence_and_what_to_type_next(weft):
    weft.run("{id: a, ask: Well?}")
    ended = weft("explain", "last")
    assert ended.out.splitlines()[0] == "The run waits for a person: a asks 'Well?'."
    found = weft.json("explain", "last")
    assert found["kind"] == "person"
    assert found["commands"][0].startswith("weft approve")
