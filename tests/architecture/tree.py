"""The tree as the rules of the house see it: its Python files, their syntax, and what is tracked."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "ropewalk"
PLACES = ("src", "tests", "tools", "benchmarks", "examples")

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@cache
def python_files(*places: str) -> tuple[Path, ...]:
    """Every Python file below these places of the repository; hidden folders (caches, environments) are not ours."""
    found = [path for place in places or PLACES for path in (ROOT / place).rglob("*.py")]
    return tuple(
        sorted(path for path in found if not any(part[0] == "." for part in path.relative_to(ROOT).parts))
    )


@cache
def syntax(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def _kept(path: Path) -> tuple[Definition | ast.Call, ...]:
    """What the rules look at, found in one walk for all of them."""
    return tuple(node for node in ast.walk(syntax(path)) if isinstance(node, Definition | ast.Call))


def definitions(path: Path) -> Iterator[Definition]:
    for node in _kept(path):
        if not isinstance(node, ast.Call):
            yield node


def calls(path: Path) -> Iterator[tuple[int, str, ast.Call]]:
    """Each call as line, dotted name as written, and the call itself."""
    for node in _kept(path):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func), node


def dotted(node: ast.expr) -> str:
    """A name as it is written; quick for names and attributes, as nearly all are."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ast.unparse(node)


def tracked() -> Iterator[tuple[str, str]]:
    """Name and text of each file that git keeps; a file that is not text is passed over."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file():
            try:
                yield name, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def at(path: Path, line: int | None = None) -> str:
    name = path.relative_to(ROOT).as_posix()
    return name if line is None else f"{name}:{line}"


def listed(faults: list[str]) -> str:
    return "".join(f"\n  {fault}" for fault in faults)
