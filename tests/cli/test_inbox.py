import pytest


def test_what_is_asked_is_listed_with_what_is_shown_and_how_to_answer(weft):
    assert weft("inbox").out == "Nobody is asked anything.\n"
    weft.run(
        "{id: a, creates: [n.md], run: 'seq 40 > n.md', approve: {prompt: Good?, show: n.md, expires: 1h, default: reject}}"
    )
    said = weft("inbox").out
    for part in ("a asks (a1): Good?", "n.md (40 lines)", "│ 30", "10 more: weft artifacts", "reject is taken",
                 "weft approve", "weft reject"):  # fmt: skip
        assert part in said
    (ask,) = weft.json("inbox")["asks"]
    assert (ask["ask"], ask["step"], ask["about"], ask["show"][0]["path"]) == ("a1", "a", "approval", "n.md")
    assert weft.json("inbox", "last")["asks"] == [ask]


def test_choices_are_answered_by_name(weft):
    weft.run("{id: a, ask: {prompt: Which?, choices: [red, {id: blue, title: Like the sky}]}}")
    assert "2. blue  Like the sky" in weft("inbox").out
    assert "takes" in weft("answer", "last", "a1", "green").err
    assert weft("answer", "last", "a1", "blue", "--reason", "I like it").code == 0
    weft("drive")
    outputs = weft.json("show", "last")["steps"][0]["outputs"]
    assert (outputs["choice"], outputs["by"], outputs["reason"]) == ("blue", "ann", "I like it")


def test_a_value_is_an_answer(weft):
    weft.run("{id: a, ask: How many?}")
    assert "needs a choice or --value" in weft("answer", "last", "a1").err
    assert weft("answer", "last", "a1", "--value", "[1, 2]").code == 0
    weft("drive")
    assert weft.json("show", "last")["steps"][0]["outputs"]["value"] == [1, 2]


def test_of_several_asks_one_has_to_be_named(weft):
    weft.run("{id: a, ask: One?}\n{id: b, ask: Two?}")
    assert "asks several things: a1, a2" in weft("approve", "last").err
    ended = weft("approve", "last", "a2")
    assert "a2: approve. Run" in ended.out
    assert "Nobody drives it now" in ended.out
    told = weft.json("reject", "last", "--reason", "no")
    assert told["driven"] is False


def test_the_ask_of_a_called_run_is_answered_by_way_of_its_caller(weft):
    weft.write("inner.yaml", "name: inner\nsteps:\n  - {id: sign, ask: Sign?}\n")
    weft.run("{id: a, call: ./inner.yaml}")
    top = weft.json("runs")["runs"][0]["run"]
    ended = weft("approve", top)
    assert ended.code == 0
    assert f"weft drive {top}`" in ended.out
    assert weft("drive", top).code == 0


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_where_nothing_is_asked_there_is_nothing_to_answer(weft, verb):
    weft.run("{id: a, uses: noop}")
    assert "asks nothing" in weft(verb, "last").err
    weft.run("{id: a, ask: Well?}")
    weft("approve", "last")
    weft("drive")
    assert "a1 was answered (approve by ann)" in weft(verb, "last").err


def test_details_of_an_ask_are_shown(weft):
    weft.run(
        "{id: a, run: 'true'}\n"
        "{id: b, needs: [a], gate: 'echo too short; exit 1', back_to: {to: a, at_most: 1}}"
    )
    said = weft("inbox").out
    assert "b asks" in said
    assert "too short" in said
