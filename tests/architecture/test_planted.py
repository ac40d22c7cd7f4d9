"""Each rule of this folder is shown to fail: one small tree breaks all of them, and every one of them names its place in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

HERE = Path(__file__).parent

LONG = "def long():\n" + "    print(1)\n" * 60
TREE = {
    "src/ropewalk/__init__.py": '"""It."""\n',
    "src/ropewalk/errors.py": '"""Errors."""\n\n\nclass RopewalkError(Exception):\n    """Root."""\n\n\nclass Stray(Exception):\n    """Of no family."""\n\n\nclass Mute(RopewalkError):\n    pass\n',
    "src/ropewalk/bare.py": "import os\n",
    "src/ropewalk/later.py": '"""Later."""\n\nLATER = 1  # TODO: think\n',
    "src/ropewalk/lost.py": '"""Lost."""\n\n\nclass Lost(ValueError):\n    """Not among the errors."""\n',
    "src/ropewalk/utils.py": '"""Anything."""\n',
    "src/ropewalk/words.py": '"""Words."""\n\n\nclass NodeRunner:\n    """Two rejected words."""\n\n\ndef pick(found):\n    return found\n',
    "src/ropewalk/huge.py": '"""Huge."""\n' + "X = 1\n" * 400,
    "src/ropewalk/long.py": f'"""Long."""\n\n\n{LONG}',
    "src/ropewalk/meddling.py": '"""Meddles."""\n\n\ndef end(state: State):\n    state.status = "failed"\n    steps = state.steps\n    steps["a"].asks.clear()\n',
    "src/ropewalk/attic/__init__.py": '"""A package without a layer."""\n',
    "src/ropewalk/definition/workflow.py": '"""W."""\n\n\nclass Step:\n    """S."""\n\n    ornament: str = ""\n',
    "src/ropewalk/definition/policy.py": '"""P."""\n',
    "tests/test_nothing_there.py": '"""Of no module."""\n',
    "tests/test_words.py": '"""Sleeps."""\n\nimport time\n\n\ndef test_it():\n    time.sleep(0.5)\n',
    "docs/index.md": "# First\n\n[nowhere](nowhere.md) and [no heading](page.md#no-such)\n",
    "docs/page.md": "# One\n\n# Two\n",
    "docs/alone.md": "# Alone\n",
    "docs/decisions/0001-long.md": "# Long\n" + "more\n" * 50,
    "docs/explanation/architecture.md": "# A\n\n" + "`core.no_such.thing` " * 16 + "\n",
    "docs/explanation/life-of-a-step.md": "# L\n\n" + "`core.no_such.thing` " * 16 + "\n",
    "notes.txt": "seen in /wor" + "k/main\n",
}

RULES = {
    "test_docs.py::test_every_link_leads_to_a_file_and_to_a_heading": ("there is no nowhere.md", "has no heading #no-such"),
    "test_docs.py::test_every_page_can_be_reached_from_the_first": ("docs/alone.md",),
    "test_docs.py::test_each_page_has_one_title": ("docs/page.md",),
    "test_docs.py::test_decisions_fit_on_a_page_and_are_numbered_in_turn": ("docs/decisions/0001-long.md: 51 lines",),
    "test_docs.py::test_every_command_is_in_the_documentation": ("ropewalk run",),
    "test_docs.py::test_every_setting_is_in_the_documentation": ("slots",),
    "test_files.py::test_no_tracked_file_names_a_machine_or_a_registry": ("notes.txt:1",),
    "test_files.py::test_no_tracked_link_leads_to_a_place_of_one_machine": ("programs",),
    "test_keys.py::test_what_a_workflow_says_is_acted_on": ("workflow.py:7: ornament",),
    "test_modules.py::test_each_module_opens_by_saying_what_it_is": ("src/ropewalk/bare.py",),
    "test_modules.py::test_nothing_is_left_for_later_in_the_package": ("src/ropewalk/later.py:3",),
    "test_modules.py::test_every_error_has_one_root_and_a_docstring_that_is_its_message": ("Stray is no RopewalkError", "Mute has no docstring"),
    "test_modules.py::test_every_error_lives_in_errors": ("src/ropewalk/lost.py:4: class Lost",),
    "test_modules.py::test_each_test_file_is_named_for_what_it_tests": ("tests/test_nothing_there.py",),
    "test_modules.py::test_each_module_has_a_test_file_of_its_name": ("bare.py: there is no tests/test_bare.py",),
    "test_modules.py::test_no_test_waits_by_the_clock": ("tests/test_words.py:7",),
    "test_modules.py::test_every_package_has_a_layer": ("attic",),
    "test_names.py::test_the_names_in_the_explanations_are_there[architecture.md]": ("core.no_such.thing",),
    "test_names.py::test_the_names_in_the_explanations_are_there[life-of-a-step.md]": ("core.no_such.thing",),
    "test_size.py::test_no_file_is_longer_than_400_lines": ("src/ropewalk/huge.py: 401 lines",),
    "test_size.py::test_no_function_is_longer_than_60_lines": ("src/ropewalk/long.py:4: long has 61 lines",),
    "test_state.py::test_nobody_but_the_core_alters_a_state": ("meddling.py:5: state.status", "meddling.py:7: steps['a'].asks.clear"),
    "test_words.py::test_no_module_is_a_hiding_place": ("src/ropewalk/utils.py",),
    "test_words.py::test_definitions_use_the_words_of_the_design": ("NodeRunner says node", "NodeRunner says runner"),
    "test_words.py::test_a_name_says_what_its_value_is": ("src/ropewalk/words.py: found",),
}  # fmt: skip
"""Each rule, and what it has to name in that tree. Those on names that stand twice or are used nowhere, and the contracts on
imports, are shown to fail next to them."""

SHOWN_NEXT_TO_THEM = {
    "test_keys.py::test_a_test_shows_what_each_key_does",
    "test_names.py::test_a_class_name_stands_once_in_the_package",
    "test_names.py::test_nothing_is_defined_that_nobody_uses",
}
WITH_PLANTS_OF_THEIR_OWN = {"test_gate.py", "test_layers.py", "test_locks.py", "test_planted.py"}


@pytest.fixture(scope="module")
def failures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """By test what it said, of the rules on a tree that breaks them."""
    tree = tmp_path_factory.mktemp("planted")
    for name, text in TREE.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tree / "src/ropewalk/core").mkdir()
    (tree / "programs").symlink_to("/nowhere/programs")
    shutil.copytree(
        HERE, tree / "tests/architecture", ignore=shutil.ignore_patterns("__pycache__", "test_planted.py")
    )
    shutil.copy(ROOT / "pyproject.toml", tree)
    (tree / "pytest.ini").write_text(
        "[pytest]\naddopts = --import-mode=importlib\nmarkers =\n    needs\n    no_cover\n    soak\n"
    )
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], cwd=tree, check=True)
    subprocess.run([*git, "add", "-A"], cwd=tree, check=True)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=long", *(f"tests/architecture/{rule}" for rule in RULES)],
        cwd=tree,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    parts = re.split(r"^_{3,} (\S+) _{3,}$", ran.stdout, flags=re.MULTILINE)
    assert len(parts) > 1, ran.stdout + ran.stderr
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.needs("git")
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_fails_on_what_it_forbids_and_names_the_place(failures: dict[str, str], rule: str):
    report = failures.get(rule.partition("::")[2], "it passes")
    for place in RULES[rule]:
        assert place in report, report


def test_every_rule_is_shown_to_fail_somewhere():
    shown = {rule.partition("[")[0] for rule in RULES} | SHOWN_NEXT_TO_THEM
    rules = {
        f"{path.name}::{name}"
        for path in HERE.glob("test_*.py")
        if path.name not in WITH_PLANTS_OF_THEIR_OWN
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        if not name.endswith("_is_found")
    }
    assert rules - shown == set()
