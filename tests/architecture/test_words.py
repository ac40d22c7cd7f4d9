"""One word per idea: the rejected words of the design name no module, class or function of the package."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import SRC, at, definitions, listed, python_files, syntax

HIDING_PLACES = {
    "base",
    "bases",
    "common",
    "helper",
    "helpers",
    "manager",
    "misc",
    "service",
    "util",
    "utils",
}
"""Module names behind which anything can hide."""

REJECTED = {
    "aggregate": "Merge",
    "backend": "adapter",
    "bot": "Agent",
    "bus": "Feed",
    "dag": "Workflow",
    "deliverable": "Artifact",
    "envelope": "Record",
    "execution": "Run",
    "executor": "Dispatch",
    "guard": "Gate",
    "hitl": "Ask",
    "instance": "Run",
    "iteration": "Round",
    "job": "Step",
    "manager": "port or adapter",
    "node": "Step",
    "pipeline": "Workflow",
    "platform": "Forge",
    "reconcile": "Merge",
    "runner": "Worker",
    "scm": "Forge",
    "service": "port or adapter",
    "stage": "Phase",
    "task": "Step",
    "ticket": "Ask",
    "topic": "Feed",
    "validator": "Gate",
}
"""Words with another meaning in Python or in somebody's protocol (message, request, signal, result, session ...) are
left to the reader."""

ALLOWED = {
    "formats/": {"aggregate", "node", "stage", "task"},
    "yaml/": {"node"},
    "definition/condition/": {"node"},
    "workspace/": {"stage"},
}
"""Where other people's files name their parts so, where a node is one of a syntax tree, and git's own word for its index."""


EMPTY_NAMES = {"found", "given", "gone", "hands_on", "here", "one", "said", "there", "thing", "told"}
"""Names that say nothing of a value to somebody who has not seen the code."""

GIVEN_WHEN_THEN = "src/ropewalk/testing/given.py: given"
"""The first word of a test in that style, as everybody writes it."""


def test_no_module_is_a_hiding_place():
    names = [(path, path.parent.name if path.stem == "__init__" else path.stem) for path in python_files()]
    faults = [f"{at(path)}: name what it holds" for path, name in names if name.strip("_") in HIDING_PLACES]
    assert not faults, listed(faults)


def test_definitions_use_the_words_of_the_design():
    faults = []
    for path in python_files("src"):
        place = path.relative_to(SRC).with_suffix("").as_posix()
        rejected = REJECTED.keys() - {
            word for package in ALLOWED if place.startswith(package) for word in ALLOWED[package]
        }
        names = [(1, part) for part in place.split("/")]
        names += [(node.lineno, node.name) for node in definitions(path)]
        faults += [
            f"{at(path, line)}: {named} says {word}; our word is {REJECTED[word]}"
            for line, named in names
            for word in sorted(_words(named) & rejected)
        ]
    assert not faults, listed(faults)


def _words(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name in lower case, in the singular too."""
    words = {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}
    return words | {word.removesuffix("s") for word in words}


def test_a_name_says_what_its_value_is():
    bound = {f"{at(path)}: {name}" for path in python_files("src") for name in _bound(syntax(path))}
    faults = [fault for fault in bound if fault.rpartition(" ")[2].strip("_") in EMPTY_NAMES]
    assert not set(faults) - {GIVEN_WHEN_THEN}, listed(sorted(faults))


def _bound(module: ast.Module) -> Iterator[str]:
    """Every name that a module gives to a value, a parameter or a function."""
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                yield name
