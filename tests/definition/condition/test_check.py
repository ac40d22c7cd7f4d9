"""The checker: every fault of a condition at once, each with its column, the nearest name and a hint."""

from __future__ import annotations

import pytest

from ropewalk.definition.condition import (
    ANY,
    BOOL,
    COLLECTION,
    DOUBLE,
    INT,
    STRING,
    ConditionFault,
    check,
    from_schema,
    list_of,
    map_of,
    object_of,
)

VERDICT = from_schema({"enum": ["PASS", "CONCERNS", "FAIL"]})
NAMES = {
    "inputs": object_of(
        {"count": INT, "rate": DOUBLE, "name": STRING, "tags": list_of(STRING), "deep": BOOL}
    ),
    "outputs": object_of(
        {
            "build": object_of({"exit_code": INT, "log": STRING, "all-ok": BOOL}),
            "write-tests": object_of({"ok": BOOL}),
            "a-b-c": object_of({"ok": BOOL}),
            "review": object_of({"verdict": VERDICT}, closed=False),
            "sizes": map_of(INT),
        }
    ),
    "facts": object_of({"qa_ok": BOOL, "found": ANY}),
}


@pytest.mark.parametrize(
    "source",
    [
        "inputs.count >= 80.0 && inputs.rate >= 80 && inputs.count == inputs.rate",
        "inputs.count + inputs.rate * 2 > 3 - inputs.count % 2",
        "inputs.name + 'x' == 'yx' || inputs.name < 'z'",
        "${{ !facts.qa_ok }}",
        "facts.found",
        "facts.found > 3 && facts.found == 'x' && facts.found + 1 == 2 && facts.found.a[0].b",
        "inputs.name == null || null != inputs.count",
        "inputs.tags.exists(t, t.startsWith('a')) && 'b' in inputs.tags && inputs.tags[0] == 'c'",
        "inputs.tags.map(t, size(t) > 1, t + '!').size() > 0",
        "inputs.tags.filter(t, t != '') == []",
        "inputs.tags + ['x'] == ['x']",
        "outputs.sizes.all(k, outputs.sizes[k] > 1) && outputs.sizes.any_key > 2 && 'x' in outputs.sizes",
        "outputs['write-tests'].ok && outputs.build['exit_code'] == 0",
        "outputs.review.verdict == 'PASS' && outputs.review.other == 5",
        "outputs.review.verdict in ['PASS', 'FAIL']",
        "has(outputs.review.score) && outputs.review.score > 1",
        "facts.qa_ok ? inputs.count > 1 : inputs.rate > 1",
        "(facts.qa_ok ? 'PASS' : 'FAIL') == outputs.review.verdict",
        "{'a': {'b': 1}}.a.b == 1 && {inputs.name: true}['x'] && [1, 'a'] != []",
        "-inputs.count < 0 && double('1') > int(1.5) && string(true) == 'true' && type(1) == 'int'",
        "inputs.tags.join(',').split(',').size() == 1 && inputs.name.matches('^a+$')",
        "facts.found.all(x, x) && -facts.found == 1 && facts.found in facts.found",
        "outputs[inputs.name] == 1",
        "[[1]].all(x, x.all(x, x > 0) && x.size() > 0)",
    ],
)
def test_a_sound_condition_has_no_fault(source):
    assert check(source, NAMES, BOOL) == []


