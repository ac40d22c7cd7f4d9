"""What is tracked says nothing about the machine it was written on, and locks stay locked."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.house.tree import ROOT, listed, tracked

MACHINE = re.compile(
    r"/wor[k]/|/roo[t]/|/tm[p]/brief|/opt/wef[t]|/\.librar[y]|(?<![\w/])/home/(?!you\b)\w"
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


@pytest.mark.parametrize("lock", ["all", "base", "test"])
def test_every_locked_requirement_is_pinned_and_hashed(lock):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    entries = re.findall(r"^[A-Za-z0-9].*(?:\n[ \t]+.*)*", text, re.MULTILINE)
    assert entries
    faults = [
        entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry
    ]
    assert not faults, listed(faults)


def test_the_locks_hold_what_the_package_declares():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [need for extra in project["optional-dependencies"].values() for need in extra]
    for lock, needs in (("base", project["dependencies"]), ("all", [*project["dependencies"], *extras])):
        locked = _names((ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8").splitlines())
        missing = _names(needs) - locked - {"weft"}
        assert not missing, f"make locks: requirements/{lock}.txt lacks {sorted(missing)}"


def _names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9][\w.-]*", line) for line in requirements)
    return {re.sub(r"[-_.]+", "-", name[0]).lower() for name in found if name}
