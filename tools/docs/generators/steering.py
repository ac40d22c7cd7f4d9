"""The tables of files that a gate takes from the start of the run, read off `ropewalk.workspace.judging.steering`."""

from __future__ import annotations

from ropewalk.workspace.judging.steering import AGENTS, CHECKS, TEST_FOLDERS, TEST_NAMES, Family
from tools.docs.blocks import generates

_LEFT_OUT = {
    "same folder": "next to one of these",
    "tests below": "next to one of these, and above tests that were there",
    "always": "always",
    "never": "never",
}


@generates("steering")
def steering() -> str:
    return _table(CHECKS)


@generates("instructions")
def instructions() -> str:
    return _table(AGENTS)


@generates("old_tests")
def tests() -> str:
    folders = ", ".join(f"`{name}/`" for name in TEST_FOLDERS)
    names = ", ".join(f"`{name}`" for name in TEST_NAMES.split())
    return f"Folders with all that is in them: {folders}. Names: {names}."


def _table(families: tuple[Family, ...]) -> str:
    rows = ["| what | files | a new one is left out |", "|---|---|---|"]
    for family in families:
        files = ", ".join(f"`{pattern.removeprefix('./')}`" for pattern in family.patterns)
        rows.append(f"| {family.name} | {files} | {_LEFT_OUT[family.reach]} |")
    return "\n".join(rows)
