"""What leaves an attempt by its desk has no secret in it, never more than was agreed, and is written in turn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.port import Permission
from ropewalk.runtime.desk import AttemptDesk, desk_at
from ropewalk.runtime.vault import HeldSecrets
from ropewalk.testing.clock import ManualClock
from ropewalk.workspace.port import Folder

SECRET = "hunter2-hunter2"


class Heard:
    """A link that keeps what comes by it."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.others: list[Any] = []

    async def output(self, chunk: bytes) -> None:
        self.chunks.append(chunk)

    async def note(self, note: dict[str, Any]) -> None:
        self.others.append(note)

    async def ask(self, permission: Permission) -> str:
        self.others.append(permission)
        return "approve"

    async def publish(self, name: str, data: dict[str, Any]) -> None:
        self.others.append((name, data))

    async def rests(self) -> bool:
        return False

    async def waits(self, doing: str, reason: str) -> None:
        raise AssertionError("a desk waits for nothing")


def desk_of(
    tmp_path: Path, link: Heard, output_bytes: int = 1_000, clock: ManualClock | None = None
) -> AttemptDesk:
    held = HeldSecrets({"token": SECRET}, {"TOKEN": "token"})
    return AttemptDesk(tmp_path, tmp_path, link, clock or ManualClock(), output_bytes, held)


async def test_what_is_said_is_gathered_and_written_by_a_flush(tmp_path: Path):
    link = Heard()
    desk = desk_of(tmp_path, link)
    desk.say("one\n")
    desk.say("two\n", "err")
    assert link.chunks == []
    await desk.flush()
    await desk.flush()
    await desk.close()
    assert b"".join(link.chunks) == b"one\ntwo\n"
    assert len(link.chunks) <= 2


@pytest.mark.parametrize(
    "pieces", [[f"a {SECRET} b"], [f"a {SECRET[:6]}", f"{SECRET[6:]} b"], [*f"a {SECRET} b"]]
)
async def test_a_secret_is_taken_out_also_where_it_comes_in_pieces(tmp_path: Path, pieces: list[str]):
    link = Heard()
    desk = desk_of(tmp_path, link)
    for piece in pieces:
        desk.say(piece)
        await desk.flush()
    await desk.close()
    assert b"".join(link.chunks).decode() == "a [redacted token] b"


async def test_past_its_limit_output_is_cut_and_that_is_said_once(tmp_path: Path):
    link = Heard()
    desk = desk_of(tmp_path, link, output_bytes=10)
    for _ in range(5):
        desk.say("12345678")
    await desk.close()
    text = b"".join(link.chunks).decode()
    assert text.startswith("1234567812\n")
    assert text.count("the output limit is reached") == 1
    assert text.count("1234") == 1


async def test_what_is_no_text_is_replaced_and_written(tmp_path: Path):
    link = Heard()
    desk = desk_of(tmp_path, link)
    desk.say("a\udcff b")
    await desk.close()
    assert b"".join(link.chunks) == b"a? b"


async def test_notes_questions_and_events_leave_without_secrets(tmp_path: Path):
    link = Heard()
    desk = desk_of(tmp_path, link)
    await desk.note({"session": SECRET})
    assert await desk.ask(Permission(f"run {SECRET}?", "execute")) == "approve"
    await desk.publish(f"at {SECRET}", {"deep": [{"value": SECRET}]})
    assert SECRET not in repr(link.others)
    assert "[redacted token]" in repr(link.others[0])
    assert len(link.others) == 3


async def test_whatever_is_said_or_answered_is_a_sign_of_life(tmp_path: Path):
    clock = ManualClock()
    desk = desk_of(tmp_path, Heard(), clock=clock)
    begun = desk.last_sign
    assert not desk.heard
    await clock.advance(5.0)
    desk.say("")
    assert (desk.heard, desk.last_sign) == (True, begun + 5.0)
    await clock.advance(5.0)
    await desk.ask(Permission("may I?", "execute"))
    assert desk.last_sign == begun + 10.0


async def test_a_judges_desk_has_other_folders_and_the_same_ear(tmp_path: Path):
    link = Heard()
    desk = desk_of(tmp_path, link)
    place = Folder(str(tmp_path / "judge"), "c1", reads=("/r",), hides=("/h",))
    judge = desk_at(desk, place, tmp_path / "spool")
    judge.say("judged\n")
    await desk.close()
    assert b"".join(link.chunks) == b"judged\n"
    assert (judge.folder, judge.spool) == (tmp_path / "judge", tmp_path / "spool")
    assert (vars(judge)["reads"], vars(judge)["hides"]) == (("/r",), ("/h",))
    assert desk.folder == tmp_path
