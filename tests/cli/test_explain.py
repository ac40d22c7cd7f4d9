def test_a_sentence_and_what_to_type_next(weft):
    weft.run("{id: a, ask: Well?}")
    ended = weft("explain", "last")
    assert ended.out.splitlines()[0] == "The run waits for a person: a asks 'Well?'."
    found = weft.json("explain", "last")
    assert found["kind"] == "person"
    assert found["commands"][0].startswith("weft approve")


def test_what_a_called_run_waits_for_is_told_down_to_the_last(weft):
    weft.write("leaf.yaml", "name: leaf\nsteps:\n  - {id: sign, ask: Sign?}\n")
    weft.write("middle.yaml", "name: middle\nsteps:\n  - {id: inner, call: ./leaf.yaml}\n")
    weft.run("{id: outer, call: ./middle.yaml}")
    said = weft("explain", "last").out
    assert "Step outer waits for its run" in said
    assert "sign asks 'Sign?'" in said
