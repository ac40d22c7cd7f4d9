"""Who may import whom: packages give names in one place and are entered nowhere else, and each contract of import-linter is
shown to fail on what it forbids."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, SRC, listed, python_files, syntax

GIVING = tuple(sorted(path for path in SRC.glob("*/__init__.py") if "lazy(" in path.read_text("utf-8")))


def for_types(tree: ast.Module) -> set[tuple[str, str]]:
    """What a package imports for type checkers, as (module, name)."""
    block = next(n for n in tree.body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")
    found = set()
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        assert node.module is not None
        for alias in node.names:
            assert alias.asname == alias.name, f"{alias.name} is not given on"
            own = node.module.removeprefix("ropewalk.")
            inside = f"{own}.{alias.name}"
            found.add((inside if _is_module(inside) else own, alias.name))
    return found


def _is_module(dotted: str) -> bool:
    path = SRC.joinpath(*dotted.split("."))
    return path.with_suffix(".py").is_file()


def when_asked(tree: ast.Module) -> set[tuple[str, str]]:
    """What a package loads when it is asked for, as (module, name)."""
    call = next(n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "lazy")
    return {(home, name) for home, names in ast.literal_eval(call.args[1]).items() for name in names.split()}


@pytest.mark.parametrize("path", GIVING, ids=lambda path: path.parent.name)
def test_what_a_package_gives_is_the_same_for_type_checkers_and_for_programs(path: Path):
    tree = syntax(path)
    assert for_types(tree) == when_asked(tree)


def taken() -> dict[str, set[str]]:
    """By package, the names that files outside of it import from its `__init__`."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in python_files("src"):
        own = path.relative_to(SRC).parts[0]
        for node in ast.walk(syntax(path)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.count(".") == 1:
                package = node.module.partition(".")[2]
                if package != own:
                    found[package] |= {alias.name for alias in node.names}
    return found


def test_a_package_gives_nothing_that_nobody_takes():
    took = taken()
    faults = [
        f"{path.parent.name}: {name}"
        for path in GIVING
        for _, name in sorted(for_types(syntax(path)))
        if name not in took[path.parent.name]
    ]
    assert not faults, listed(faults)


PLANTED = {
    "layers": ("store/planted.py", "from ropewalk.runtime import Engine"),
    "doors": ("cli/planted.py", "from ropewalk.core import State"),
    "pure-core": ("core/planted.py", "import time"),
    "imported": ("formats/imported/tapps.py", "from ropewalk.formats.imported.botarmy import read as other"),
    "no-cycles": ("files.py", "from ropewalk.trees import files_below"),
    **{
        f"private-{package}": (f"app/planted_{package}.py", f"from ropewalk.{package}.{module} import {name}")
        for package, module, name in (
            ("agents", "confine", "Confinement"),
            ("core", "state", "State"),
            ("definition", "workflow", "Workflow"),
            ("documents", "read", "read_template"),
            ("formats", "loading", "load_workflow"),
            ("observe", "wording", "duration"),
            ("ownership", "owner", "Owner"),
            ("preview", "plan", "plan_workflow"),
            ("processes", "run", "run_process"),
            ("rendering", "template", "literal"),
            ("runtime", "engine", "Engine"),
            ("steps", "registry", "KINDS"),
            ("store", "open", "open_store"),
            ("workspace", "names", "slug"),
            ("yaml", "reading", "yaml_document"),
        )
    },
    "private-app": ("cli/planted_app.py", "from ropewalk.app.open import open_ropewalk"),
}
"""By contract, a file and the line in it that breaks the contract."""


def test_each_contract_fails_on_what_it_forbids(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    package = tmp_path / "src" / "ropewalk"
    for name, line in (*PLANTED.values(), ("trees.py", "import ropewalk.files")):
        with (package / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = dict(re.findall(r'^id = "([\w-]+)"\nname = "(.+)"$', settings, re.MULTILINE))
    assert names.keys() == PLANTED.keys()
    told = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin", "NO_COLOR": "1", "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    said = " ".join(told.split())
    kept = [contract for contract, name in names.items() if f"{name} BROKEN" not in said]
    assert kept == [], told[-3000:]
