"""Only the core moves the state of a run: whoever else is handed one reads it, and alters nothing that belongs to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import SRC, at, listed, python_files, syntax

STATES = {"State", "StepState"}
BY_HABIT = {"state", "st"}
"""What a state is called where nothing says its type."""
ALTERING = {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault", "sort", "update"}  # fmt: skip


def test_nobody_but_the_core_alters_a_state():
    faults = [
        f"{at(path, line)}: {what}"
        for path in python_files("src")
        if SRC / "core" not in path.parents
        for line, what in altered(path)
    ]
    assert not faults, listed(faults)


def altered(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of whatever changes a state, or a list or a mapping that was taken out of one."""
    tree = syntax(path)
    if not any(_is_state(node) for node in ast.walk(tree) if isinstance(node, ast.Name)):
        return
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            states = BY_HABIT | {arg.arg for arg in _arguments(function) if _is_state(arg.annotation)}
            for node in ast.walk(function):
                states |= _taken_out(node, states)
            for node in ast.walk(function):
                for target in _changed(node):
                    if not isinstance(target, ast.Name) and _root(target) in states:
                        yield target.lineno, ast.unparse(target)


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _is_state(annotation: ast.expr | None) -> bool:
    return annotation is not None and any(
        isinstance(node, ast.Name) and node.id in STATES for node in ast.walk(annotation)
    )


def _taken_out(node: ast.AST, states: set[str]) -> set[str]:
    """Names for a part of a state: what is not copied is still the state's own."""
    if isinstance(node, ast.Assign):
        value, targets = node.value, node.targets
    elif isinstance(node, ast.For | ast.AsyncFor):
        value, targets = node.iter, [node.target]
    else:
        return set()
    if isinstance(value, ast.Name) or _root(value) not in states:
        return set()
    return {part.id for target in targets for part in _parts(target) if isinstance(part, ast.Name)}


def _changed(node: ast.AST) -> list[ast.expr]:
    """What a statement or a call changes: an attribute, an item, or the thing whose method alters it."""
    if isinstance(node, ast.Assign | ast.Delete):
        targets = node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ALTERING:
        return [node.func]
    else:
        return []
    return [part for target in targets for part in _parts(target)]


def _parts(target: ast.expr) -> list[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple) else [target]


def _root(node: ast.expr) -> str:
    """The name at the front of `a.b[c].d()`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
