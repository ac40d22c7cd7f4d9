"""One name, one thing: a class name stands once in the package, nothing is defined that nobody uses, and the names that the
explanations give are there. Each rule is shown to fail on what it forbids."""

from __future__ import annotations

import ast
import importlib
import io
import re
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import pytest

from tests.architecture.test_layers import GIVING
from tests.architecture.tree import ROOT, SRC, at, listed, python_files, syntax

NAMED_FROM_OUTSIDE = {
    "AgentContract": "who writes an agent tests it with this",
    "ManualClock": "who tests with time imports it",
    "MEANINGS": "the reference of the command line is made of it",
    "do_GET": "http.server calls it",
    "do_POST": "http.server calls it",
    "handle_error": "socketserver calls it",
    "log_message": "http.server calls it",
}
"""What nothing in the package names, and why it stays."""

EXPLAINED = ("architecture.md", "life-of-a-step.md")


def classes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in python_files("src"):
        for node in syntax(path).body:
            if isinstance(node, ast.ClassDef):
                found[node.name].append(at(path, node.lineno))
    return found


def repeated(found: Mapping[str, list[str]]) -> list[str]:
    return [f"{name}: {', '.join(places)}" for name, places in found.items() if len(places) > 1]


def test_a_class_name_stands_once_in_the_package():
    faults = repeated(classes())
    assert not faults, listed(faults)


def test_a_class_name_that_stands_twice_is_found():
    assert repeated({"Told": ["a.py:1", "b.py:2"], "Run": ["c.py:3"]}) == ["Told: a.py:1, b.py:2"]


def words_of(source: str) -> Iterable[str]:
    """Each name that is used, also within a string: a class that a registry names is used."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            yield token.string
        elif token.type == tokenize.STRING:
            yield from re.findall(r"[A-Za-z_]\w*", token.string)


def defined_in(tree: ast.Module) -> Iterable[tuple[str, int]]:
    """Functions, methods and classes that no decorator hands to somebody, and what the module assigns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            handed = [
                d
                for d in node.decorator_list
                if ast.unparse(d) not in ("property", "classmethod", "staticmethod")
            ]
            if not handed and not node.name.startswith(("__", "test_", "visit_")):
                yield node.name, node.lineno
    for node in tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        yield from ((target.id, node.lineno) for target in targets if isinstance(target, ast.Name))


def unused(sources: Mapping[str, str]) -> list[str]:
    """Names that stand only where they are defined."""
    count = Counter(word for source in sources.values() for word in words_of(source))
    return [
        f"{place}:{line}: {name}"
        for place, source in sources.items()
        for name, line in defined_in(ast.parse(source))
        if count[name] == 1
    ]


@pytest.mark.no_cover
def test_nothing_is_defined_that_nobody_uses():
    sources = {
        at(path): path.read_text(encoding="utf-8")
        for path in python_files("src")
        if path not in GIVING  # that a package gives a name is no use of it
    }
    found = unused(sources)
    faults = [fault for fault in found if fault.rpartition(" ")[2] not in NAMED_FROM_OUTSIDE]
    assert not faults, listed(faults)
    gone = NAMED_FROM_OUTSIDE.keys() - {fault.rpartition(" ")[2] for fault in found}
    assert not gone, f"these need no excuse any more: {sorted(gone)}"


def test_what_nobody_uses_is_found():
    sources = {
        "a.py": "LEFT = 1\n\ndef used():\n    return 2\n",
        "b.py": "from a import used\n\nprint(used())\n",
    }
    assert unused(sources) == ["a.py:1: LEFT"]


def stands(name: str) -> bool:
    """Whether a dotted name below `ropewalk` can be reached."""
    whole = f"ropewalk.{name}"
    module = whole
    left: list[str] = []
    while module:
        try:
            found = importlib.import_module(module)
        except ImportError:
            module, _, last = module.rpartition(".")
            left.insert(0, last)
            continue
        for part in left:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


@pytest.mark.parametrize("page", EXPLAINED)
def test_the_names_in_the_explanations_are_there(page: str):
    text = (ROOT / "docs" / "explanation" / page).read_text(encoding="utf-8")
    names = re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)+)`", text)
    packages = {path.name for path in SRC.iterdir() if path.is_dir()}
    named = [name for name in names if name.partition(".")[0] in packages]
    assert len(named) > 15
    assert [name for name in named if not stands(name)] == []


def test_a_name_that_is_not_there_is_found():
    assert stands("core.transitions.judge")
    assert not stands("core.joins.no_such_function")
    assert not stands("core.no_such_module.judge")
