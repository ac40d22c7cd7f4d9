"""No key of the format is a decoration: what a workflow can say is read by the code that acts on it, or that refuses it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.architecture.tree import SRC, at, listed, python_files, syntax

DEFINITION = (SRC / "definition" / "workflow.py", SRC / "definition" / "policy.py")

PASSED_ON = {"cli", "documents", "formats", "mcp", "preview", "testing", "web", "yaml"}
"""Packages that read, write or draw a workflow, and do nothing that it says."""


def fields_of(path: Path) -> Iterator[tuple[str, int]]:
    """Each field of each struct of a module, with its line."""
    for struct in syntax(path).body:
        if isinstance(struct, ast.ClassDef):
            for node in struct.body:
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    yield node.target.id, node.lineno


def attributes_read_by(paths: Iterable[Path]) -> set[str]:
    return {
        node.attr
        for path in paths
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }


def unread(structs: Iterable[Path], readers: Iterable[Path]) -> list[str]:
    """The fields that no reader looks at."""
    names_read = attributes_read_by(readers)
    return [
        f"{at(path, line)}: {name}"
        for path in structs
        for name, line in fields_of(path)
        if name not in names_read
    ]


def acting() -> list[Path]:
    return [
        path
        for path in python_files("src")
        if path.relative_to(SRC).parts[0] not in PASSED_ON and path not in DEFINITION
    ]


def test_what_a_workflow_says_is_acted_on():
    faults = unread(DEFINITION, acting())
    assert not faults, listed(faults)
