"""Conditions at work: what they give, what they refuse and how they say it, and how much they may do."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from ropewalk.definition.condition import compile_condition
from ropewalk.definition.condition.evaluate import MAX_GIVEN
from ropewalk.errors import ConditionError

SCOPE = {
    "one": 1,
    "inputs": {"count": 3, "rate": 1.5, "name": "Ada", "tags": ["a", "b"], "none": None},
    "outputs": {
        "build": {"exit_code": 0, "log": "héllo"},
        "cov": {"percent": 80},
        "list": [{"z": 1, "a": 2}, {"z": 5, "a": 9}],
        "sizes": {"b": 2, "a": 1},
    },
    "facts": {"qa_ok": True, "no": False, "word": "GO", "some-key": 7},
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 == 2", False),
        ("outputs.build.exit_code == 0 && facts.qa_ok", True),
        ("outputs.cov.percent >= 80.0 && outputs.cov.percent == 80 && outputs.cov.percent < 80.5", True),
        ("inputs.count + inputs.rate", 4.5),
        ("${{ inputs.name == 'Ada' }}", True),
        ("facts['some-key'] + 1", 8),
        ("one == true || one == '1' || null == false || [one] == [true]", False),
        ("[1, [2.0]] == [1.0, [2]] && {'a': [1]} == {'a': [1.0]}", True),
        ("[1] == [1, 2] || {'a': 1} == {'b': 1} || outputs.list == {} || inputs.none == one", False),
        ("!facts.no != facts.no", True),
        ("'a' < 'b' && false < true && 2 <= 2.0 && 3 > 2 && 3.5 >= 3", True),
        ("2.0 in [1, 2] && 'a' in outputs.sizes && !('z' in outputs.sizes)", True),
        ("inputs.tags[1] + inputs.tags[0.0]", "ba"),
        ("outputs.list.map(x, x.z + x.a)", [3, 14]),
        ("outputs.list.map(x, x.z > 1, x.a)", [9]),
        ("outputs.list.filter(x, x.z > 1)", [{"z": 5, "a": 9}]),
        ("outputs.list.exists(x, x.z == 5) && !outputs.list.all(x, x.z == 5)", True),
        ("outputs.list.exists_one(x, x.z > 0)", False),
        ("outputs.list.exists_one(x, x.z > 1)", True),
        ("outputs.sizes.map(k, k)", ["b", "a"]),
        ("outputs.sizes.map(k, outputs.sizes[k])", [2, 1]),
        ("inputs.tags.map(x, inputs.tags.map(x, x + '!').size() > 1 && x == 'a')", [True, False]),
        ("inputs.tags.map(x, inputs.tags.map(y, x + y))", [["aa", "ab"], ["ba", "bb"]]),
        ("facts.qa_ok ? [inputs.count, -1] : []", [3, -1]),
        ("facts.no ? {} : {'n': inputs.count}", {"n": 3}),
        ("{inputs.name: 1}.Ada", 1),
        ("-inputs.count", -3),
        ("null", None),
        ("inputs.none == null", True),
        ("size(outputs.build.log) == 5", True),
    ],
)
def test_it_gives_the_value(source, value):
    found = compile_condition(source).value(SCOPE)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("source", "column", "said"),
    [
        (
            "outputs.review.verdict == 'PASS'",
            15,
            "`outputs.review.verdict` is missing (`outputs` has no `review`)",
        ),
        ("nope.a", 5, "`nope.a` is missing (nothing of that name is given)"),
        ("inputs.name.x", 12, "`inputs.name.x` is missing (`inputs.name` has no `x`)"),
        ("outputs.list.map(x, x.q)", 22, "map has no `q`"),
        ("outputs.list[0].q", 16, "map has no `q`"),
        ("outputs.list.map(x, has(x.q) || x)", 32, "`||` needs true or false, this is map"),
        ("inputs.name > inputs.count", 12, "`>` cannot order string and int"),
        ("inputs.count + inputs.name", 13, "`+` does not take int and string"),
        ("-inputs.name", 0, "`-` does not take string"),
        ("!inputs.name", 7 + 1, "`!` needs true or false, this is string"),
        ("inputs.count ? 1 : 2", 7, "`?` needs true or false, this is int"),
        ("inputs.tags[2]", 11, "there is no item 2, the list has 2"),
        ("inputs.tags[-inputs.count]", 11, "there is no item -3, the list has 2"),
        ("inputs.tags[inputs.rate]", 11, "list cannot be asked with double"),
        ("outputs.sizes[inputs.name]", 13, "there is no `Ada` in the map that is asked for it"),
        ("inputs.name in inputs.count", 12, "`in` does not take string and int"),
        ("inputs.count in outputs.sizes", 13, "`in` does not take int and map"),
        ("inputs.count.all(x, true)", 13, "`all` goes through a list or a map, not int"),
        ("inputs.tags.all(x, x)", 19, "`all` needs true or false, this is string"),
        ("inputs.tags.filter(x, x)", 22, "`filter` needs true or false, this is string"),
        ("{inputs.count: 1}", 0, "a key is a text, not int"),
        ("1 / (inputs.count - 3)", 2, "division by zero"),
        ("inputs.name.startsWith(inputs.count)", 12, "`startsWith` does not take int"),
        ("size(inputs.count)", 0, "`size` does not take int"),
        ("inputs.name.matches('[' + ']')", 12, "the pattern cannot be read"),
    ],
)
def test_an_error_names_the_place_and_what_is_wrong(source, column, said):
    with pytest.raises(ConditionError) as error:
        compile_condition(source).value(SCOPE)
    assert error.value.column == column
    assert error.value.where["expression"] == source
    assert said in error.value.where["reason"]


def test_an_error_tells_the_values_that_were_read():
    with pytest.raises(
        ConditionError, match=r'it read inputs\.count = 3, inputs\.name = "Ada", inputs\.nope = nothing'
    ) as error:
        compile_condition("inputs.count == 3 && inputs.name == 'Ada' && inputs.nope == 1").holds(SCOPE)
    assert error.value.where["values"] == {"inputs.count": 3, "inputs.name": "Ada"}


def test_a_long_value_is_shortened_in_an_error():
    with pytest.raises(ConditionError, match=r'x = "a{58}…'):
        compile_condition("x > 1").holds({"x": "a" * 200})


def test_holds_wants_true_or_false():
    with pytest.raises(ConditionError, match="it gives 3, true or false is wanted"):
        compile_condition("inputs.count").holds(SCOPE)


@pytest.mark.parametrize("source", ["1 + 'a'", "nope(1)", "a = b", "'a'.all(x, true)", "true && 1"])
def test_what_is_wrong_with_any_names_is_told_when_it_is_compiled(source):
    with pytest.raises(ConditionError):
        compile_condition(source)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("outputs.build.exit_code == 0 && facts.qa_ok", {"outputs.build.exit_code", "facts.qa_ok"}),
        ("outputs['write-tests'].ok", {"outputs.write-tests.ok"}),
        ("has(outputs.a.b) || size(outputs.c) > 1", {"outputs.a.b", "outputs.c"}),
        ("outputs.list.map(x, x.z + inputs.count)", {"outputs.list", "inputs.count"}),
        ("outputs.list[facts.n].z", {"outputs.list", "facts.n"}),
        ("x.all(x, x > y)", {"x", "y"}),
        ("1 == 2", set()),
    ],
)
def test_it_knows_the_names_that_it_reads(source, names):
    assert compile_condition(source).names == names


def test_it_is_compiled_once():
    assert compile_condition("a.b == 1") is compile_condition("a.b == 1")
    assert repr(compile_condition("a.b == 1")) == "Condition('a.b == 1')"


def test_any_mapping_will_do_as_a_scope():
    scope = MappingProxyType({"m": MappingProxyType({"k": (1, 2)})})
    assert compile_condition("m.k[1] == 2 && has(m.k) && m.k == [1, 2] && m == {'k': [1, 2]}").holds(scope)


def test_a_condition_cannot_give_without_end():
    with pytest.raises(ConditionError, match=f"it gives more than {MAX_GIVEN} items"):
        compile_condition("l.map(x, l)").value({"l": list(range(1000))})


def test_what_stands_in_the_scope_is_given_as_it_is():
    large = list(range(MAX_GIVEN * 2))
    assert compile_condition("outputs.x").value({"outputs": {"x": large}}) is large
