import msgspec
import pytest

from ropewalk.agents.cassette import Player, TapeRecorder, lasting
from ropewalk.agents.port import Permission
from ropewalk.agents.rehearsal import Rehearsal
from ropewalk.core.work import Artifact, Feedback, Outcome
from ropewalk.definition.workflow import Ref, Role
from ropewalk.testing.agent_contract import AgentContract, ScriptedCase
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk
from tests.agents.acp.programs import acting, answered


class TestRecorderContract(AgentContract):
    """An agent on tape does all that it does without."""

    def scripted(self, act, home):
        script = msgspec.json.encode({"steps": {"build": [_act(act)]}}).decode()
        return ScriptedCase(TapeRecorder(Rehearsal(), home / "tapes"), {"rehearse": script})


class TestPlayerContract(AgentContract):
    """The tape of an agent does what the agent did; one that hangs leaves no tape, so that is asked of another suite."""

    classes = ()

    def scripted(self, act, home):
        return ScriptedCase(_Both(home, act))

    test_cancelling_stops_it_and_leaves_no_process = None  # type: ignore[assignment]


class _Both:
    """Records the attempt first, somewhere else, then plays it."""

    name = "acting"
    rehearses = True

    def __init__(self, home, act):
        turn = {key: act[key] for key in ("write", "prints") if key in act}
        answer = {key: act[key] for key in ("outputs", "facts", "route") if key in act}
        if answer:
            turn["say"] = answered(answer)
        self._folder = home / f"tapes-{len(list(home.glob('tapes-*')))}"
        self._folder.mkdir()
        self._agent = acting(home, turn, settings={"repairs": 0})
        self._home = home

    async def probe(self):
        await self.perform(brief(), ListeningDesk(self._home / "probe"))
        return await Player("acting", self._folder).probe()

    async def perform(self, given, desk):
        elsewhere = ListeningDesk(desk.folder.parent / "elsewhere")
        recorded = await TapeRecorder(self._agent, self._folder).perform(given, elsewhere)
        played = await Player("acting", self._folder).perform(given, desk)
        assert played.outputs == recorded.outputs
        return played


def _act(act):
    told = {key: act[key] for key in ("write", "outputs", "facts", "route") if key in act}
    if "write" not in act:
        told["nothing"] = True
    if "prints" in act:
        told["say"] = "x" * act["prints"]
    if act.get("hangs"):
        told |= {"say": "begun", "run_for": 3600}
    if fault := act.get("fail"):
        told["fail"] = {
            "class": fault["class"],
            "message": fault["message"],
            "retry_in": fault.get("retry_in"),
        }
    return told


class Painter:
    """Makes every kind of change that a folder can have."""

    name = "painter"
    rehearses = False

    async def probe(self):
        raise AssertionError("nobody asks")

    async def perform(self, given, desk):
        await desk.ask(Permission("paint"))
        desk.say("painted\n")
        desk.say("slowly\n", "err")
        (desk.folder / "old.txt").unlink()
        (desk.folder / "kept.txt").write_text("changed")
        (desk.folder / "deep").mkdir()
        (desk.folder / "deep" / "tool").write_text("#!/bin/sh\n")
        (desk.folder / "deep" / "tool").chmod(0o755)
        (desk.folder / "picture").write_bytes(b"\xff\x00\xfe")
        (desk.folder / "link").symlink_to("kept.txt")
        (desk.folder / "linked").symlink_to("deep")
        (desk.folder / ".git").mkdir()
        (desk.folder / ".git" / "own").write_text("not ours")
        return Outcome(outputs={"colour": "red"}, agent="painter")


def _begun(home):
    desk = ListeningDesk(home)
    (desk.folder / "old.txt").write_text("old")
    (desk.folder / "kept.txt").write_text("as it was")
    return desk


async def test_every_kind_of_change_is_made_again_byte_for_byte(tmp_path):
    first, second = _begun(tmp_path / "first"), _begun(tmp_path / "second")
    await TapeRecorder(Painter(), tmp_path / "tapes").perform(brief(), first)
    outcome = await Player("painter", tmp_path / "tapes").perform(brief(run="another"), second)
    assert outcome.outputs == {"colour": "red"}
    assert outcome.rehearsed
    assert second.said == [("out", "painted\n"), ("err", "slowly\n")]
    assert not (second.folder / "old.txt").exists()
    assert (second.folder / "kept.txt").read_text() == "changed"
    assert (second.folder / "deep" / "tool").stat().st_mode & 0o111
    assert (second.folder / "picture").read_bytes() == b"\xff\x00\xfe"
    assert (second.folder / "link").readlink().as_posix() == "kept.txt"
    assert (second.folder / "linked").is_symlink()
    assert not (second.folder / ".git").exists()


