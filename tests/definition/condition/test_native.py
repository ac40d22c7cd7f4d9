"""The compiled extension: found without its package's command line, and only when a pattern is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ropewalk.definition.condition import native


def seen(program: str) -> list[str]:
    code = f"import sys\n{program}\nprint(*sorted(m for m in sys.modules if m.split('.')[0] in {{'cel', 'typer', 'rich'}}))"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()


def test_a_condition_without_a_pattern_loads_no_extension():
    assert (
        seen(
            "from ropewalk.definition.condition import compile_condition\nassert compile_condition('a.b == 1').holds({'a': {'b': 1}})"
        )
        == []
    )


def test_the_dialects_are_loaded_when_they_are_asked_for():
    program = (
        "import ropewalk.definition.condition as c\n"
        "assert not any(m.endswith(('.bmad', '.botarmy')) for m in sys.modules)\n"
        "assert c.translate_botarmy('always_true') == 'true' and c.translate_expression('a == b')\n"
        "assert not hasattr(c, 'nothing')"
    )
    assert seen(program) == []


def test_a_pattern_loads_the_extension_alone():
    program = "from ropewalk.definition.condition import compile_condition\nassert compile_condition('a.matches(\"b+\")').holds({'a': 'abb'})"
    assert seen(program) == ["cel.cel"]


@pytest.mark.parametrize("order", ["import cel; native()", "native(); import cel"])
def test_the_package_may_be_imported_before_or_after(order):
    program = (
        f"from ropewalk.definition.condition.native import native\n{order}\nassert cel.evaluate('1 + 1') == 2"
    )
    assert "cel.cli" in seen(program)


def test_a_missing_package_is_named():
    program = (
        "import importlib.util, importlib.machinery as m\nfrom ropewalk.definition.condition.native import native\n"
        "m.PathFinder.find_spec = classmethod(lambda *a: None)\n"
        "try: native()\nexcept ModuleNotFoundError as e: assert 'common-expression-language' in str(e)"
    )
    assert seen(program) == []


def test_a_hostile_text_costs_no_more_than_its_length():
    assert not native.pattern_found("a" * 50_000, "^(a+)+$x")


def test_a_bad_pattern_is_told():
    assert native.pattern_fault("a+") == ""
    assert native.pattern_fault("a(b") == "the pattern cannot be read: unclosed group"
    assert native.pattern_fault("(?=a)").startswith("the pattern cannot be read: look-around")
