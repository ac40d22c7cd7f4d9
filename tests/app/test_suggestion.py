import tomllib

from ropewalk.agents.port import Probe
from ropewalk.app.settings import Settings
from ropewalk.app.suggestion import suggest_settings, text_of


def test_the_first_usable_agent_is_the_one_for_every_role():
    probes = [
        Probe("rehearsal", installed=True, usable=True),
        Probe("claude", installed=True, usable=False, reason="it is not logged in", hint="log in"),
        Probe("codex", installed=True, usable=True, version="1.2"),
        Probe("gemini", installed=False, usable=False),
    ]
    text = text_of(probes)
    assert tomllib.loads(text) == {"agent": "codex", "agents": {"codex": {}}}
    assert "claude is installed but not usable: it is not logged in. log in" in text
    assert "gemini" not in text


async def test_without_a_usable_agent_it_says_where_to_look(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    text = await suggest_settings(Settings())
    assert tomllib.loads(text) == {}
    assert "ropewalk agents" in text
