"""A tree at work: what is absent is an error and never true, and nothing but a `ConditionError` ever comes out."""

from __future__ import annotations

import contextlib

import pytest

from ropewalk.definition.condition.closures import closure
from ropewalk.definition.condition.env import Env
from ropewalk.definition.condition.syntax import parse
from ropewalk.errors import ConditionError

SCOPE = {
    "inputs": {"none": None, "n": 3},
    "outputs": {"build": {"exit_code": 0}, "list": [{"z": 1}, {"z": 5}]},
    "facts": {"yes": True, "no": False},
}


def value(source: str, scope=SCOPE):
    return closure(parse(source), {})(Env(scope))


def reason(source: str, scope=SCOPE) -> str:
    with pytest.raises(ConditionError) as error:
        value(source, scope)
    return str(error.value.where["reason"])


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("has(outputs.build.exit_code)", True),
        ("has(outputs.build.nope)", False),
        ("has(outputs.review.verdict)", False),
        ("has(outputs.review.verdict) && outputs.review.verdict == 'PASS'", False),
        ("has(inputs.none)", True),
        ("has(inputs.none.x)", False),
        ("has(inputs.n.x)", False),
        ("has(nothing.at.all)", False),
        ("outputs.list.all(x, has(x.z) && !has(x.q.r))", True),
        ("has(outputs.list[0].z) && !has(outputs.list[0].q)", True),
    ],
)
def test_has_asks_for_what_may_be_absent_on_the_whole_path(source: str, answer: bool):
    assert value(source) is answer


@pytest.mark.parametrize(
    "source", ["facts.nope", "!facts.nope", "facts.nope == true", "facts.nope != 1", "facts.nope || false"]
)
def test_a_missing_value_is_an_error_and_never_true(source: str):
    assert reason(source) == "`facts.nope` is missing (`facts` has no `nope`)"


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("facts.nope || facts.yes", True),
        ("facts.yes || facts.nope", True),
        ("facts.nope && facts.no", False),
        ("facts.no && facts.nope", False),
        ("1 / 0 == 1 || facts.nope || facts.yes", True),
        ("outputs.list.exists(x, x.q == 1 || x.z == 5)", True),
    ],
)
def test_a_side_that_decides_alone_needs_no_other(source: str, result: bool):
    assert value(source) is result


def test_where_no_side_decides_the_first_error_is_told():
    assert reason("1 / 0 == 1 || facts.nope || facts.no") == "division by zero"
    assert reason("facts.yes && facts.nope && 1 / 0 == 1").startswith("`facts.nope` is missing")


def test_only_the_branch_that_is_taken_is_evaluated():
    assert value("facts.yes ? 1 : 1 / 0") == 1
    assert value("facts.no ? facts.nope : 2") == 2
    assert reason("facts.nope ? 1 : 2").startswith("`facts.nope` is missing")


@pytest.mark.parametrize("test", ["1", "0", "''", "null", "[]", "'true'"])
@pytest.mark.parametrize("source", ["!({})", "{} && facts.yes", "facts.no || {}", "{} ? 1 : 2"])
def test_nothing_but_true_and_false_is_a_test(test: str, source: str):
    assert "needs true or false" in reason(source.format(test))


def test_no_text_is_asked_for_its_characters_or_methods():
    assert reason("inputs.a", {"inputs": "abc"}) == "`inputs.a` is missing (`inputs` has no `a`)"
    assert reason("inputs['0']", {"inputs": "abc"}).startswith("`inputs.0` is missing")
    assert reason("inputs.__class__", {"inputs": {}}).startswith("`inputs.__class__` is missing")
    assert reason("[inputs][0].keys", {"inputs": {}}) == "map has no `keys`"


EXPRESSIONS = """
x + 1; 1 + x; x - 1; x * x; x / 2; 2 / x; x % 2; 2 % x; -x; !x; x < 1; x >= 'a'; x == 1; x != x;
x in [1]; 1 in x; 'a' in x; x.a; x['a']; x[0]; [1][x]; {'a': 1}[x]; has(x.a); has([x][0].a);
x ? 1 : 2; x && true; x || false; {x: 1}; [x, x] == [x]; size(x); string(x); int(x); double(x);
type(x); x.startsWith('a'); 'a'.endsWith(x); x.contains(''); x.matches('a'); 'a'.matches(x);
x.trim(); x.split(''); x.split(x); x.join(','); ['a'].join(x); x.replace('a', 'b');
'aa'.replace('a', x); x.map(y, y); x.all(y, y); x.exists_one(y, y == 1);
"""
HOSTILE = [
    *(None, True, 0, 0.0, -0.0, 2**63, -(2**63), 10**400, 10**5_000, 1e308, 5e-324),
    *(
        float("inf"),
        float("-inf"),
        float("nan"),
        "",
        "a",
        "\ud800",
        "a\0b",
        "(",
        "\u202e",
        "9" * 5_000,
        "1e999",
    ),
    *([], [None], [[]], ["\ud800"], {}, {"a": None}, {"": {}}, b"bytes", object()),
]


@pytest.mark.parametrize("source", [part.strip() for part in EXPRESSIONS.split(";") if part.strip()])
def test_whatever_the_scope_holds_nothing_but_a_condition_error_is_raised(source: str):
    run = closure(parse(source), {})
    for hostile in HOSTILE:
        with contextlib.suppress(ConditionError):
            run(Env({"x": hostile}))


def test_a_value_of_the_scope_is_given_as_it_is_and_a_made_one_is_new():
    items = [1, 2]
    scope = {"l": items}
    assert value("l", scope) is items
    assert value("l + []", scope) == items
    assert value("l + []", scope) is not items
    assert value("{'a': l}.a", scope) is items
