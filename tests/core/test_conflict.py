"""A conflict is settled place by place: answers add up, none takes another's back, and nothing counts before all is settled."""

from __future__ import annotations

from typing import Any

import pytest

from ropewalk.core import events as e
from ropewalk.core.conflict import after
from ropewalk.core.work import Failure, Outcome
from ropewalk.testing.given import Given, done, like
from tests.core.flows import GO, answer, flow, noop, started


def disputed(path: str, *hunks: str) -> dict[str, Any]:
    return {"path": path, "hunks": [{"id": hunk} for hunk in hunks]}


TWO = [disputed("f", "f1", "f2", "f3"), disputed("g", "g1"), disputed("pic")]


def conflicted(*conflicts: dict[str, Any], **more: Any) -> Given:
    failure = Failure("conflict", "they disagree", report={"conflicts": list(conflicts or TWO), **more})
    return started(flow(noop("a"), noop("b"))).after(done("a", Outcome(failure=failure)))


def part(path: str, how: Any, **more: Any) -> Any:
    return answer("a1", "resolved", value={path: how}, **more)


def settlement(run: Given) -> dict[str, Any]:
    found: dict[str, Any] = run.step("a").notes["resolution"]
    return found


def left(run: Given) -> list[str]:
    found: list[str] = run.state.asks["a1"].detail["left"]
    return found


def test_an_ask_stays_open_until_all_is_settled_and_says_what_is_left():
    run = conflicted()
    run.when(part("f", {"hunks": {"2": "theirs"}})).then(like(e.ConflictSettled, ask="a1", by="ann"))
    assert left(run) == ["f, hunks 1 3", "g", "pic"]
    assert run.state.answers == {}
    run.after(part("g", "text\n", by="bob"), part("f", {"hunks": {"3": {"text": "mine"}}}, by="bob"))
    assert left(run) == ["f, hunk 1", "pic"]
    assert run.step("a").status == "waiting"
    run.when(answer("a1", "ours"), GO).then(
        like(e.AskAnswered, verdict="ours"),
        e.StepRetried,
        e.AttemptNoted,
        ...,
        like(e.StepStarted, step="a", attempt=2),
    )
    assert settlement(run) == {
        "how": "resolved",
        "by": "ann, bob",
        "value": {
            "f": {"hunks": {"f2": "theirs", "f3": {"text": "mine"}, "f1": "ours"}},
            "g": "text\n",
            "pic": {"take": "ours"},
        },
        "onto": "",
    }


def test_one_answer_may_settle_all_of_it():
    run = conflicted().when(answer("a1", "theirs")).then(e.AskAnswered, e.StepRetried, e.AttemptNoted)
    assert settlement(run)["value"] == {path: {"take": "theirs"} for path in ("f", "g", "pic")}
    run = conflicted().after(
        answer("a1", "resolved", value={"f": None, "g": {"take": "ours"}, "pic": {"take": "theirs"}})
    )
    assert settlement(run)["value"] == {"f": None, "g": {"take": "ours"}, "pic": {"take": "theirs"}}


def test_a_side_of_a_file_is_for_the_hunks_of_it_that_are_open():
    run = conflicted().after(part("f", {"hunks": {"1": "theirs"}}, by="bob"), part("f", {"take": "ours"}))
    assert left(run) == ["g", "pic"]
    run.after(answer("a1", "ours"))
    assert settlement(run)["value"]["f"] == {"hunks": {"f1": "theirs", "f2": "ours", "f3": "ours"}}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"hunks": {"1": "ours"}}, {"hunks": {"1": "theirs"}}),
        ({"hunks": {"1": "ours"}}, "the whole text"),
        ({"hunks": {"1": "ours"}}, None),
        ({"take": "ours"}, {"take": "theirs"}),
        ("text", {"hunks": {"1": "ours"}}),
    ],
)
def test_nobody_changes_what_another_settled_and_everybody_what_they_did(first: Any, second: Any):
    run = conflicted().after(part("f", first, by="bob"))
    run.when(part("f", second)).refused("was already settled by bob")
    run.after(part("f", second, by="bob"))
    last = run.state.asks["a1"].detail["settled"]
    assert [one.by for one in last] == ["bob"] * len(last)
    assert len({(one.path, one.hunk) for one in last}) == len(last)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"hunks": {"4": "ours"}}, "f has no hunk '4'; there are 1 to 3"),
        ({"hunks": {"0": "ours"}}, "f has no hunk '0'"),
        ({"hunks": {"x": "ours"}}, "f has no hunk 'x'"),
        ({"hunks": {"9" * 4500: "ours"}}, "f has no hunk '999"),
        ("ours", """f is 'ours', a side: write {"take": "ours"}"""),
        ({"hunks": {"1": "both"}}, "hunk 1 of f is 'both'"),
        ({"hunks": {"1": {"text": 3}}}, "hunk 1 of f is {'text': 3}"),
        ({"hunks": {"1": ["ours"]}}, "hunk 1 of f is ['ours']"),
        ({"hunks": {}}, "a map by number"),
        ({"hunks": ["ours"]}, "a map by number"),
        ({"take": "both"}, "f takes ours or theirs, not 'both'"),
        ({"take": ["ours"]}, "f takes ours or theirs"),
        ({"take": "ours", "hunks": {}}, "its whole text is wanted"),
        ({"side": "ours"}, "its whole text is wanted"),
        (7, "f is 7; its whole text is wanted"),
    ],
)
def test_what_cannot_be_used_is_refused_and_settles_nothing(how: Any, why: str):
    run = conflicted()
    run.when(answer("a1", "resolved", value={"g": "text", "f": how})).refused(why)
    assert "settled" not in run.state.asks["a1"].detail


