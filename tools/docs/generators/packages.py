"""The packages by layer, read from the layers that `import-linter` holds and from what each package says it is."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

from tools.docs.blocks import generates

ROOT = Path(__file__).parents[3]


@generates("packages")
def table() -> str:
    rows = ["| layer | package | what it is |", "|---|---|---|"]
    for number, packages in reversed(list(enumerate(reversed(_layers())))):
        rows += [f"| {number} | `{name}` | {said} |" for name in packages if (said := _said(name))]
    return "\n".join(rows)


def _layers() -> list[list[str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(rule for rule in settings["tool"]["importlinter"]["contracts"] if rule["id"] == "layers")
    return [[name.strip(" ()") for name in layer.split("|")] for layer in contract["layers"]]


def _said(package: str) -> str:
    """The first paragraph of the package's own docstring; nothing for one that is not built yet."""
    place = ROOT / "src" / "ropewalk" / package
    page = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    if not page.is_file():
        return ""
    said = ast.get_docstring(ast.parse(page.read_text(encoding="utf-8"))) or ""
    return " ".join(said.split("\n\n")[0].split())
