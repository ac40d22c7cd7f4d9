"""A child's environment is an allow list."""

from __future__ import annotations

import pytest

from ropewalk.agents.environment import clean_environment

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
    made = clean_environment({}, of=OURS)
    assert made["PATH"] == "/bin"
    assert made["LC_ALL"] == "C"
    assert made["EDITOR"] == "true"
    assert made["GIT_TERMINAL_PROMPT"] == "0"
    assert not {"AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "MY_A", "PATHS"} & made.keys()


def test_a_name_that_only_begins_as_a_known_one_does_does_not_pass():
    ours = {"LC_SECRET": "s", "XDG_TOKEN": "t", "LC_CTYPE": "C.UTF-8", "XDG_CACHE_HOME": "/c"}
    made = clean_environment({}, of=ours)
    assert {"LC_CTYPE", "XDG_CACHE_HOME"} <= made.keys()
    assert not {"LC_SECRET", "XDG_TOKEN"} & made.keys()


@pytest.mark.parametrize("name", ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"])
@pytest.mark.parametrize(
    ("address", "passes"),
    [
        ("http://ada:secret@proxy.example:8080/", "http://proxy.example:8080/"),
        ("http://ada:se/cr@et@proxy.example:8080", "http://proxy.example:8080"),
        ("http://ada:a://b@proxy.example", "http://proxy.example"),
        ("ada:secret@proxy.example:8080", "proxy.example:8080"),
        ("http://token@[::1]:8080", "http://[::1]:8080"),
        ("http://proxy.example:8080", "http://proxy.example:8080"),
        ("", ""),
    ],
)
def test_a_proxys_password_stays_here_unless_the_variable_is_passed_by_name(name, address, passes):
    assert clean_environment({}, of={name: address})[name] == passes
    assert clean_environment({}, passed=(name,), of={name: address})[name] == address
    assert clean_environment({}, of={"no_proxy": "localhost,10.0.0.1"})["no_proxy"] == "localhost,10.0.0.1"


def test_what_is_passed_by_pattern_or_given_comes_along_and_the_given_wins():
    made = clean_environment({"PATH": "/own", "PAGER": "less"}, passed=("MY_*",), of=OURS)
    assert (made["MY_A"], made["PATH"], made["PAGER"]) == ("a", "/own", "less")


def test_without_more_said_it_is_our_own_environment_that_is_cleaned(monkeypatch):
    monkeypatch.setenv("SOME_TOKEN", "t")
    assert "SOME_TOKEN" not in clean_environment({})
    assert "PATH" in clean_environment({})