async def test_each_try_of_a_round_is_played_in_its_turn(tmp_path):
    for attempt, text in ((1, "first"), (2, "second")):
        agent = acting(tmp_path / "home", {"write": {"a.txt": text}})
        await TapeRecorder(agent, tmp_path / "tapes").perform(
            brief(attempt=attempt), ListeningDesk(tmp_path / text)
        )
    player = Player("acting", tmp_path / "tapes")
    for attempt, text in ((1, "first"), (2, "second"), (3, "second")):
        desk = ListeningDesk(tmp_path / f"again-{attempt}")
        await player.perform(brief(attempt=attempt), desk)
        assert (desk.folder / "a.txt").read_text() == text


async def test_a_changed_brief_is_a_miss_that_shows_what_changed(tmp_path):
    recorded = brief(prompt="Paint it red.", role=Role(title="Painter"))
    await TapeRecorder(acting(tmp_path / "home", {}), tmp_path / "tapes").perform(
        recorded, ListeningDesk(tmp_path / "a")
    )
    player = Player("acting", tmp_path / "tapes")
    asked = msgspec.structs.replace(recorded, prompt="Paint it blue.")
    missed = await player.perform(asked, ListeningDesk(tmp_path / "b"))
    assert missed.failure is not None
    assert missed.failure.report == {"class": "miss"}
    assert '- "prompt": "Paint it red."' in missed.failure.message
    assert "Paint it blue." in missed.failure.message
    unknown = await player.perform(brief(step="other"), ListeningDesk(tmp_path / "c"))
    assert unknown.failure is not None
    assert unknown.failure.message == "nothing is recorded for step other, round 1"


def test_what_changes_from_run_to_run_does_not_make_another_brief(tmp_path):
    def given(run, place, commit, seconds):
        told = Feedback("gate", f"in {place}/folders/{run}/build.1.1/x.py: ran 3 tests in {seconds}s")
        made = Artifact("a.md", "d", commit=commit)
        return brief(run=run, feedback=(told,), artifacts=(made,), creates=(Ref("a"),), outputs={run: 1})

    one, two = given("r1", "/a", "c1", "0.01"), given("r22", "/b/c", "c2", "1.7")
    assert lasting(one)[1] == lasting(two)[1]
    assert lasting(one)[1] != lasting(msgspec.structs.replace(one, prompt="more"))[1]


def test_what_the_run_has_come_to_does_not_make_another_brief():
    first = {
        "id": "r1",
        "title": "A day",
        "status": "running",
        "outcome": "completed",
        "error": "",
        "attempt": 1,
    }
    later = {**first, "outcome": "failed", "error": "other: no luck", "attempt": 2}
    assert lasting(brief(run_fields=first))[1] == lasting(brief(run_fields=later))[1]


async def test_a_tape_that_was_made_with_more_of_the_brief_is_still_played(tmp_path):
    await TapeRecorder(acting(tmp_path / "home", {}), tmp_path / "tapes").perform(
        brief(), ListeningDesk(tmp_path / "a")
    )
    (path,) = (tmp_path / "tapes").glob("*.json")
    tape = msgspec.json.decode(path.read_bytes())
    tape["brief"]["run_fields"] = {"id": "RUN", "attempt": 1}
    path.write_bytes(msgspec.json.encode(tape | {"digest": "0" * 64}))
    played = await Player("acting", tmp_path / "tapes").perform(brief(), ListeningDesk(tmp_path / "b"))
    assert played.failure is None


async def test_a_file_that_is_no_tape_is_said_by_name(tmp_path):
    for text in ("{half", '{"format": 2}'):
        (tmp_path / "x.json").write_text(text)
        player = Player("acting", tmp_path)
        assert "x.json" in (await player.probe()).reason
        missed = await player.perform(brief(), ListeningDesk(tmp_path / "desk"))
        assert missed.failure is not None
        assert "x.json" in missed.failure.message


async def test_a_tape_of_a_later_format_is_refused(tmp_path):
    await TapeRecorder(acting(tmp_path / "home", {}), tmp_path / "tapes").perform(
        brief(), ListeningDesk(tmp_path / "a")
    )
    (path,) = (tmp_path / "tapes").glob("*.json")
    path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    assert "format 2" in (await Player("acting", tmp_path / "tapes").probe()).reason


async def test_without_a_tape_the_agent_is_not_there(tmp_path):
    probe = await Player("acting", tmp_path).probe()
    assert not probe.installed
    assert "record" in probe.hint


async def test_a_recorder_is_as_usable_as_its_agent(tmp_path):
    agent = acting(tmp_path / "home", {})
    assert await TapeRecorder(agent, tmp_path).probe() == await agent.probe()


@pytest.mark.parametrize("name", ["../out.txt", "/etc/out.txt"])
async def test_a_tape_cannot_write_outside_of_the_folder(tmp_path, name):
    await TapeRecorder(acting(tmp_path / "home", {"write": {"a.txt": "a"}}), tmp_path / "tapes").perform(
        brief(), ListeningDesk(tmp_path / "a")
    )
    (path,) = (tmp_path / "tapes").glob("*.json")
    path.write_text(path.read_text().replace('"a.txt"', f'"{name}"'))
    outcome = await Player("acting", tmp_path / "tapes").perform(brief(), ListeningDesk(tmp_path / "b"))
    assert outcome.failure is not None