def test_a_hunk_that_cannot_be_told_apart_is_not_settled_alone():
    old = {"path": "f", "hunks": [{"where": "line 1"}]}
    conflicted(old).when(part("f", {"hunks": {"1": "ours"}})).refused("cannot be settled alone")
    conflicted().when(part("pic", {"hunks": {"1": "ours"}})).refused("it is settled as a whole")


def test_what_was_settled_before_stays_when_something_else_is_asked():
    run = conflicted(disputed("f", "f1")).after(part("f", {"hunks": {"1": "theirs"}}), GO)
    more = Failure("conflict", "more", report={"conflicts": [disputed("f", "f9"), disputed("g")]})
    run.after(done("a", Outcome(failure=more), attempt=2))
    run.after(answer("a2", "resolved", by="bob", value={"f": {"hunks": {"1": "ours"}}, "g": None}))
    assert settlement(run)["value"] == {"f": {"hunks": {"f1": "theirs", "f9": "ours"}}, "g": None}


def test_what_is_settled_with_a_target_counts_for_it_alone_and_keeps_what_steps_agreed_on():
    run = conflicted(disputed("f")).after(part("f", "steps"), GO)
    for number, onto in ((2, "t1"), (3, "t2")):
        report = {"conflicts": [disputed("g")], "onto": onto}
        run.after(done("a", Outcome(failure=Failure("conflict", "more", report=report)), attempt=number))
        run.after(answer(f"a{number}", "theirs"), GO)
        assert settlement(run) == {
            "how": "resolved",
            "by": "ann",
            "value": {"g": {"take": "theirs"}},
            "onto": onto,
            "steps": {"f": "steps"},
        }


def test_an_ask_says_what_is_left_also_before_anything_is():
    opened = conflicted().state.asks["a1"]
    assert after(opened, ()).detail["left"] == ["f", "g", "pic"]


SHOWN = {"path": "f", "kind": "content", "id": "c1", "hunks": [{"id": "f1"}, {"id": "f2"}]}
WHOLE = {"path": "pic", "kind": "binary", "id": "c2"}


def test_what_is_settled_of_a_whole_path_counts_for_what_was_shown_of_it_alone():
    run = conflicted(SHOWN, WHOLE).after(answer("a1", "theirs"), GO)
    first: dict[str, Any] = {
        "f": {"hunks": {"f1": "theirs", "f2": "theirs"}},
        "pic": {"shown": {"c2": {"take": "theirs"}}},
    }
    assert settlement(run)["value"] == first
    report = {"conflicts": [{**SHOWN, "id": "c3", "hunks": [{"id": "f9"}]}]}
    run.after(done("a", Outcome(failure=Failure("conflict", "more", report=report)), attempt=2))
    run.after(answer("a2", "resolved", value={"f": "text\n"}))
    assert settlement(run)["value"] == {**first, "f": {**first["f"], "shown": {"c3": "text\n"}}}


def test_a_side_of_a_path_whose_hunks_were_not_all_shown_counts_for_the_conflict():
    for more in ({"more_hunks": 2}, {"hunks": [{"id": ""}]}, {"kind": "add/add"}):
        run = conflicted({**SHOWN, **more}).after(answer("a1", "ours"))
        assert settlement(run)["value"] == {"f": {"shown": {"c1": {"take": "ours"}}}}


def test_hunks_that_say_the_same_are_settled_alike():
    twice = [disputed("f", "f1", "f2"), disputed("f", "f1")]
    run = conflicted(*twice).after(part("f", {"hunks": {"1": "theirs"}}, by="bob"))
    assert left(run) == ["f, hunk 2"]
    run.when(part("f", {"hunks": {"3": "ours"}})).refused("f, hunk 1, was already settled by bob")
    run.when(part("f", {"hunks": {"1": "ours", "3": "theirs"}}, by="bob")).refused("are settled alike")
