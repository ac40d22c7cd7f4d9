import os
import subprocess
import sys

import pytest

from weft.cli import offers


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_words_for_each_shell(weft, shell):
    ended = weft("completion", shell)
    assert ended.code == 0
    assert "_WEFT_COMPLETE" in ended.out


def test_an_unknown_shell_is_refused(weft, monkeypatch):
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert "tcsh is not known here" in weft("completion").err


def _completed(folder, words, number):
    environment = {
        **os.environ,
        "_WEFT_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(number),
    }
    ended = subprocess.run(
        [sys.executable, "-m", "weft"],
        capture_output=True,
        text=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    return ended.stdout.split()


def test_commands_options_and_values_are_completed(weft):
    assert _completed(weft.folder, "weft wor", 1) == ["workflows"]
    assert "--parallel" in _completed(weft.folder, "weft run --par", 2)
    assert _completed(weft.folder, "weft run sd", 2) == ["sdlc"]
    assert _completed(weft.folder, "weft run sdlc --assume t", 4) == ["true"]


def test_runs_are_offered_and_trouble_is_kept_from_the_shell(weft):
    weft.run("{id: a, uses: noop}")
    run = weft.json("runs")["runs"][0]["run"]
    assert offers.runs("") == ["last", run]
    assert offers.runs("la") == ["last"]
    assert offers.workflows("sd") == ["sdlc"]
    weft.write(".weft/weft.db", "no database, " * 99)
    assert offers.runs("") == []
