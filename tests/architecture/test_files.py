"""What is tracked says nothing about the machine it was written on."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from tests.architecture.tree import ROOT, listed, tracked

MACHINE = re.compile(
    r"/wor[k]/|/roo[t]/|/tm[p]/brief|/\.librar[y]|(?<![\w/])/home/(?!you\b)\w"
    r"|pytho[n]hosted|pypi\.or[g]|npmj[s]|registry\.np[m]|--(extra-)?index-ur[l]\b(?!.*no-emit)"
)
"""Bracketed so that this file is not its own fault."""


@pytest.mark.needs("git")
def test_no_tracked_file_names_a_machine_or_a_registry():
    faults = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in tracked()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert not faults, listed(faults)


@pytest.mark.needs("git")
def test_no_tracked_link_leads_to_a_place_of_one_machine():
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    links = [entry for entry in git("ls-files", "-s", "-z").split("\0") if entry.startswith("120000 ")]
    names = [entry.partition("\t")[2] for entry in links]
    faults = [name for name in names if os.path.isabs(git("show", f":{name}"))]
    assert not faults, listed(faults)
