import json
from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents.acp.agent import AcpAgent
from ropewalk.agents.acp.settings import AcpSettings
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk
from tests.agents.acp.programs import acting, answered

SCHEMA = {"type": "object", "properties": {"score": {"type": "integer"}}, "required": ["score"]}


@pytest.fixture
def desk(tmp_path: Path) -> ListeningDesk:
    return ListeningDesk(tmp_path / "desk")


async def test_its_environment_has_one_credential_and_none_that_can_push(
    desk: ListeningDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "GH_TOKEN",
        "GITHUB_TOKEN",
        "SSH_AUTH_SOCK",
        "GIT_DIR",
        "AWS_SECRET_ACCESS_KEY",
        "FIRST_KEY",
        "SECOND_KEY",
    ):
        monkeypatch.setenv(name, f"canary-{name}")
    settings = {"credentials": ("MISSING_KEY", "FIRST_KEY", "SECOND_KEY"), "home": str(tmp_path / "own")}
    agent = acting(tmp_path / "home", {"environment": "env.json"}, settings=settings)
    outcome = await agent.perform(brief(), desk)
    env = json.loads((desk.folder / "env.json").read_text())
    assert [name for name, value in env.items() if "canary" in value or "redacted" in value] == ["FIRST_KEY"]
    assert env["HOME"] == str(tmp_path / "own")
    assert env["GIT_SSH_COMMAND"] == "false"
    assert outcome.failure is not None
    assert outcome.failure.report == {"class": "secret"}
    assert "canary" not in (desk.folder / "env.json").read_text()


async def test_a_home_of_ours_that_cannot_be_made_is_no_fault_and_one_of_its_own_is(
    desk: ListeningDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "home"))
    agent = acting(tmp_path / "home", {"say": "ok", "write": {"a": "b"}})
    assert (await agent.perform(brief(), desk)).failure is None
    own = acting(tmp_path / "home", {"say": "ok"}, settings={"home": str(tmp_path / "file" / "own")})
    failure = (await own.perform(brief(), desk)).failure
    assert failure is not None
    assert failure.report == {"class": "config"}


async def test_a_credential_that_it_says_is_heard_by_nobody(
    desk: ListeningDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRST_KEY", "canary-value-1")
    said = answered({"outputs": {"score": 1, "key": "canary-value-1"}})
    agent = acting(
        tmp_path / "home", {"say": f"It is canary-value-1.\n{said}"}, settings={"credentials": ["FIRST_KEY"]}
    )
    outcome = await agent.perform(brief(output_schema=SCHEMA), desk)
    assert outcome.outputs["key"] == "[redacted FIRST_KEY]"
    assert "canary-value-1" not in desk.heard() + (desk.spool / "transcript.jsonl").read_text()
    assert "[redacted FIRST_KEY]" in desk.heard()


async def test_a_probe_tells_what_is_missing_before_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "own"
    keyed = {
        "credentials": ["FIRST_KEY"],
        "logins": ["login.json", "$PLACE/login.json"],
        "signs": ["SIGN"],
        "home": str(home),
    }
    monkeypatch.delenv("FIRST_KEY", raising=False)
    agent = acting(tmp_path / "home", {}, settings=keyed)
    probe = await agent.probe()
    assert (probe.installed, probe.usable, probe.reason) == (True, False, "it is not logged in")
    assert "FIRST_KEY" in probe.hint
    home.mkdir()
    (home / "login.json").write_text("{}")
    assert (await agent.probe()).usable
    monkeypatch.setenv("SIGN", "1")
    (home / "login.json").unlink()
    assert (await acting(tmp_path / "home", {}, settings=keyed).probe()).version == "1.2.3"
    absent = await acting(tmp_path / "home", {}, settings={"argv": ["no-such-agent"]}).probe()
    assert not absent.installed
    assert "no-such-agent" in absent.hint


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ({"protocol": 2}, "version 2"),
        ({"refuses": {"initialize": {"code": 1, "message": "no way"}}}, "no way"),
    ],
)
async def test_a_probe_sees_one_that_speaks_otherwise(
    tmp_path: Path, act: dict[str, Any], reason: str
) -> None:
    probe = await acting(tmp_path / "home", {}, **act).probe()
    assert not probe.usable
    assert reason in probe.reason


async def test_a_probe_sees_a_program_that_is_no_agent(tmp_path: Path) -> None:
    for argv, reason in (
        (("/bin/echo", "hello"), "does not speak"),
        ((str(tmp_path / "x"),), "cannot be started"),
    ):
        (tmp_path / "x").write_text("no program")
        (tmp_path / "x").chmod(0o755)
        probe = await AcpAgent("x", AcpSettings(argv=argv)).probe()
        assert not probe.usable
        assert reason in probe.reason
