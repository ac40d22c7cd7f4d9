"""The rooms of the package by floor, read from the floors that `import-linter` holds and from what each room says it is."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

from tools.docs.blocks import generates

ROOT = Path(__file__).parents[3]


@generates("rooms")
def table() -> str:
    rows = ["| floor | room | what it is |", "|---|---|---|"]
    for number, rooms in reversed(list(enumerate(reversed(_floors())))):
        rows += [f"| {number} | `{name}` | {said} |" for name in rooms if (said := _said(name))]
    return "\n".join(rows)


def _floors() -> list[list[str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(rule for rule in settings["tool"]["importlinter"]["contracts"] if rule["id"] == "floors")
    return [[name.strip(" ()") for name in layer.split("|")] for layer in contract["layers"]]


def _said(room: str) -> str:
    """The first paragraph of the room's own docstring; nothing for a room that is not built yet."""
    place = ROOT / "src" / "ropewalk" / room
    page = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    if not page.is_file():
        return ""
    said = ast.get_docstring(ast.parse(page.read_text(encoding="utf-8"))) or ""
    return " ".join(said.split("\n\n")[0].split())
