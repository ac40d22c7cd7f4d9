import msgspec
import pytest

from ropewalk.agents.presets import PRESETS, agent_preset


def test_every_preset_says_how_to_get_it_and_how_to_log_in():
    for name, settings in PRESETS.items():
        assert settings.argv, name
        assert settings.hint, name
        assert settings.login, name


def test_none_of_them_takes_what_can_push():
    for settings in PRESETS.values():
        named = {*settings.credentials, *settings.passed, *settings.env}
        assert not named & {"GH_TOKEN", "GITHUB_TOKEN", "SSH_AUTH_SOCK", "GIT_ASKPASS"}


def test_a_table_says_otherwise_key_by_key():
    made = agent_preset("codex", {"mode": "full-access", "env": {"A": "1"}})
    assert made.mode == "full-access"
    assert made.argv == PRESETS["codex"].argv
    assert made.env["A"] == "1"
    assert agent_preset("claude", {"env": {"A": "1"}}).env["DISABLE_AUTOUPDATER"] == "1"


DOCUMENTED = {
    "claude": {"auto", "default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"},
    "codex": {"read-only", "auto", "full-access"},
    "codex from 2 on": {"read-only", "agent", "plan", "agent-full-access"},
    "codex of today": {"read-only", "workspace-write", "agent", "agent-full-access"},
    "gemini": {"default", "autoEdit", "yolo", "plan"},
    "qwen": {"plan", "default", "auto-edit", "yolo"},
}
"""The modes of each adapter by its own documentation."""
UNASKING = {
    "auto",
    "acceptEdits",
    "dontAsk",
    "bypassPermissions",
    "full-access",
    "workspace-write",
    "agent",
    "agent-full-access",
}
UNASKING |= {"autoEdit", "auto-edit", "yolo", "plan"}


@pytest.mark.parametrize("adapter", DOCUMENTED)
def test_modes_are_said_by_names_that_every_version_of_the_adapter_has_and_the_careful_one_asks(adapter):
    settings = PRESETS[adapter.split()[0]]
    for said in (settings.mode, settings.careful):
        names = {said} if isinstance(said, str) else set(said)
        assert names & DOCUMENTED[adapter], said
    assert settings.careful in DOCUMENTED[adapter] - UNASKING


def test_codex_is_asked_for_the_mode_whose_requests_come_here_before_the_one_in_which_a_model_judges_them():
    mode = PRESETS["codex"].mode
    assert next(name for name in mode if name in DOCUMENTED["codex of today"]) == "workspace-write"


def test_what_has_modes_says_always_which():
    for name, settings in PRESETS.items():
        assert bool(settings.mode) == bool(settings.careful), name


def test_what_is_not_there_is_told():
    with pytest.raises(ValueError, match="claude"):
        agent_preset("clode", {})
    with pytest.raises(msgspec.ValidationError, match="moode"):
        agent_preset("codex", {"moode": "x"})
