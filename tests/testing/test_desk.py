"""The desk of tests keeps all that it hears, answers as it was told, and with a manual clock waits for nothing."""

from __future__ import annotations

from pathlib import Path

from ropewalk.agents.port import Permission
from ropewalk.testing.desk import ListeningDesk


async def test_it_keeps_what_it_hears_by_channel(tmp_path: Path):
    desk = ListeningDesk(tmp_path)
    desk.say("a")
    desk.say("b", "err")
    desk.say("c")
    desk.alive()
    await desk.note({"n": 1})
    await desk.publish("p", {"x": 2})
    assert (desk.heard(), desk.heard("out"), desk.heard("err")) == ("abc", "ac", "b")
    assert (desk.signs, desk.noted, desk.published) == (1, [{"n": 1}], [("p", {"x": 2})])
    assert desk.folder.is_dir()
    assert desk.spool.is_dir()


async def test_answers_are_given_in_order_and_then_the_first_choice(tmp_path: Path):
    desk = ListeningDesk(tmp_path, answers=["deny"])
    asked = Permission("may I?", "execute", choices=("allow", "deny"))
    assert [await desk.ask(asked), await desk.ask(asked)] == ["deny", "allow"]
    assert desk.asked == [asked, asked]


async def test_a_manual_clock_moves_by_sleeping(tmp_path: Path):
    desk = ListeningDesk(tmp_path, clock=100.0)
    await desk.sleep(3_600.0)
    assert (desk.now(), desk.slept) == (3_700.0, [3_600.0])
