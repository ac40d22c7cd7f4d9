"""No key of the format is a decoration: what a workflow can say is read by the code that acts on it, or that refuses it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ropewalk.formats.native.schema import workflow_schema
from tests.architecture.effects import SHOWN_BY
from tests.architecture.tree import SRC, at, listed, python_files, syntax

EFFECTS = "tests/architecture/effects.py"
TESTS = Path(__file__).parents[1]
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


def keys_of_the_format() -> set[str]:
    """Each key as `Struct.key`, as the JSON Schema has them."""
    schema = workflow_schema()
    structs = {"Document": schema, **schema["$defs"]}
    return {f"{name}.{key}" for name, struct in structs.items() for key in struct.get("properties", ())}


def functions_of(file: str) -> set[str]:
    return {
        node.name
        for node in syntax(TESTS / file).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def unshown(keys: set[str], shown_by: Mapping[str, str]) -> list[str]:
    """Keys whose effect no test shows, tests that are not there, and keys that are none."""
    faults = [f"{key}: no test shows what it does; name one in {EFFECTS}" for key in keys - shown_by.keys()]
    faults += [f"{key}: the format has no such key" for key in shown_by.keys() - keys]
    named = ((key, *where.split("::")) for key, where in shown_by.items())
    faults += [f"{key}: {file} has no {test}" for key, file, test in named if test not in functions_of(file)]
    return sorted(faults)


def test_a_test_shows_what_each_key_does():
    faults = unshown(keys_of_the_format(), SHOWN_BY)
    assert not faults, listed(faults)


def test_a_key_whose_effect_no_test_shows_is_found():
    here = "architecture/test_keys.py::test_a_test_shows_what_each_key_does"
    assert unshown({"Step.run"}, {"Step.run": here}) == []
    faults = unshown({"Step.run", "Step.new"}, {"Step.run": f"{here}_not", "Step.gone": here})
    assert [fault.partition(":")[0] for fault in faults] == ["Step.gone", "Step.new", "Step.run"]


def test_what_a_workflow_says_is_acted_on():
    faults = unread(DEFINITION, acting())
    assert not faults, listed(faults)
