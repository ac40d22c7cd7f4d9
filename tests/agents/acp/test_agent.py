import stat
from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.acp.agent import AcpAgent
from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.definition.workflow import Role
from ropewalk.testing.agent_contract import AgentContract, ScriptedCase
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk
from tests.agents.acp.programs import acting, answered

SCHEMA = {"type": "object", "properties": {"score": {"type": "integer"}}, "required": ["score"]}
FAILS = {
    "transient": {"message": "Internal error", "data": {"errorKind": "overloaded"}},
    "permanent": {"message": "it cannot be done"},
    "quota": {"message": "usage limit reached, try again in 600s", "data": {"errorKind": "rate_limit"}},
    "refused": None,
}


class TestContract(AgentContract):
    classes = ("transient", "quota", "permanent", "refused")

    def scripted(self, act: dict[str, Any], home: Path) -> ScriptedCase:
        turn: dict[str, Any] = {}
        if "prints" in act:
            turn["prints"] = act["prints"]
        if act.get("hangs"):
            turn["hang"] = "pid"
        if fault := act.get("fail"):
            if FAILS[fault["class"]] is None:
                turn |= {"say": fault["message"], "stop": "refusal"}
            else:
                turn["fail"] = FAILS[fault["class"]]
        if "write" in act:
            turn["write"] = act["write"]
        answer: dict[str, Any] = {key: act[key] for key in ("outputs", "facts", "route") if key in act}
        if answer:
            turn["say"] = answered(answer)
        return ScriptedCase(acting(home, turn))


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path / "desk")


async def test_the_session_is_on_record_before_the_first_prompt(desk: ListeningDesk, tmp_path: Path) -> None:
    await acting(tmp_path / "home", {"fail": {"message": "no"}}).perform(brief(), desk)
    assert desk.noted == [
        {"session": {"id": "session-1", "agent": "acting", "attempt": 1, "version": "1.2.3"}}
    ]


async def test_what_it_says_and_does_is_a_transcript_and_the_raw_lines_are_spooled(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    updates = [
        {"sessionUpdate": "agent_thought_chunk", "content": {"type": "text", "text": "let me see"}},
        {
            "sessionUpdate": "plan",
            "entries": [{"content": "look", "status": "completed"}, {"content": "write"}],
        },
        {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": "I begin.\nNow "}},
        {"sessionUpdate": "tool_call", "toolCallId": "t1", "title": "Write a.md", "kind": "edit"},
        {"sessionUpdate": "tool_call_update", "toolCallId": "t1", "status": "completed"},
        {"sessionUpdate": "tool_call_update", "toolCallId": "t1", "status": "completed"},
        {
            "sessionUpdate": "tool_call",
            "toolCallId": "t2",
            "title": "Fetch",
            "kind": "fetch",
            "status": "pending",
        },
        {
            "sessionUpdate": "tool_call_update",
            "toolCallId": "t2",
            "status": "failed",
            "content": [{"type": "content", "content": {"type": "text", "text": "no\nnetwork"}}],
        },
        {"sessionUpdate": "tool_call", "toolCallId": "t3", "status": "failed", "rawOutput": {"error": "x"}},
        {"sessionUpdate": "available_commands_update"},
        {"sessionUpdate": "something_new"},
        {"sessionUpdate": "agent_message_chunk", "content": {"type": "image", "data": ""}},
        {"sessionUpdate": "agent_message_chunk", "content": None},
    ]
    outcome = await acting(tmp_path / "home", {"updates": updates, "say": "Finished."}).perform(brief(), desk)
    assert outcome.failure is None
    assert desk.heard("out") == (
        "~ let me see\n[plan] [x] look\n[plan] [ ] write\nI begin.\nNow \n[edit] Write a.md completed\n"
        "[fetch] Fetch failed: no network\n[tool] tool failed: {'error': 'x'}\n[image]Finished.\n"
    )
    assert outcome.handoff is not None
    assert outcome.handoff.summary == "[image]Finished."
    assert (
        (desk.spool / "transcript.jsonl")
        .read_text()
        .startswith('> {"jsonrpc":"2.0","id":0,"method":"initialize"')
    )


async def test_tokens_and_cost_come_from_one_source(desk: ListeningDesk, tmp_path: Path) -> None:
    turn = {
        "updates": [
            {"sessionUpdate": "usage_update", "used": 9999, "cost": {"amount": 0.02, "currency": "USD"}}
        ],
        "usage": {"inputTokens": 1000, "outputTokens": 50, "cachedReadTokens": 200, "cachedWriteTokens": 10},
    }
    outcome = await acting(tmp_path / "home", turn).perform(brief(), desk)
    assert (outcome.usage.tokens_in, outcome.usage.tokens_out, outcome.usage.cost_usd) == (1210, 50, 0.02)
    assert not outcome.usage.estimated


async def test_tokens_without_a_cost_are_priced_by_the_table_and_marked(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    opened = {"models": {"currentModelId": "gpt-5-mini-2026-01-01"}}
    meta = {"quota": {"token_count": {"input_tokens": 1_000_000, "output_tokens": 0}}}
    outcome = await acting(tmp_path / "home", {"meta": meta}, opened=opened).perform(brief(), desk)
    assert outcome.usage.cost_usd == pytest.approx(0.25)
    assert outcome.usage.estimated


async def test_a_cost_that_nobody_knows_stays_unknown(desk: ListeningDesk, tmp_path: Path) -> None:
    outcome = await acting(tmp_path / "home", {"usage": {"inputTokens": 5}}).perform(brief(), desk)
    assert outcome.usage.cost_usd is None


async def test_lines_that_are_no_message_are_output_and_no_end(desk: ListeningDesk, tmp_path: Path) -> None:
    garble = ["warning: this is no JSON \udcff", "[1, 2]", ""]
    outcome = await acting(tmp_path / "home", {"garble": garble, "say": "ok"}).perform(brief(), desk)
    assert outcome.failure is None
    assert "this is no JSON" in desk.heard("err")


@pytest.mark.parametrize(
    ("reason", "kind", "fine"),
    [
        ("refusal", "refused", "refusal"),
        ("cancelled", "refused", "tool denied"),
        ("max_tokens", "permanent", "limit"),
        ("new_reason", "permanent", None),
    ],
)
async def test_a_turn_that_did_not_end_well_has_its_class(
    desk: ListeningDesk, tmp_path: Path, reason: str, kind: str, fine: str | None
) -> None:
    outcome = await acting(tmp_path / "home", {"stop": reason}).perform(brief(), desk)
    assert outcome.failure is not None
    assert outcome.failure.kind == kind
    assert outcome.failure.report.get("class") == fine


async def test_what_cannot_be_started_is_a_failure(desk: ListeningDesk, tmp_path: Path) -> None:
    for settings in ({"argv": ["/nonexistent/agent"]}, {"home": "/proc/nowhere"}):
        outcome = await acting(tmp_path / "home", {}, settings=settings).perform(brief(), desk)
        assert outcome.failure is not None
        assert outcome.failure.kind == "permanent"


async def test_the_model_of_the_role_stands_in_argv_where_it_is_asked_for(
    desk: ListeningDesk, tmp_path: Path
) -> None:
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho "$*" >&2\n')
    program.chmod(stat.S_IRWXU)
    agent = AcpAgent("shell", AcpSettings(argv=(str(program), "--model", "{model}")))
    await agent.perform(brief(role=Role(model="big")), desk)
    await agent.perform(brief(), desk)
    assert desk.heard("err").split() == ["--model", "big"]