@pytest.mark.parametrize(
    ("source", "column", "message", "nearest", "hint"),
    [
        ("a = 1", 2, "`=` cannot stand here", "", "write `==` to compare"),
        ("input.count > 1", 0, "the name `input` is not known here", "inputs", "did you mean `inputs`?"),
        ("facts.qa_ok == True", 15, "the name `True` is not known here", "", "write `true`"),
        ("inputs.cuont > 1", 7, "`inputs` has no field `cuont`", "count", "did you mean `count`?"),
        ("has(inputs.cuont)", 11, "`inputs` has no field `cuont`", "count", "did you mean `count`?"),
        ("inputs['cuont'] > 1", 7, "`inputs` has no field `cuont`", "count", "did you mean `count`?"),
        ("{'a': 1}.b == 1", 9, "this object has no field `b`", "", ""),
        ("inputs.name.x == 1", 12, "a string has no field `x`", "", ""),
        ("inputs.name.size > 1", 12, "a string has no field `size`", "", "write `.size(…)`"),
        (
            "inputs.count == '5'",
            13,
            "an integer and a string are unlike: `==` is never true",
            "",
            "write 5 without quotes",
        ),
        (
            "facts.qa_ok != 'true'",
            12,
            "a boolean and a string are unlike: `!=` is always true",
            "",
            "write true without quotes",
        ),
        ("inputs.name == 1", 12, "a string and an integer are unlike: `==` is never true", "", ""),
        ("inputs.name > 1", 12, "`>` cannot order a string and an integer", "", ""),
        ("inputs.tags < inputs.tags", 12, "`<` cannot order a list of string and a list of string", "", ""),
        ("facts.found < null", 12, "`<` cannot order anything and null", "", ""),
        (
            "1 < inputs.count < 3",
            17,
            "`<` cannot order a boolean and an integer",
            "",
            "write `a < b && b < c`",
        ),
        (
            "inputs.count + 'x' == 'y'",
            13,
            "`+` does not take an integer and a string",
            "",
            "write `string(…)` around the number",
        ),
        (
            "inputs.count * '2' == 4",
            13,
            "`*` does not take an integer and a string",
            "",
            "write 2 without quotes",
        ),
        ("facts.found - 'a' == 1", 12, "`-` does not take anything and a string", "", ""),
        ("-inputs.name == 1", 0, "`-` needs a number, this is a string", "", ""),
        (
            "!inputs.count",
            7 + 1,
            "`!` needs true or false, this is an integer",
            "",
            "compare it, for example `… > 0`",
        ),
        (
            "inputs.tags && true",
            7,
            "`&&` needs true or false, this is a list of string",
            "",
            "ask for its size, for example `size(…) > 0`",
        ),
        (
            "true || inputs.name",
            15,
            "`||` needs true or false, this is a string",
            "",
            'compare it, for example `… == "text"`',
        ),
        ("null ? true : false", 0, "`?` needs true or false, this is null", "", ""),
        ("(true ? 1 : 'a') == 1", 6, "the two sides of `:` are unlike: an integer and a string", "", ""),
        ("sise(inputs.name) > 1", 0, "the function `sise` is not known", "size", "did you mean `size`?"),
        (
            "inputs.name.startWith('a')",
            12,
            "the function `startWith` is not known",
            "startsWith",
            "did you mean `startsWith`?",
        ),
        (
            "contains(inputs.name, 'a')",
            0,
            "`contains` is not called like this",
            "",
            'write `text.contains("…")`',
        ),
        ("inputs.count.string() == '1'", 13, "`string` is not called like this", "", "write `string(x)`"),
        ("size() > 1", 0, "`size` takes 1 argument, 0 given", "", "write `size(x)`"),
        ("inputs.tags.size(1) > 1", 12, "`size` takes no arguments, 1 given", "", "write `x.size()`"),
        (
            "inputs.name.replace('a') == ''",
            12,
            "`replace` takes 2 arguments, 1 given",
            "",
            'write `text.replace("from", "to")`',
        ),
        ("size(inputs.count) > 1", 12, "`size` does not take an integer here", "", "write `size(x)`"),
        (
            "inputs.tags.contains('a')",
            7,
            "`contains` does not take a list of string here",
            "",
            "write `value in list`",
        ),
        ("inputs.name.matches('(')", 20, "the pattern cannot be read: unclosed group", "", ""),
        ("!inputs.name in inputs.tags", 0, "`!` takes the left side alone here", "", "write `!(… in …)`"),
        ("!inputs.count == 3", 0, "`!` takes the left side alone here", "", "write `!(… == …)`"),
        ("inputs.count in inputs.tags", 13, "an integer is never in a list of string", "", ""),
        (
            "inputs.count in outputs.sizes",
            13,
            "the keys of a map of integer are texts, not an integer",
            "",
            "",
        ),
        (
            "'a' in inputs.name",
            4,
            "`in` needs a list or a map, not a string",
            "",
            "write `text.contains(part)`",
        ),
        ("'a' in inputs.count", 4, "`in` needs a list or a map, not an integer", "", ""),
        ("inputs.name.all(x, true)", 12, "`all` goes through a list or a map, not a string", "", ""),
        (
            "inputs.tags.all(x, x)",
            19,
            "`all` needs true or false, this is a string",
            "",
            'compare it, for example `… == "text"`',
        ),
        (
            "inputs.tags.map(x, x, x) == []",
            19,
            "`map` needs true or false, this is a string",
            "",
            'compare it, for example `… == "text"`',
        ),
        ("inputs.tags['a'] == ''", 12, "a list is asked by a whole number, not by a string", "", ""),
        (
            "inputs.tags[1.5] == ''",
            12,
            "a list is asked by a whole number, not by a number",
            "",
            "write `int(…)` around it",
        ),
        ("inputs.tags[-1] == ''", 12, "a list starts at 0", "", "write `x[size(x) - 1]` for the last item"),
        ("outputs.sizes[1] == 1", 14, "a map of integer is asked by text, not by an integer", "", ""),
        ("inputs.count[0] == 1", 12, "an integer cannot be asked with `[…]`", "", ""),
        ("{1: 2} == {}", 1, "a key is a text, not an integer", "", "write it in quotes"),
        (
            "outputs.review.verdict == 'PAS'",
            26,
            '"PAS" is none of the possible values: "PASS", "CONCERNS", "FAIL"',
            "PASS",
            "did you mean `PASS`?",
        ),
        (
            "'pass' == outputs.review.verdict",
            0,
            '"pass" is none of the possible values: "PASS", "CONCERNS", "FAIL"',
            "PASS",
            "did you mean `PASS`?",
        ),
        (
            "outputs.review.verdict in ['PASS', 'NO']",
            35,
            '"NO" is none of the possible values: "PASS", "CONCERNS", "FAIL"',
            "",
            "",
        ),
        (
            "outputs.write-tests.ok",
            8,
            "a name with a dash needs brackets",
            "write-tests",
            'write `outputs["write-tests"].ok`',
        ),
        (
            "outputs.build.all-ok",
            14,
            "a name with a dash needs brackets",
            "all-ok",
            'write `outputs.build["all-ok"]`',
        ),
        ("!outputs.a-b-c.ok", 9, "a name with a dash needs brackets", "a-b-c", 'write `outputs["a-b-c"].ok`'),
    ],
)
def test_a_fault_says_where_what_and_how_to_mend_it(source, column, message, nearest, hint):
    want = None if "dash" in message else BOOL
    assert check(source, NAMES, want) == [ConditionFault(column, message, nearest, hint)]


def test_all_faults_come_at_once_in_the_order_of_the_text():
    faults = check("inputs.cuont > 1 && facts.qa_okay || outputs.build.exit_code == '0' || nope", NAMES, BOOL)
    assert [fault.column for fault in faults] == [7, 26, 61, 71]


def test_one_mistake_is_told_once():
    assert len(check("nope.a.b[0].d + 1 > 'x'", NAMES, BOOL)) == 1


@pytest.mark.parametrize(
    ("source", "want", "faults"),
    [
        ("inputs.name", BOOL, ["a boolean is wanted here, this is a string"]),
        ("inputs.tags", COLLECTION, []),
        ("outputs.sizes", COLLECTION, []),
        ("{'a': 1}", COLLECTION, []),
        ("facts.found", COLLECTION, []),
        ("inputs.name", COLLECTION, ["a list or map is wanted here, this is a string"]),
        ("inputs.count", DOUBLE, []),
        ("outputs.build", map_of(ANY), []),
        ("inputs.name", ANY, []),
        ("inputs.name", None, []),
        ("inputs.name", STRING, []),
    ],
)
def test_the_result_must_be_what_is_wanted(source, want, faults):
    assert [fault.message for fault in check(source, NAMES, want)] == faults
