"""A file past 400 lines, or a function past 60, hides a second idea."""

from __future__ import annotations

import ast

from tests.architecture.tree import at, definitions, listed, python_files

FILE_LINES = 400
FUNCTION_LINES = 60


def test_no_file_is_longer_than_400_lines():
    counted = [(path, len(path.read_text(encoding="utf-8").splitlines())) for path in python_files()]
    faults = [f"{at(path)}: {lines} lines" for path, lines in counted if lines > FILE_LINES]
    assert not faults, listed(faults)


def test_no_function_is_longer_than_60_lines():
    faults = []
    for path in python_files():
        for node in definitions(path):
            if isinstance(node, ast.ClassDef):
                continue
            lines = _lines(node)
            if lines > FUNCTION_LINES:
                faults.append(f"{at(path, node.lineno)}: {node.name} has {lines} lines")
    assert not faults, listed(faults)


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From `def` to the end; what it says about itself is not counted."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return whole
    docstring = function.body[0]
    return whole - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)
