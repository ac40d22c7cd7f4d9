"""A command is found by its exact name, with its own module and no other; a slip gets the nearest name and never a command."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version as installed

import pytest

from ropewalk.cli.finding import ELSEWHERE, find, version
from ropewalk.cli.table import entries
from ropewalk.errors import UsageError


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("rnu", "did you mean `ropewalk run`?"),
        ("aprove", "did you mean `ropewalk approve`?"),
        ("Run", "did you mean `ropewalk run`?"),
        ("runs ", "did you mean `ropewalk runs`?"),
        ("abrt", "did you mean `ropewalk abort`?"),
        ("zzzzz", "`ropewalk --help` lists what there is"),
        ("", "`ropewalk --help` lists what there is"),
        ("x" * 100_000, "`ropewalk --help` lists what there is"),
        ("запуск", "`ropewalk --help` lists what there is"),
        ("run:RUN", "did you mean `ropewalk run`?"),
        ("../run", "did you mean `ropewalk run`?"),
    ],
)
def test_a_slip_is_refused_with_the_nearest_command(word, near):
    with pytest.raises(UsageError) as refused:
        find(word)
    assert repr(word) in refused.value.message
    assert refused.value.how == near


def test_a_slip_on_the_command_line_is_bad_input(ropewalk):
    ended = ropewalk("rnu", "w.yaml", "--input", "a=1")
    assert (ended.code, ended.out) == (2, "")
    assert "There is no command 'rnu'.\n      did you mean `ropewalk run`?" in ended.err


@pytest.mark.parametrize(("name", "module"), [("schema", "validate"), ("approve", "inbox"), ("doc", "doc")])
def test_no_module_of_another_command_is_imported(name, module):
    modules = {f"ropewalk.cli.{place.partition(':')[0]}" for place, _ in entries().values()}
    script = (
        "import sys; from ropewalk.cli.finding import find;"
        f"assert find({name!r}).name == {name!r}; print(*sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert modules & {*ended.stdout.split()} == {f"ropewalk.cli.{module}"}


def test_the_version_is_that_of_the_distribution(ropewalk):
    assert version() == installed("ropewalk")
    assert ropewalk("--version").out == f"ropewalk {version()}\n"


@pytest.mark.parametrize(
    ("word", "ours"), [("start", "run"), ("ps", "runs"), ("status", "show"), ("cancel", "abort")]
)
def test_a_word_of_other_programs_gets_our_command(word, ours):
    with pytest.raises(UsageError) as refused:
        find(word)
    assert refused.value.how == f"did you mean `ropewalk {ours}`?"


def test_every_word_of_other_programs_is_none_of_ours_and_leads_to_one():
    assert not ELSEWHERE.keys() & entries().keys()
    assert set(ELSEWHERE.values()) <= entries().keys()
