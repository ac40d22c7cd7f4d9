"""A command as an agent: a real program that reads its prompt, does what the act says, and writes its answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ropewalk.agents.command import CommandAgent, CommandSettings
from ropewalk.agents.confine import Confinement
from ropewalk.agents.failures import Rule
from ropewalk.core.work import Outcome
from ropewalk.definition.workflow import Ref, Role
from ropewalk.processes.limits import ProcessLimits
from ropewalk.testing.agent_contract import AgentContract, ScriptedCase
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk

PROGRAM = """
import json, os, pathlib, signal, sys
act = json.loads(pathlib.Path(sys.argv[1]).read_text())
for name, text in act.get("write", {}).items():
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
if act.get("hangs"):
    pathlib.Path("pid").write_text(str(os.getpid()))
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("begun", flush=True)
    while True:
        signal.pause()
print("x" * act.get("prints", 0))
fail = act.get("fail")
if fail:
    words = {"quota": "usage limit reached", "transient": "the model is overloaded"}.get(fail["class"], "")
    print(words, fail["message"], "try again in", fail.get("retry_in", 1), "s", file=sys.stderr)
    sys.exit(1)
answer = {key: act[key] for key in ("outputs", "facts", "route") if key in act}
if answer:
    pathlib.Path(os.environ["ROPEWALK_OUTPUT"]).write_text(json.dumps(answer))
