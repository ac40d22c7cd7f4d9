"""The documentation leads somewhere, keeps to its form, and names every command and setting that there is."""

from __future__ import annotations

import importlib
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from tests.architecture.tree import ROOT, at, listed

DOCS = ROOT / "docs"
DECISION_LINES = 40
FENCE = re.compile(r"^(```+|~~~+).*?^\1\s*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]*))?\)")


def pages() -> list[Path]:
    return [*sorted(DOCS.rglob("*.md")), *sorted(ROOT.glob("*.md"))]


def text(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[tuple[Path, str]]:
    return [
        ((page.parent / name).resolve() if name else page, anchor)
        for name, anchor in LINK.findall(text(page))
    ]


def anchors(page: Path) -> set[str]:
    """As forges make them from headings: lower case, no punctuation, hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_to_a_file_and_to_a_heading():
    faults = []
    for page in pages():
        for target, anchor in links(page):
            if not target.exists():
                faults.append(f"{at(page)}: there is no {target.name}")
            elif anchor and target.suffix == ".md" and anchor not in anchors(target):
                faults.append(f"{at(page)}: {target.name} has no heading #{anchor}")
    assert not faults, listed(faults)


def test_every_page_can_be_reached_from_the_first():
    seen: set[Path] = set()
    ahead = [DOCS / "index.md"]
    while ahead:
        page = ahead.pop()
        if page not in seen:
            seen.add(page)
            ahead += [target for target, _ in links(page) if target.suffix == ".md" and target.is_file()]
    faults = [at(page) for page in sorted(set(DOCS.rglob("*.md")) - seen)]
    assert not faults, listed(faults)


def test_each_page_has_one_title():
    faults = [at(page) for page in pages() if len(re.findall(r"^# ", text(page), re.MULTILINE)) != 1]
    assert not faults, listed(faults)


def test_decisions_fit_on_a_page_and_are_numbered_in_turn():
    decisions = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    lengths = [(page, len(page.read_text(encoding="utf-8").splitlines())) for page in decisions]
    faults = [f"{at(page)}: {lines} lines" for page, lines in lengths if lines > DECISION_LINES]
    assert not faults, listed(faults)
    assert [int(page.name[:4]) for page in decisions] == list(range(1, len(decisions) + 1))


def test_every_command_is_in_the_documentation():
    said = _everything_said()
    faults = [
        f"ropewalk {name}" for name in _commands() if not re.search(rf"\bropewalk {re.escape(name)}\b", said)
    ]
    assert not faults, listed(faults)


def test_every_setting_is_in_the_documentation():
    said = _everything_said()
    faults = [name for name in _settings() if not re.search(rf"`(\w+\.)*{re.escape(name)}`", said)]
    assert not faults, listed(faults)


def _everything_said() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in pages())


def _commands() -> list[str]:
    """The names in the command table."""
    return list(importlib.import_module("ropewalk.cli.table").entries())


def _settings() -> list[str]:
    """The keys of ropewalk.toml, tables by their own keys; none before there are settings."""
    if find_spec("ropewalk.app.settings") is None:
        return []
    return _keys(importlib.import_module("ropewalk.app.settings").Settings)


def _keys(kind: Any) -> list[str]:
    names = []
    for field in msgspec.structs.fields(kind):
        inner = (
            field.type if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct) else None
        )
        names += _keys(inner) if inner else [field.encode_name]
    return names
