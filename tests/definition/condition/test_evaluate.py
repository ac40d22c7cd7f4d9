"""Conditions at work: what they give, what they refuse and how they say it, and how much they may do."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from ropewalk.definition.condition import compile_condition, env
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


def test_a_map_is_gone_through_in_the_order_of_its_keys():
    keys = [f"k{number}" for number in (5, 3, 9, 1, 7)]
    assert compile_condition("m.filter(k, m[k])").value({"m": dict.fromkeys(keys, True)}) == keys
    assert list(compile_condition("m").value({"m": dict.fromkeys(keys, True)})) == keys


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("has(outputs.build.exit_code)", True),
        ("has(outputs.build.nope)", False),
        ("has(outputs.review.verdict)", False),
        ("has(outputs.review.verdict) && outputs.review.verdict == 'PASS'", False),
        ("has(inputs.none)", True),
        ("has(inputs.none.x)", False),
        ("has(nothing.at.all)", False),
        ("outputs.list.all(x, has(x.z) && !has(x.q.r))", True),
        ("has(outputs.list[0].z) && !has(outputs.list[0].q)", True),
    ],
)
def test_has_asks_for_what_may_be_absent_on_the_whole_path(source, answer):
    assert compile_condition(source).holds(SCOPE) is answer


@pytest.mark.parametrize(
    "source", ["facts.nope", "!facts.nope", "facts.nope == true", "facts.nope != 1", "facts.nope || false"]
)
def test_a_missing_value_is_an_error_and_never_true(source):
    with pytest.raises(ConditionError, match=r"`facts\.nope` is missing \(`facts` has no `nope`\)"):
        compile_condition(source).holds(SCOPE)


def test_what_decides_alone_needs_no_other_side():
    assert compile_condition("facts.nope || facts.qa_ok").holds(SCOPE)
    assert not compile_condition("facts.nope && facts.no").holds(SCOPE)
    assert compile_condition("outputs.list.exists(x, x.q == 1 || x.z == 5)").holds(SCOPE)


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


@pytest.mark.parametrize(
    ("source", "scope"),
    [
        ("l.all(x, l.all(y, l.all(z, z >= 0)))", {"l": list(range(1000))}),
        ("l.map(x, l.map(y, x + y))", {"l": list(range(2000))}),
        ("l.filter(x, l.exists(y, y == x && false))", {"l": list(range(2000))}),
        ("l.all(x, x in l)", {"l": list(range(5000))}),
        ("l.all(x, l == m)", {"l": list(range(5000)), "m": list(range(5000))}),
        (
            "l.exists(x, m in [n])",
            {"l": list(range(5000)), "m": list(range(5000)), "n": list(range(1, 5001))},
        ),
        ("l.map(x, s + s)", {"l": list(range(5000)), "s": "x" * 90_000}),
        ("l.map(x, l + l)", {"l": list(range(5000))}),
        ("l.all(x, s.contains('y') || true)", {"l": list(range(5000)), "s": "x" * 90_000}),
        ("l.all(x, s.split('').size() > 0)", {"l": list(range(5000)), "s": "x" * 90_000}),
        ("l.all(x, s.matches('(x+x+)+y') || true)", {"l": list(range(20_000)), "s": "x" * 100}),
        ("l.exists(x, nope.a) || l.exists(x, l.exists(y, l.exists(z, z < 0)))", {"l": list(range(1000))}),
    ],
)
def test_a_condition_cannot_work_without_end(source, scope, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(env, "MAX_STEPS", env.MAX_STEPS // 10)  # each of them is past the whole, too
    with pytest.raises(ConditionError, match="it would go through too many items"):
        compile_condition(source).value(scope)


def test_a_condition_cannot_give_without_end():
    with pytest.raises(ConditionError, match=f"it gives more than {MAX_GIVEN} items"):
        compile_condition("l.map(x, l)").value({"l": list(range(1000))})


def test_what_stands_in_the_scope_is_given_as_it_is():
    large = list(range(MAX_GIVEN * 2))
    assert compile_condition("outputs.x").value({"outputs": {"x": large}}) is large
