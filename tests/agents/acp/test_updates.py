"""Whatever an agent sends as an update, its transcript goes on: what is known becomes lines, what is not is counted."""

import pytest

from ropewalk.agents.acp.updates import Updates


class Transcript:
    def __init__(self):
        self.lines: list[str] = []
        self.updates = Updates(self.lines.append)

    def take(self, kind, /, **fields):
        self.updates.take({"sessionUpdate": kind, **fields})

    def message(self, text):
        self.take("agent_message_chunk", content={"type": "text", "text": text})

    def thought(self, text):
        self.take("agent_thought_chunk", content={"type": "text", "text": text})


@pytest.fixture
def transcript():
    return Transcript()


def test_only_whole_lines_are_said_until_the_turn_ends(transcript):
    transcript.message("one\ntw")
    assert transcript.lines == ["one\n"]
    transcript.message("o")
    transcript.updates.flush()
    transcript.updates.flush()
    assert transcript.lines == ["one\n", "two\n"]


def test_thoughts_are_marked_and_are_no_part_of_what_it_said(transcript):
    transcript.message("I begin")
    transcript.thought("hm\nwell")
    transcript.message("Done.")
    transcript.updates.flush()
    assert transcript.lines == ["I begin\n", "~ hm\n", "~ well\n", "Done.\n"]
    assert transcript.updates.words == "I beginDone."


def test_its_words_are_those_after_the_last_tool_else_those_before(transcript):
    transcript.message("before")
    transcript.take("tool_call", toolCallId="t", title="Look")
    assert transcript.updates.words == "before"
    transcript.message(" \n")
    assert transcript.updates.words == "before"
    transcript.message("after")
    assert transcript.updates.words.strip() == "after"


def test_a_new_prompt_begins_with_nothing_said_and_no_tool_at_work(transcript):
    transcript.message("old")
    transcript.take("tool_call", toolCallId="t", status="in_progress")
    assert transcript.updates.busy
    transcript.updates.begin()
    assert transcript.updates.words == ""
    assert not transcript.updates.busy


@pytest.mark.parametrize(("status", "busy"), [("pending", True), ("completed", False), ("failed", False)])
def test_a_tool_is_at_work_until_it_is_over(transcript, status, busy):
    transcript.take("tool_call", toolCallId="t", title="Build")
    assert transcript.updates.busy
    transcript.take("tool_call_update", toolCallId="t", status=status)
    assert transcript.updates.busy is busy


def test_the_end_of_a_tool_is_said_once_in_one_line_of_bounded_length(transcript):
    transcript.take("tool_call", toolCallId="t", title="Write\n a.md" + "x" * 9_000, kind="edit")
    for _ in range(2):
        transcript.take("tool_call_update", toolCallId="t", status="completed")
    (line,) = transcript.lines
    assert line.startswith("[edit] Write a.md")
    assert line.endswith(" completed\n")
    assert len(line) < 2_100


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (
            {"content": [{"type": "content", "content": {"type": "text", "text": "no\nnetwork"}}]},
            "no network",
        ),
        ({"content": [{"type": "diff"}], "rawOutput": {"code": 3}}, "{'code': 3}"),
        ({"content": "in words", "rawOutput": "raw"}, "raw"),
        ({}, ""),
    ],
)
def test_a_tool_that_failed_says_why(transcript, fields, reason):
    transcript.take("tool_call", toolCallId="t", title="Fetch", kind="fetch", status="failed", **fields)
    assert transcript.lines == [f"[fetch] Fetch failed: {reason}\n"]


def test_a_plan_is_a_line_for_each_entry(transcript):
    entries = [{"content": "look", "status": "completed"}, {"content": "do", "status": "in_progress"}, {}]
    transcript.take("plan", entries=entries)
    assert transcript.lines == ["[plan] [x] look\n", "[plan] [>] do\n", "[plan] [ ] \n"]


def test_the_history_of_a_loaded_session_is_not_said_again(transcript):
    transcript.updates.muted = True
    transcript.message("from the past")
    transcript.take("tool_call", toolCallId="t")
    transcript.updates.muted = False
    transcript.updates.flush()
    assert (transcript.lines, transcript.updates.words, transcript.updates.busy) == ([], "", False)


def test_new_kinds_are_counted_and_known_silent_ones_are_not(transcript):
    for kind in ("something_new", "something_new", "current_mode_update", "usage_update"):
        transcript.take(kind)
    assert transcript.updates.unknown == {"something_new": 2}


@pytest.mark.parametrize(
    "update",
    [
        {},
        {"sessionUpdate": None},
        {"sessionUpdate": ["plan"]},
        {"sessionUpdate": "plan", "entries": 5},
        {"sessionUpdate": "plan", "entries": ["look", None]},
        {"sessionUpdate": "tool_call", "toolCallId": ["t"], "title": ["x"], "status": ["completed"]},
        {"sessionUpdate": "tool_call", "status": "failed", "content": 7},
        {"sessionUpdate": "tool_call", "status": "failed", "content": [7, None]},
        {"sessionUpdate": "agent_message_chunk", "content": [1]},
        {"sessionUpdate": "agent_message_chunk", "content": {"type": "text", "text": None}},
        {"sessionUpdate": "agent_message_chunk", "content": {"type": "text"}},
    ],
)
def test_an_update_of_another_shape_ends_nothing(transcript, update):
    transcript.updates.take(update)
    assert isinstance(transcript.updates.busy, bool)
    transcript.message("goes on\n")
    assert transcript.lines[-1] == "goes on\n"
    assert "None" not in transcript.updates.words


def test_a_line_without_an_end_is_said_in_parts_and_nothing_of_it_is_lost(transcript):
    for _ in range(40):
        transcript.message("x" * 1_000)
    assert len(transcript.lines) == 2
    transcript.updates.flush()
    assert "".join(transcript.lines).replace("\n", "") == "x" * 40_000