"""


class TestContract(AgentContract):
    def scripted(self, act: dict[str, Any], home: Path) -> ScriptedCase:
        program, told = home / "agent.py", home / f"act{len(list(home.iterdir()))}.json"
        program.write_text(PROGRAM)
        told.write_text(json.dumps(act))
        settings = CommandSettings(argv=(sys.executable, str(program), str(told), "{prompt_file}"))
        return ScriptedCase(CommandAgent("ours", settings), {"timeout": _short_grace()})


def _short_grace() -> Any:
    from ropewalk.definition.policy import Timeouts

    return Timeouts(grace_seconds=0.1)


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path, clock=1000.0)


async def sh(desk: ListeningDesk, script: str, settings: dict[str, Any] | None = None, **fields: Any) -> Any:
    agent = CommandAgent("ours", CommandSettings(argv=("sh", "-c", script), **(settings or {})))
    return await agent.perform(brief(role_name="builder", **fields), desk)


async def test_the_prompt_is_its_input_unless_it_takes_a_file(desk):
    await sh(desk, "cat > heard", prompt="Build it.")
    assert "Build it." in (desk.folder / "heard").read_text()
    agent = CommandAgent(
        "ours", CommandSettings(argv=("sh", "-c", 'cp "$0" heard; cat > input', "{prompt_file}"))
    )
    await agent.perform(brief(prompt="From a file."), desk)
    assert "From a file." in (desk.folder / "heard").read_text()
    assert (desk.folder / "input").read_text() == ""


async def test_the_prompt_never_stands_on_the_command_line(desk):
    await sh(
        desk, "tr '\\0' ' ' < /proc/$$/cmdline > heard || ps -o args= -p $$ > heard", prompt="Top secret wish"
    )
    assert "secret" not in (desk.folder / "heard").read_text()


async def test_places_in_argv_are_whole_elements(desk):
    script = 'printf "%s|" "$@" > heard'
    argv = ("sh", "-c", script, "x", "{folder}", "-m", "{model}", "a{model}", "{result_file}")
    agent = CommandAgent("ours", CommandSettings(argv=argv))
    await agent.perform(brief(role=Role(model="big; rm -rf x")), desk)
    heard = (desk.folder / "heard").read_text().split("|")
    assert heard[:4] == [str(desk.folder), "-m", "big; rm -rf x", "a{model}"]
    await agent.perform(brief(), desk)
    assert (desk.folder / "heard").read_text().split("|")[:2] == [str(desk.folder), "a{model}"]


async def test_it_sees_only_what_is_passed_on(desk, monkeypatch):
    monkeypatch.setenv("OUR_KEY", "k")
    monkeypatch.setenv("OUR_OTHER", "o")
    settings = {"passed": ("OUR_K*",), "env": {"GIVEN": "g"}}
    await sh(desk, 'echo "$OUR_KEY-${OUR_OTHER-}-$GIVEN-$ROPEWALK_STEP" > heard', settings)
    assert (desk.folder / "heard").read_text() == "k--g-build\n"


async def test_an_answer_may_end_the_output_instead(desk):
    script = 'echo thinking; printf \'```json\\n{"route": "b"}\\n```\\n\''
    outcome = await sh(desk, script, wants_route=("a", "b"))
    assert outcome.route == "b"
    assert outcome.handoff.summary.startswith("thinking")
    assert (await sh(desk, script)).failure is None


async def test_an_answer_that_is_wanted_and_missing_is_invalid_output(desk):
    outcome = await sh(desk, "echo done", wants_route=("a",))
    assert outcome.failure.kind == "invalid_output"
    assert (await sh(desk, "echo done")).failure is None


async def test_usage_and_a_handoff_are_taken_from_the_answer(desk):
    answer = {
        "usage": {"tokens_in": 5, "cost_usd": 0.25},
        "handoff": {"summary": "s", "questions": ["q"]},
        "extra": 1,
    }
    outcome: Outcome = await sh(
        desk, f"echo '{json.dumps(answer)}' > $ROPEWALK_OUTPUT", creates=(Ref("a.md"),)
    )
    assert outcome.usage.cost_usd == 0.25
    assert outcome.handoff is not None
    assert (outcome.handoff.summary, outcome.handoff.questions, outcome.handoff.artifacts) == (
        "s",
        ("q",),
        ("a.md",),
    )
    assert outcome.outputs == {"extra": 1}


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ({"argv": []}, "argv"),
        ({"argv": ["true"], "rules": [{"kind": "refused", "pattern": "["}]}, r"rules\[0\]"),
    ],
)
def test_what_no_program_can_be_started_by_or_judged_by_is_refused_when_it_is_read(table, key):
    with pytest.raises(msgspec.ValidationError, match=rf"\$.{key}"):
        msgspec.convert(table, CommandSettings)


async def test_own_rules_and_exit_codes_come_before_ours(desk):
    settings = {"rules": (Rule("refused", "not today"),), "exit_codes": {42: "transient"}}
    assert (await sh(desk, "echo 429 not today; exit 1", settings)).failure.kind == "refused"
    assert (await sh(desk, "echo not today; exit 42", settings)).failure.kind == "transient"


async def test_a_program_that_is_not_there_cannot_be_used_and_says_what_to_do(desk):
    agent = CommandAgent("ours", CommandSettings(argv=("no-such-agent",), hint="npm i no-such-agent"))
    probe = await agent.probe()
    assert (probe.installed, probe.usable, probe.hint) == (False, False, "npm i no-such-agent")
    failure = (await agent.perform(brief(), desk)).failure
    assert failure is not None
    assert failure.kind == "permanent"


async def test_the_probe_tells_the_version_and_what_is_wrong():
    async def probed(*version: str):
        return await CommandAgent("ours", CommandSettings(argv=("sh",), version=version)).probe()

    assert (await probed("sh", "-c", "echo 1.2; echo more")).version == "1.2"
    broken = await probed("sh", "-c", "echo no key; exit 3")
    assert (broken.installed, broken.usable) == (True, False)
    assert "ended with 3: no key" in broken.reason
    assert not (await probed("no-such-agent")).usable
    once = CommandAgent("ours", CommandSettings(argv=("sh",)))
    assert await once.probe() is await once.probe()


async def test_a_probe_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr("ropewalk.agents.command._PROBE_SECONDS", 0.05)
    probe = await CommandAgent("ours", CommandSettings(argv=("sh",), version=("sleep", "600"))).probe()
    assert not probe.usable
    assert "longer than 0.05 seconds" in probe.reason


@pytest.mark.needs("bwrap")
@pytest.mark.parametrize("asked", ["settings", "role", "step", "project"])
async def test_confined_it_sees_no_home_writes_what_it_keeps_and_has_no_network(tmp_path, monkeypatch, asked):
    home = tmp_path / "home"
    (home / ".agent").mkdir(parents=True)
    (home / ".netrc").write_text("private")
    (home / "told").write_text("told")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TOLD", str(home / "told"))
    script = "cat ~/.netrc; cat $TOLD ~/lent; cat /proc/net/dev | wc -l; echo kept > ~/.agent/kept"
    (home / "lent").write_text("lent")
    settings = CommandSettings(
        argv=("sh", "-c", script),
        confine="worktree" if asked == "settings" else "none",
        network=False, keeps=(".agent",), readable=(str(home / "lent"),), passed=("TOLD",),
    )  # fmt: skip
    rule = Confinement(rule="worktree" if asked == "project" else "none")
    desk = ListeningDesk(tmp_path / "desk")
    agent = CommandAgent("ours", settings, rule)
    assert agent.confine == settings.confine
    outcome = await agent.perform(
        brief(
            role=Role(confine="worktree" if asked == "role" else ""),
            confine="worktree" if asked == "step" else "",
        ),
        desk,
    )
    assert outcome.failure is None
    assert desk.heard("out") == "toldlent3\n"
    assert (home / ".agent/kept").read_text() == "kept\n"


async def test_one_that_cannot_be_confined_is_not_started_and_says_so_when_it_is_looked_at(
    tmp_path, monkeypatch
):
    settings = CommandSettings(argv=(sys.executable, "-c", "open('started', 'w')"), confine="worktree")
    desk = ListeningDesk(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    agent = CommandAgent("ours", settings)
    probe = await agent.probe()
    assert (probe.usable, probe.reason) == (False, "bwrap was not found")
    outcome = await agent.perform(brief(), desk)
    assert outcome.failure is not None
    assert "bwrap was not found" in outcome.failure.message
    assert not (desk.folder / "started").exists()


async def test_limits_hold_for_the_command_and_what_it_starts(desk):
    await sh(desk, "sh -c 'ulimit -n'", {"limits": ProcessLimits(open_files=77)})
    assert desk.heard("out") == "77\n"


async def test_it_sees_the_environment_of_the_step_over_that_of_its_settings(desk):
    await sh(
        desk,
        'echo "$COLOUR $SHAPE" > heard',
        {"env": {"COLOUR": "red", "SHAPE": "round"}},
        env={"COLOUR": "blue"},
    )
    assert (desk.folder / "heard").read_text() == "blue round\n"


async def test_it_begins_in_the_folder_of_the_step_and_is_told_where_the_top_is(desk):
    (desk.folder / "packages/web").mkdir(parents=True)
    await sh(desk, "cat > heard", folder="packages/web")
    heard = (desk.folder / "packages/web/heard").read_text()
    assert "You begin in the folder `packages/web`; files are named here from the top, `../..`." in heard
    assert "is not there" in (await sh(desk, "true", folder="packages/api")).failure.message
