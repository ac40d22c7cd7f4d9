import pytest

from ropewalk.agents.acp.agent import AcpAgent
from ropewalk.agents.cassette import Player, TapeRecorder
from ropewalk.agents.command import CommandAgent
from ropewalk.agents.model import Model
from ropewalk.agents.presets import PRESETS
from ropewalk.app.agents import agents_of, probe_all, tools_of
from ropewalk.app.settings import Settings
from ropewalk.errors import SettingsError


def test_presets_are_there_without_being_named_and_tables_come_first():
    made = agents_of(Settings(agents={"mine": {"argv": ["true"]}}))
    assert set(PRESETS) | {"rehearsal", "mine"} <= set(made)
    assert list(made)[:2] == ["rehearsal", "mine"]
    assert isinstance(made["claude"], AcpAgent)


def test_a_table_is_what_it_says():
    made = agents_of(
        Settings(
            agents={
                "codex": {"mode": "full-access"},
                "reviewer": {"preset": "claude", "permissions": "deny"},
                "other": {"protocol": "acp", "argv": ["other", "acp"]},
                "writer": {"protocol": "model", "model": "test"},
                "claude": {"argv": ["my-claude"], "home": "/h"},
                "goose": {"protocol": "command", "argv": ["my-goose"]},
            }
        )
    )
    kinds = {name: type(made[name]) for name in ("codex", "reviewer", "other", "writer", "claude", "goose")}
    assert kinds == {
        "codex": AcpAgent,
        "reviewer": AcpAgent,
        "other": AcpAgent,
        "writer": Model,
        "claude": AcpAgent,
        "goose": CommandAgent,
    }


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"preset": "clode"}, "clode"),
        ({"protocol": "smoke"}, "smoke"),
        ({"protocol": "acp", "argw": ["x"]}, "argw"),
        ({"protocol": "model", "modell": "x"}, "modell"),
        ({"argw": ["x"]}, "argw"),
    ],
)
def test_a_table_that_is_not_usable_is_named(table, told):
    with pytest.raises(SettingsError, match=told) as fault:
        agents_of(Settings(agents={"mine": table}))
    assert "agents.mine" in str(fault.value)


def test_real_agents_are_recorded_or_played_and_the_rehearsal_stays_what_it_is(tmp_path):
    recorded = agents_of(Settings(record=str(tmp_path)))
    assert isinstance(recorded["claude"], TapeRecorder)
    assert not isinstance(recorded["rehearsal"], TapeRecorder)
    assert isinstance(agents_of(Settings(replay=str(tmp_path)))["codex"], Player)
    with pytest.raises(SettingsError, match="not both"):
        agents_of(Settings(record="a", replay="b"))


async def test_every_agent_is_probed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    probes = {probe.agent: probe for probe in await probe_all(Settings())}
    assert probes["rehearsal"].usable
    assert not probes["claude"].installed
    assert "npm install" in probes["claude"].hint


def test_tools_have_the_agents():
    assert "claude" in tools_of(Settings()).agents
