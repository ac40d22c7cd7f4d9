"""Each module says what it is, each error is one of the family, each test stands next to what it tests."""

from __future__ import annotations

import ast
import builtins
import inspect
from pathlib import Path

from tests.architecture.tree import ROOT, SRC, at, calls, definitions, listed, python_files, syntax

FREE_PACKAGES = {"architecture", "journeys", "simulation"}
"""Folders of tests that mirror no single package."""

ERRORS = SRC / "errors.py"
ROOT_ERROR = "RopewalkError"
BUILT_IN_ERRORS = {
    name for name, kind in vars(builtins).items() if inspect.isclass(kind) and issubclass(kind, BaseException)
}


def test_each_module_opens_by_saying_what_it_is():
    faults = []
    for path in python_files("src", "tools", "benchmarks", "examples"):
        text = path.read_text(encoding="utf-8")
        if text.strip() and not ast.get_docstring(syntax(path)):
            faults.append(at(path))
    assert not faults, listed(faults)


def test_nothing_is_left_for_later_in_the_package():
    marks = ("TODO", "FIXME", "XXX", "pragma: no cover", "pragma: no branch")
    faults = [
        f"{at(path, number)}: {line.strip()}"
        for path in python_files("src")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(mark in line for mark in marks)
    ]
    assert not faults, listed(faults)


def test_every_error_has_one_root_and_a_docstring_that_is_its_message():
    bases = {
        node.name: [ast.unparse(base) for base in node.bases]
        for node in syntax(ERRORS).body
        if isinstance(node, ast.ClassDef)
    }
    faults = []
    for node in syntax(ERRORS).body:
        if isinstance(node, ast.ClassDef) and _is_raised(node.name, bases):
            if ROOT_ERROR not in _ancestors(node.name, bases):
                faults.append(f"{at(ERRORS, node.lineno)}: {node.name} is no {ROOT_ERROR}")
            if not (ast.get_docstring(node) or "").strip():
                faults.append(f"{at(ERRORS, node.lineno)}: {node.name} has no docstring")
    assert not faults, listed(faults)


def _ancestors(name: str, bases: dict[str, list[str]]) -> set[str]:
    """The class and all that it is made of."""
    return {name}.union(*(_ancestors(base, bases) for base in bases.get(name, ())))


def _is_raised(name: str, bases: dict[str, list[str]]) -> bool:
    return not BUILT_IN_ERRORS.isdisjoint(_ancestors(name, bases))


def test_every_error_lives_in_errors():
    """So that one file shows a reader all that can go wrong."""
    errors = {node.name for node in definitions(ERRORS) if isinstance(node, ast.ClassDef)} | BUILT_IN_ERRORS
    faults = [
        f"{at(path, node.lineno)}: class {node.name}"
        for path in python_files("src")
        for node in definitions(path)
        if path != ERRORS
        and isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).rpartition(".")[2] in errors for base in node.bases)
    ]
    assert not faults, listed(faults)


def test_each_test_file_is_named_for_what_it_tests():
    """tests/store/test_sqlite.py tests src/ropewalk/store/sqlite.py; test_sqlite_locks.py may be its second half."""
    faults = []
    for path in python_files("tests"):
        *packages, name = path.relative_to(ROOT / "tests").parts
        if (
            name.startswith("test_")
            and not (packages and packages[0] in FREE_PACKAGES)
            and not _mirrored(packages, path.stem)
        ):
            faults.append(f"{at(path)}: no module of that name in {'/'.join(['src/ropewalk', *packages])}")
    assert not faults, listed(faults)


def test_each_module_has_a_test_file_of_its_name():
    """The contracts of `testing` are tests themselves, and what ships as data is tested where it is run."""
    tested = {path.relative_to(ROOT / "tests").with_suffix("").as_posix() for path in python_files("tests")}
    faults = []
    for path in python_files("src"):
        *packages, name = path.relative_to(SRC).with_suffix("").parts
        if name.startswith("__") or packages[:1] == ["library"] or _is_contract(packages, name):
            continue
        wanted = "/".join([*packages, f"test_{name}"])
        if not any(test == wanted or test.startswith(f"{wanted}_") for test in tested):
            faults.append(f"{at(path)}: there is no tests/{wanted}.py")
    assert not faults, listed(faults)


def _is_contract(packages: list[str], name: str) -> bool:
    return packages[:1] == ["testing"] and any(word.endswith("_contract") for word in (*packages, name))


def _mirrored(packages: list[str], test: str) -> bool:
    mirrored = (
        ROOT.joinpath(*packages)
        if packages[:1] in (["tools"], ["benchmarks"], ["examples"])
        else SRC.joinpath(*packages)
    )
    words = test.removeprefix("test_").split("_")
    names = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
    return any((mirrored / f"{name}.py").is_file() or (mirrored / name).is_dir() for name in names)


def test_no_test_waits_by_the_clock():
    """`sleep(0)` lets others run and an hour is for ever; anything between is a guess about a machine's speed."""
    faults = [
        f"{at(path, line)}: {name}"
        for path in python_files("tests")
        for line, name, call in calls(path)
        if name.rpartition(".")[2] == "sleep" and _is_a_guess(call)
    ]
    assert not faults, listed(faults)


def _is_a_guess(call: ast.Call) -> bool:
    seconds = call.args[0] if call.args else None
    return (
        isinstance(seconds, ast.Constant)
        and isinstance(seconds.value, int | float)
        and 0 < seconds.value < 60
    )


def test_every_package_has_a_layer():
    """A new package has its layer before it has its first file."""
    import tomllib

    settings = tomllib.loads(Path(ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(rule for rule in settings["tool"]["importlinter"]["contracts"] if rule["id"] == "layers")
    named = {package.strip(" ()") for layer in layers["layers"] for package in layer.split("|")}
    packages = {path.name for path in SRC.iterdir() if path.is_dir() and path.name[0] not in "._"}
    assert packages <= named, listed(sorted(packages - named))
