import pytest


@pytest.fixture
def said(ropewalk):
    ropewalk.run(
        "{id: a, run: echo one; echo $ROPEWALK_ATTEMPT; test $ROPEWALK_ATTEMPT = 2, retry: {attempts: 2, delay: 1ms, on: [permanent]}}\n".replace(
            "run: echo one; echo $ROPEWALK_ATTEMPT; test $ROPEWALK_ATTEMPT = 2",
            "run: 'echo one; echo $ROPEWALK_ATTEMPT; test $ROPEWALK_ATTEMPT = 2'",
        )
        + "{id: each, foreach: '[\"x\", \"y\"]', run: echo $ROPEWALK_ITEM}\n{id: quiet, run: 'true'}"
    )
    return ropewalk


def test_the_last_attempt_of_a_step_or_all_or_one(said):
    assert said("logs", "last", "a").out == "one\n2\n"
    assert said("logs", "last", "a", "--all").out == "== a/1.1\none\n1\n== a/1.2\none\n2\n"
    assert said("logs", "last", "a", "--attempt", "1.1").out == "one\n1\n"
    assert "there are 1.1, 1.2" in said("logs", "last", "a", "--attempt", "3.1").err


def test_items_follow_their_foreach(said):
    assert said("logs", "last", "each").out == "== each[x]/1.1\nx\n== each[y]/1.1\ny\n"
    assert said("logs", "last", "each[y]").out == "y\n"


def test_without_a_step_everything_that_was_said(said):
    assert said("logs", "last").out.count("==") == 4
    assert {log["attempt"] for log in said.json("logs", "last")["logs"]} == {
        "a/1.1", "a/1.2", "each[x]/1.1", "each[y]/1.1"
    }  # fmt: skip


def test_a_step_that_said_nothing(said):
    ended = said("logs", "last", "quiet")
    assert (ended.out, "has said nothing" in ended.err) == ("", True)
    assert said("logs", "last", "qiet").code == 2


def test_following_ends_when_the_step_has_ended(said):
    assert said("logs", "last", "a", "--follow").out == "== a/1.1\none\n1\n== a/1.2\none\n2\n"
    assert "each[x]" in said("logs", "last", "-f").out


def test_what_a_step_said_moves_no_terminal_unless_its_bytes_are_asked_for(ropewalk):
    ropewalk.write("say.sh", r"printf 'a\033[2Jb\342\200\256c'")
    ropewalk.run("{id: a, run: sh ../../../../say.sh}")
    assert ropewalk("logs", "last", "a").out == "abc\n"
    assert ropewalk("logs", "last", "a", "--raw").out == "a\x1b[2Jb\u202ec"
