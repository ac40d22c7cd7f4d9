import pytest


def test_what_is_asked_is_listed_with_what_is_shown_and_how_to_answer(ropewalk):
    assert ropewalk("inbox").out == "Nobody is asked anything.\n"
    ropewalk.run(
        "{id: a, creates: [n.md], run: 'seq 40 > n.md', approve: {prompt: Good?, show: n.md, expires: 1h, default: reject}}"
    )
    said = ropewalk("inbox").out
    for part in ("a asks (a1): Good?", "n.md (40 lines)", "│ 30", "10 more: ropewalk artifacts", "reject is taken",
                 "ropewalk approve", "ropewalk reject"):  # fmt: skip
        assert part in said
    (ask,) = ropewalk.json("inbox")["asks"]
    assert (ask["ask"], ask["step"], ask["about"], ask["show"][0]["path"]) == ("a1", "a", "approval", "n.md")
    assert ropewalk.json("inbox", "last")["asks"] == [ask]


def test_choices_are_answered_by_name(ropewalk):
    ropewalk.run("{id: a, ask: {prompt: Which?, choices: [red, {id: blue, title: Like the sky}]}}")
    assert "2. blue  Like the sky" in ropewalk("inbox").out
    assert "takes" in ropewalk("answer", "last", "a1", "green").err
    assert ropewalk("answer", "last", "a1", "blue", "--reason", "I like it").code == 0
    ropewalk("drive")
    outputs = ropewalk.json("show", "last")["steps"][0]["outputs"]
    assert (outputs["choice"], outputs["by"], outputs["reason"]) == ("blue", "ann", "I like it")


def test_a_value_is_an_answer(ropewalk):
    ropewalk.run("{id: a, ask: How many?}")
    assert "needs a choice or --value" in ropewalk("answer", "last", "a1").err
    assert ropewalk("answer", "last", "a1", "--value", "[1, 2]").code == 0
    ropewalk("drive")
    assert ropewalk.json("show", "last")["steps"][0]["outputs"]["value"] == [1, 2]


def test_a_value_that_has_to_be_a_text_is_one(ropewalk):
    ropewalk.write(
        "f.yaml",
        "facts: {v: string}\nsteps: [{id: a, when: 'facts.v != \"\"', run: 'true'}, {id: b, ask: {form: {v: {type: string}}}}]",
    )
    ropewalk("run", "f.yaml")
    assert "a1 --value TEXT" in ropewalk("inbox").out
    assert "a2 --value JSON" in ropewalk("inbox").out
    asks = ropewalk.json("inbox")["asks"]
    assert asks[1]["form"] == {"type": "object", "properties": {"v": {"type": "string"}}, "required": ["v"]}
    assert ropewalk("answer", "last", "a1", "--value", "1.2").code == 0
    assert ropewalk.json("show", "last")["facts"] == {"v": "1.2"}


def test_of_several_asks_one_has_to_be_named(ropewalk):
    ropewalk.run("{id: a, ask: One?}\n{id: b, ask: Two?}")
    assert "asks several things: a1, a2" in ropewalk("approve", "last").err
    ended = ropewalk("approve", "last", "a2")
    assert "a2: approve. Run" in ended.out
    assert "Nobody drives it now" in ended.out
    told = ropewalk.json("reject", "last", "--reason", "no")
    assert told["driven"] is False


def test_the_ask_of_a_called_run_is_answered_by_way_of_its_caller(ropewalk):
    ropewalk.write("inner.yaml", "name: inner\nsteps:\n  - {id: sign, ask: Sign?}\n")
    ropewalk.run("{id: a, call: ./inner.yaml}")
    top = ropewalk.json("runs")["runs"][0]["run"]
    ended = ropewalk("approve", top)
    assert ended.code == 0
    assert f"ropewalk drive {top}`" in ended.out
    assert ropewalk("drive", top).code == 0


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_where_nothing_is_asked_there_is_nothing_to_answer(ropewalk, verb):
    ropewalk.run("{id: a, uses: noop}")
    assert "asks nothing" in ropewalk(verb, "last").err
    ropewalk.run("{id: a, ask: Well?}")
    ropewalk("approve", "last")
    ropewalk("drive")
    assert "a1 was answered (approve by ann)" in ropewalk(verb, "last").err


def test_details_of_an_ask_are_shown(ropewalk):
    ropewalk.run(
        "{id: a, run: 'true'}\n"
        "{id: b, needs: [a], gate: 'echo too short; exit 1', back_to: {to: a, at_most: 1}}"
    )
    said = ropewalk("inbox").out
    assert "b asks" in said
    assert "too short" in said
