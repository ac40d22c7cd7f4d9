"""One word per idea: the rejected words of the design name no module, class or function of the package."""

from __future__ import annotations

import re

from tests.architecture.tree import SRC, at, definitions, listed, python_files

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


def test_no_module_is_a_hiding_place():
    names = [(path, path.parent.name if path.stem == "__init__" else path.stem) for path in python_files()]
    faults = [f"{at(path)}: name what it holds" for path, name in names if name.strip("_") in HIDING_PLACES]
    assert not faults, listed(faults)


def test_definitions_use_the_words_of_the_design():
    faults = []
    for path in python_files("src"):
        place = path.relative_to(SRC).with_suffix("").as_posix()
        rejected = REJECTED.keys() - {
            word for room in ALLOWED if place.startswith(room) for word in ALLOWED[room]
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
