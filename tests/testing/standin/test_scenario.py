"""A script is played by what its conversation has behind it, so that a resumed session goes on where it was; faults come so often."""

from __future__ import annotations

import msgspec
import pytest

from ropewalk.testing.standin.scenario import Act, Limit, Play, Scenario, Script, Talk, Turn, read

ACTS = (Act(write={"a.txt": "1"}), Act(run="make"), Act(say="Built."))


def talk(*turns: Turn) -> Talk:
    return Talk(turns=(Turn("user", "please build it"), *turns), tools=("Bash",))


def test_each_call_and_each_of_its_words_moves_the_script_on():
    play = Play(Scenario(scripts=(Script(ACTS, when="build"),)))
    assert play.next(talk()) == ACTS[0]
    assert play.next(talk(Turn("call", "Write"))) == ACTS[1]
    assert play.next(talk(Turn("call"), Turn("said", "hm"), Turn("call"))) == ACTS[2]
    assert play.next(talk(Turn("call"), Turn("call"), Turn("said", "Built."))).say == "All done."


def test_a_session_that_is_resumed_goes_on_where_it_was():
    behind = talk(Turn("call"), Turn("call"))
    assert Play(Scenario(scripts=(Script(ACTS, when="build"),))).next(behind) == ACTS[2]


def test_what_was_said_before_the_script_began_does_not_count():
    play = Play(Scenario(scripts=(Script(ACTS, when="build"),)))
    turns = (Turn("user", "hello"), Turn("call"), Turn("user", "now build"))
    assert play.next(Talk(turns=turns)) == ACTS[0]


def test_the_first_script_that_fits_is_played_and_none_that_does_not():
    play = Play(
        Scenario(scripts=(Script((Act(say="one"),), when="test"), Script((Act(say="two"),))), otherwise="no")
    )
    assert play.next(talk()).say == "two"
    assert play.next(Talk(turns=(Turn("user", "test it"),))).say == "one"
    assert play.next(Talk(turns=(Turn("said", "test it"),))).say == "no"
    assert play.script(Talk()) == Script()


@pytest.mark.parametrize(
    "fault", [Act(limit=Limit(), times=2), Act(status=500, times=2), Act(drop=True, times=2)]
)
def test_a_fault_is_met_so_often_and_then_the_script_goes_on(fault: Act):
    play = Play(Scenario(scripts=(Script((Act(run="a"), fault, Act(say="end"))),)))
    assert play.next(talk()).run == "a"
    behind = talk(Turn("call"))
    assert [play.next(behind) for _ in range(3)] == [fault, fault, Act(say="end")]


def test_several_files_are_as_many_calls():
    scenario = read('{"scripts": [{"acts": [{"write": {"a": "1", "b": "2"}}, {"say": "x"}]}]}')
    assert scenario.scripts[0].acts == (Act(write={"a": "1"}), Act(write={"b": "2"}), Act(say="x"))


@pytest.mark.parametrize("text", ["", "[]", '{"script": []}', '{"scripts": [{"acts": [{"dance": 1}]}]}'])
def test_a_slip_is_refused_with_its_place(text: str):
    with pytest.raises((ValueError, msgspec.ValidationError)):
        read(text)
