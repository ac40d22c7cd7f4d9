"""The table of commands says no more than it can keep: each line leads to a command of that name, and fits its place."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ropewalk.cli.finding import find
from ropewalk.cli.table import GROUPS, entries

NAME_COLUMNS = 11
"""What the first page keeps for names; the longest is `completion`."""


@pytest.mark.parametrize("name", list(entries()))
def test_every_line_leads_to_a_command_of_that_name_and_meaning(name):
    command = find(name)
    assert (command.name, command.summary) == (name, entries()[name][1])


def test_no_name_stands_in_two_groups():
    names = [name for group in GROUPS.values() for name in group]
    assert list(entries()) == names
    assert len(set(names)) == len(names)


def test_no_two_names_lead_to_the_same_command():
    places = [place for place, _ in entries().values()]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, (_, line) in entries().items()])
def test_a_name_fits_its_column_and_its_line_is_one_sentence_without_an_end(name, line):
    assert name.isascii()
    assert name.islower()
    assert len(name) <= NAME_COLUMNS
    assert line[0].isupper()
    assert not line.endswith(".")
    assert line.splitlines() == [line.strip()]


def test_the_table_itself_imports_nothing():
    """It is what `ropewalk --help` is printed from."""
    script = (
        "import ropewalk.cli, sys; before = {*sys.modules}; import ropewalk.cli.table;"
        "print(*sorted({*sys.modules} - before))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["ropewalk.cli.table"]
