"""A child's environment is an allow list."""

from __future__ import annotations

from weft.agents.environment import clean

OURS = {
    "PATH": "/bin",
    "LC_ALL": "C",
    "AWS_SECRET_ACCESS_KEY": "s",
    "GITHUB_TOKEN": "t",
    "MY_A": "a",
    "EDITOR": "vi",
    "PATHS": "x",
}


def test_only_names_on_the_list_pass_and_nothing_waits_for_a_terminal():
    made = clean({}, of=OURS)
    assert made["PATH"] == "/bin"
    assert made["LC_ALL"] == "C"
    assert made["EDITOR"] == "true"
    assert made["GIT_TERMINAL_PROMPT"] == "0"
    assert not {"AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "MY_A", "PATHS"} & made.keys()


def test_what_is_passed_by_pattern_or_given_comes_along_and_the_given_wins():
    made = clean({"PATH": "/own", "PAGER": "less"}, passed=("MY_*",), of=OURS)
    assert (made["MY_A"], made["PATH"], made["PAGER"]) == ("a", "/own", "less")


def test_without_more_said_it_is_our_own_environment_that_is_cleaned(monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "t")
    assert "SOME_TOKEN" not in clean({})
    assert "PATH" in clean({})
