"""The functions of conditions: texts in characters, bounded in what they make."""

from __future__ import annotations

import pytest

from ropewalk.definition.condition import compile_condition
from ropewalk.definition.condition.texts import FUNCTIONS_AT_WORK


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("size('é😀')", 2),
        ("[1, 2].size() + size({'a': 1})", 3),
        (
            "[string('a'), string(true), string(false), string(5), string(80.0), string(80.5), string(1e300)]",
            ["a", "true", "false", "5", "80", "80.5", "1e+300"],
        ),
        (
            "[type(null), type(true), type(1), type(1.5), type(''), type([]), type({})]",
            ["null", "bool", "int", "double", "string", "list", "map"],
        ),
        ("'abc'.startsWith('a') && 'abc'.endsWith('c') && 'abc'.contains('b') && !'abc'.contains('x')", True),
        ("'release-1.2'.matches('^release-[0-9]+[.][0-9]+$')", True),
        ("'abc'.matches('b') && !'abc'.matches('^b')", True),
        ("'AbÉ'.lowerAscii() + 'abé'.upperAscii()", "abÉABé"),
        ("' a\\n'.trim()", "a"),
        ("'a,b,,c'.split(',')", ["a", "b", "", "c"]),
        ("'abc'.split('')", ["a", "b", "c"]),
        ("['a', 'b'].join('-')", "a-b"),
        ("'aXbX'.replace('X', '--')", "a--b--"),
    ],
)
def test_a_function_gives_what_its_name_says(source, value):
    assert compile_condition(source).value({}) == value


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("string", (None,), "`string` does not take null"),
        ("size", (1,), "`size` does not take int"),
        ("join", ([1], ","), "`join` needs a list of texts"),
        ("join", ("ab", ","), "`join` needs a list of texts"),
        ("join", (["x" * 500_000] * 3, ","), "`join` would make more"),
        ("join", (["a"], None), "`join` does not take null"),
        ("join", ([], 1), "`join` does not take int"),
        ("replace", ("x" * 1000, "x", "y" * 10_000), "`replace` would make more"),
        ("split", ("x" * 1_000_001, ""), "`split` would make more"),
        ("trim", (1,), "`trim` does not take int"),
        ("matches", ("a", "(?P<"), "the pattern cannot be read"),
        ("type", (object,), None),
    ],
)
def test_a_value_that_does_not_fit_is_refused(name, given, said):
    if said is None:
        assert FUNCTIONS_AT_WORK[name](*given) == "type"
        return
    with pytest.raises(ValueError, match=said):
        FUNCTIONS_AT_WORK[name](*given)
