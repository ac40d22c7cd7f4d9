"""Settings: what nobody says has its default, and what cannot be meant is told with its place and the nearest right word."""

from typing import Any

import pytest

from ropewalk.app.agents import agents_of, tools_of
from ropewalk.app.settings import load_settings
from ropewalk.errors import SettingsError
from ropewalk.processes.limits import ProcessLimits


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'slots = 2\nconfine = "Worktree"\n',
            "setting confine .*ropewalk.toml:2:1: .*did you mean worktree",
        ),
        ('confine = "bwrap"\n', "ropewalk.toml:1:1: it cannot be 'bwrap'; it is none or worktree"),
        ("confine = true\n", "ropewalk.toml:1:1: it cannot be True"),
        (
            '[agents.other]\nargv = ["x"]\n\n[agents."mine"] # ours\nargv = ["x"]\n  confine = "yes"\n',
            "setting agents.mine.confine .*ropewalk.toml:6:3: it cannot be 'yes'; it is none or worktree",
        ),
        (
            '[agents.claude]\npermissions = "denny"\n',
            "agents.claude.permissions .*ropewalk.toml:2:1: .*did you mean deny",
        ),
        (
            'agents = {a = {argv = ["x"], confine = "on"}}\n',
            "agents.a.confine is not usable: it cannot be 'on'",
        ),
        ('permissions = "deny"\n', "setting permissions is not usable: there is no such key"),
    ],
)
def test_a_word_that_would_confine_nothing_is_told_with_its_place(tmp_path, text, said):
    (tmp_path / "ropewalk.toml").write_text(text)
    with pytest.raises(SettingsError, match=said):
        load_settings(tmp_path)


def test_the_environment_can_ask_for_it_too_and_is_held_to_the_same_words(tmp_path, monkeypatch):
    monkeypatch.setenv("ROPEWALK_CONFINE", "worktree")
    monkeypatch.setenv("ROPEWALK_NETWORK", "false")
    monkeypatch.setenv("ROPEWALK_READABLE", "/data:~/more")
    settings = load_settings(tmp_path)
    assert (settings.confine, settings.network, settings.readable) == ("worktree", False, ("/data", "~/more"))
    monkeypatch.setenv("ROPEWALK_CONFINE", "wroktree")
    with pytest.raises(
        SettingsError, match="confine is not usable: it cannot be 'wroktree'; did you mean worktree"
    ):
        load_settings(tmp_path)


def test_limits_are_a_table_that_every_agent_has_which_says_no_other(tmp_path):
    (tmp_path / "ropewalk.toml").write_text(
        '[limits]\nopen_files = 77\n[agents.a]\nargv = ["x"]\n[agents.b]\nargv = ["x"]\nlimits = {open_files = 5}\n'
    )
    settings = load_settings(tmp_path)
    agents: Any = agents_of(settings)
    assert tools_of(settings).settings["limits"] == ProcessLimits(open_files=77)
    assert [agents[name]._settings.limits for name in ("a", "b", "claude")] == [
        ProcessLimits(open_files=77),
        ProcessLimits(open_files=5),
        ProcessLimits(open_files=77),
    ]


def test_a_limit_that_there_is_not_is_refused(tmp_path):
    (tmp_path / "ropewalk.toml").write_text("[limits]\nopen_file = 77\n")
    with pytest.raises(SettingsError, match="limits"):
        load_settings(tmp_path)


@pytest.mark.parametrize("pattern", ["/etc/**", "../x", "~/x", "a/../../x", ".", ""])
def test_a_pattern_that_protects_nothing_of_the_project_is_told_with_its_place(tmp_path, pattern):
    (tmp_path / "ropewalk.toml").write_text(f'slots = 2\nprotect = ["ok/**", "{pattern}"]\n')
    with pytest.raises(
        SettingsError, match=r"setting protect .*ropewalk.toml:2:1: .* is no file or pattern inside"
    ):
        load_settings(tmp_path)


def test_what_is_protected_is_a_list_also_in_the_environment(tmp_path, monkeypatch):
    (tmp_path / "ropewalk.toml").write_text('protect = "tests/**"\n')
    with pytest.raises(SettingsError, match=r"ropewalk.toml:1:1: it is a list: protect = "):
        load_settings(tmp_path)
    monkeypatch.setenv("ROPEWALK_PROTECT", "a/**:b.txt")
    assert load_settings(tmp_path).protect == ("a/**", "b.txt")


@pytest.mark.parametrize(
    "value", ["memory_bytes = -1", "open_files = 0", "cpu_seconds = 9223372036854775808", "memory = 5"]
)
@pytest.mark.parametrize("table", ["limits", "agents.mine.limits"])
def test_a_limit_that_would_hold_nothing_is_refused_at_once(tmp_path, table, value):
    (tmp_path / "ropewalk.toml").write_text(f"[{table}]\n{value}\n")
    with pytest.raises(SettingsError, match=table):
        load_settings(tmp_path)
