import os
import subprocess
import sys

import pytest

from ropewalk.cli import offers


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_words_for_each_shell(ropewalk, shell):
    ended = ropewalk("completion", shell)
    assert ended.code == 0
    assert "_ROPEWALK_COMPLETE" in ended.out


def test_an_unknown_shell_is_refused(ropewalk, monkeypatch):
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert "tcsh is not known here" in ropewalk("completion").err


def _completed(folder, words, number):
    environment = {
        **os.environ,
        "_ROPEWALK_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(number),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "ropewalk"],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    return ended.stdout.split()


def test_commands_options_and_values_are_completed(ropewalk):
    assert _completed(ropewalk.folder, "ropewalk wor", 1) == ["workflows"]
    assert "--parallel" in _completed(ropewalk.folder, "ropewalk run --par", 2)
    assert _completed(ropewalk.folder, "ropewalk run sd", 2) == ["sdlc"]
    assert _completed(ropewalk.folder, "ropewalk run sdlc --assume t", 4) == ["true"]


def test_runs_are_offered_and_trouble_is_kept_from_the_shell(ropewalk):
    ropewalk.run("{id: a, uses: noop}")
    run = ropewalk.json("runs")["runs"][0]["run"]
    assert offers.runs("") == ["last", run]
    assert offers.runs("la") == ["last"]
    assert offers.workflows("sd") == ["sdlc"]
    ropewalk.write(".ropewalk/ropewalk.db", "no database, " * 99)
    assert offers.runs("") == []
