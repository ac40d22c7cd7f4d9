"""The process of an attempt is followed from its first word to its last: however it ends there is an outcome with what was spent,
it is told to stop before it is stopped, and a tool or a person at work is a sign of life."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.acp import conversation
from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.agents.acp.surroundings import surround
from ropewalk.agents.confine import NOT_CONFINED
from ropewalk.agents.port import Permission
from ropewalk.agents.redaction import Redactor
from ropewalk.definition.policy import Timeouts
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk
from tests.agents.acp.programs import acting

SCHEMA = {"type": "object", "properties": {"score": {"type": "integer"}}, "required": ["score"]}
SPENT = {"sessionUpdate": "usage_update", "cost": {"amount": 0.5, "currency": "USD"}}


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path / "desk")


@pytest.fixture(autouse=True)
def quick_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to wait for the next look at what was spent and who is at work."""
    monkeypatch.setattr(conversation, "_PULSE_SECONDS", 0.01)


# Its end -----------------------------------------------------------------------------------------------------------------


async def test_a_process_that_ends_without_its_final_word_has_failed_whatever_its_code(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    agent = acting(tmp_path / "home", {"exit": 0}, last_words="goodbye")
    outcome = await agent.perform(brief(), desk)
    assert outcome.failure is not None
    assert outcome.failure.kind == "permanent"
    assert outcome.failure.report == {"class": "crash"}
    assert "exit code 0" in outcome.failure.message
    assert "goodbye" in outcome.failure.message


async def test_one_that_was_killed_is_tried_again(desk: ListeningDesk, tmp_path: Path) -> None:
    outcome = await acting(tmp_path / "home", {"kill": 9}).perform(brief(), desk)
    assert outcome.failure is not None
    assert outcome.failure.kind == "transient"
    assert "signal 9" in outcome.failure.message


async def test_last_words_say_why_it_ended(desk: ListeningDesk, tmp_path: Path) -> None:
    agent = acting(tmp_path / "home", {"exit": 1}, last_words="Not logged in. Run /login")
    outcome = await agent.perform(brief(), desk)
    assert outcome.failure is not None
    assert outcome.failure.report == {"class": "auth"}


async def test_one_that_hears_nothing_any_more_is_given_the_time_to_say_how_it_ended(
    desk: ListeningDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "_LAST_SECONDS", 60.0)
    agent = acting(tmp_path / "home", {"say": "Done.", "close_input": True, "exit_soon": 3})
    outcome = await agent.perform(brief(output_schema=SCHEMA), desk)
    assert outcome.failure is not None
    assert "exit code 3" in outcome.failure.message


@pytest.mark.parametrize("end", [{"exit": 0}, {"kill": 9}, {"fail": {"message": "it cannot be done"}}, {}])
async def test_what_it_spent_is_counted_however_it_ended(
    desk: ListeningDesk, tmp_path: Path, end: dict[str, Any]
) -> None:
    outcome = await acting(tmp_path / "home", {"updates": [SPENT], **end}).perform(brief(), desk)
    assert (outcome.failure is None) == (not end)
    assert outcome.usage.cost_usd == 0.5
    assert outcome.agent == "acting"


@pytest.mark.parametrize("own", [True, False])
async def test_what_codex_writes_down_of_it_is_looked_for_where_codex_lives(
    desk: ListeningDesk, tmp_path: Path, own: bool
) -> None:
    home = tmp_path / "home"
    folder = tmp_path / "codex" if own else home / ".codex"
    record = folder / "sessions/2026/11/rollout-2026-11-28-session-1.jsonl"
    record.parent.mkdir(parents=True)
    used = {"input_tokens": 70, "output_tokens": 7, "cached_input_tokens": 50}
    record.write_text(json.dumps({"payload": {"type": "token_count", "info": {"total_token_usage": used}}}))
    env = {"CODEX_HOME": str(folder)} if own else {}
    agent = acting(home, {}, settings={"usage": "codex", "home": str(home), "env": env})
    usage = (await agent.perform(brief(), desk)).usage
    assert (usage.tokens_in, usage.tokens_out) == (70, 7)


async def test_one_that_lingers_after_its_end_is_ended(desk: ListeningDesk, tmp_path: Path) -> None:
    agent = acting(tmp_path / "home", {"linger": True, "say": "ok", "write": {"a": "b"}})
    task = brief(timeout=Timeouts(grace_seconds=0.1))
    assert (await agent.perform(task, desk)).failure is None
    assert not list(desk.spool.glob("process*"))


async def test_one_that_is_never_ready_is_a_timeout(desk: ListeningDesk, tmp_path: Path) -> None:
    agent = acting(tmp_path / "home", {}, never_ready=True, settings={"start_seconds": 0.3})
    outcome = await agent.perform(brief(), desk)
    assert outcome.failure is not None
    assert outcome.failure.kind == "timeout"


async def test_one_that_is_cancelled_hears_it_and_the_end_of_its_input_before_it_is_killed(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    log = tmp_path / "log.json"
    turn = {"ignore_sigterm": True, "say": "begun\n", "await_cancel": True}
    agent = acting(tmp_path / "home", turn, log=str(log))
    work = asyncio.create_task(agent.perform(brief(timeout=Timeouts(grace_seconds=3_600.0)), desk))
    async with asyncio.timeout(60):
        while "begun" not in desk.heard():  # noqa: ASYNC110 - another process makes it hold
            await asyncio.sleep(0)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
    assert [message["method"] for message in json.loads(log.read_text())][-1] == "session/cancel"
    assert not list(desk.spool.glob("process*"))


async def test_one_that_is_cancelled_before_its_first_word_is_ended(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    settings = AcpSettings(argv=("sleep", "600"))
    task, redactor = brief(), Redactor()
    around = surround(settings, task, desk, NOT_CONFINED)
    talk = conversation.Conversation("sleeper", settings, settings.argv, task, desk, around, redactor)
    await talk.begin()
    work = asyncio.create_task(talk.hold())
    await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not list(desk.spool.glob("process*"))


async def test_what_it_had_ropewalk_run_is_ended_also_where_it_hears_nothing_any_more(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    run = {"method": "terminal/create", "params": {"command": "sleep", "args": ["600"]}}
    turn = {"ask": [run], "close_input": True, "hang": "pid"}
    work = asyncio.create_task(acting(tmp_path / "home", turn).perform(brief(), desk))
    async with asyncio.timeout(60):
        while "begun" not in desk.heard():  # noqa: ASYNC110 - another process makes it hold
            await asyncio.sleep(0)
    for _ in range(20):  # ropewalk may learn of it later than of what was said
        await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not list(desk.spool.glob("process*"))


# What it may spend and say ----------------------------------------------------------------------------------------------


async def test_an_attempt_over_its_own_budget_is_stopped(desk: ListeningDesk, tmp_path: Path) -> None:
    agent = acting(tmp_path / "home", {"updates": [SPENT], "await_cancel": True, "stop": "cancelled"})
    async with asyncio.timeout(60):
        outcome = await agent.perform(brief(budget_usd=0.1), desk)
    assert outcome.failure is not None
    assert "$0.50 of its $0.10" in outcome.failure.message
    assert outcome.usage.cost_usd == 0.5


async def test_one_over_its_tokens_is_stopped_when_it_is_asked_again(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    first = {"say": "Done.", "usage": {"inputTokens": 9, "outputTokens": 2}}
    agent = acting(tmp_path / "home", first, {"await_cancel": True, "stop": "cancelled"})
    async with asyncio.timeout(60):
        outcome = await agent.perform(brief(output_schema=SCHEMA, budget_tokens=10), desk)
    assert outcome.failure is not None
    assert outcome.failure.report == {"class": "budget"}
    assert "more than its 10 tokens" in outcome.failure.message
    assert (outcome.usage.tokens_in, outcome.usage.tokens_out) == (9, 2)


NOTICE = "\n[ropewalk left out the rest of the transcript]\n"


@pytest.mark.parametrize(
    ("most", "texts", "transcript"),
    [
        (10, ["12345", "67890"], "1234567890"),
        (10, ["12345", "678901", "more", "and more"], f"1234567890{NOTICE}"),
        (3, ["öäü\u202e", "more"], f"öäü{NOTICE}"),
        (0, ["a"], NOTICE),
        (14, ["sk-0123456789-0123456789"], "[redacted KEY]"),
        (4, ["sk-0123456789-0123456789"], f"[red{NOTICE}"),
    ],
)
def test_a_transcript_is_cut_where_it_is_too_long_and_only_then_it_says_so_once(
    desk: ListeningDesk, most: int, texts: list[str], transcript: str
) -> None:
    say = conversation._bounded(desk, Redactor({"KEY": "sk-0123456789-0123456789"}), most)
    for text in texts:
        say(text)
    assert desk.heard() == transcript


def test_what_is_left_out_of_the_transcript_is_still_a_sign_of_life(desk: ListeningDesk) -> None:
    say = conversation._bounded(desk, Redactor(), 1)
    say("ab")
    signs = desk.signs
    say("c")
    assert desk.signs == signs + 1


# Signs of life -----------------------------------------------------------------------------------------------------------


async def test_a_tool_at_work_is_a_sign_of_life(desk: ListeningDesk, tmp_path: Path) -> None:
    tool = {"sessionUpdate": "tool_call", "toolCallId": "t", "title": "Build", "status": "in_progress"}
    agent = acting(tmp_path / "home", {"updates": [tool], "hang": "pid"})
    work = asyncio.create_task(agent.perform(brief(), desk))
    async with asyncio.timeout(30):
        while "begun" not in desk.heard():  # noqa: ASYNC110 - another process makes it hold
            await asyncio.sleep(0)
        seen = desk.signs
        while desk.signs < seen + 2:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work


class SlowPerson(ListeningDesk):
    """Who is asked thinks until ropewalk has shown twice that the attempt is alive."""

    async def ask(self, permission: Permission) -> str:
        seen = self.signs
        async with asyncio.timeout(30):
            while self.signs < seen + 2:  # noqa: ASYNC110 - the pulse makes it hold
                await asyncio.sleep(0)
        return await super().ask(permission)


async def test_a_person_who_thinks_about_a_permission_is_a_sign_of_life(tmp_path: Path) -> None:
    desk = SlowPerson(tmp_path / "desk")
    options = [{"kind": "allow_once", "optionId": "yes"}]
    params = {"toolCall": {"toolCallId": "t", "title": "Run make"}, "options": options}
    turn = {"ask": [{"method": "session/request_permission", "params": params}]}
    agent = acting(tmp_path / "home", turn, settings={"permissions": "ask"})
    assert (await agent.perform(brief(), desk)).failure is None
    assert [permission.title for permission in desk.asked] == ["Run make"]
    (answer,) = json.loads((desk.folder / "answers.json").read_text())
    assert answer == {"outcome": {"outcome": "selected", "optionId": "yes"}}
