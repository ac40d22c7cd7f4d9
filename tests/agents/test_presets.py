import msgspec
import pytest

from weft.agents.presets import PRESETS, preset


def test_every_preset_says_how_to_get_it_and_how_to_log_in():
    for name, settings in PRESETS.items():
        assert settings.argv, name
        assert settings.mend, name
        assert settings.login, name


def test_none_of_them_takes_what_can_push():
    for settings in PRESETS.values():
        named = {*settings.credentials, *settings.passed, *settings.env}
        assert not named & {"GH_TOKEN", "GITHUB_TOKEN", "SSH_AUTH_SOCK", "GIT_ASKPASS"}


def test_a_table_says_otherwise_key_by_key():
    made = preset("codex", {"mode": "full-access", "env": {"A": "1"}})
    assert made.mode == "full-access"
    assert made.argv == PRESETS["codex"].argv
    assert made.env["A"] == "1"
    assert preset("claude", {"env": {"A": "1"}}).env["DISABLE_AUTOUPDATER"] == "1"


def test_what_is_not_there_is_told():
    with pytest.raises(ValueError, match="claude"):
        preset("clode", {})
    with pytest.raises(msgspec.ValidationError, match="moode"):
        preset("codex", {"moode": "x"})
