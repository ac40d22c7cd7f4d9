"""The parser's events become plain data within limits: small faults are told all at once, a broken limit ends the reading."""

import pytest

from ropewalk.errors import InvalidDefinition
from ropewalk.yaml import nodes
from ropewalk.yaml.reading import yaml_document, yaml_documents


def faults(text: str) -> list[str]:
    with pytest.raises(InvalidDefinition) as refused:
        yaml_documents(text, "f.yaml")
    return [str(fault) for fault in refused.value.faults]


def test_keys_are_text_as_it_is_written():
    assert yaml_document("1: a\nno: b\n? c\ntrue: d\n2026-01-01: e\n'': f\n~: g").data == {
        "1": "a",
        "no": "b",
        "c": None,
        "true": "d",
        "2026-01-01": "e",
        "": "f",
        "~": "g",
    }


def test_aliases_are_followed_and_merged_keys_give_way():
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [{y: 5}, *a]}\nd: *a\n? &k key\n: 1\ne: {*k : 2}"
    document = yaml_document(text)
    assert document.data["b"] == {"y": 3, "x": 1}
    assert document.data["c"] == {"y": 5, "x": 1}
    assert document.data["d"] == {"x": 1, "y": 2}
    assert document.data["e"] == {"key": 2}
    assert document.positions.value(("d",)) == (4, 4)
    assert document.positions.value(("d", "y")) == (1, 17)
    assert document.positions.value(("b", "x")) == (1, 11)


def test_a_mappings_own_key_wins_wherever_the_merge_stands():
    text = "a: &a {x: 1}\nb: {x: 2, <<: *a}\nc: {<<: *a, <<: {x: 5, z: 6}}\nd: {<<: []}"
    data = yaml_document(text).data
    assert (data["b"], data["c"], data["d"]) == ({"x": 2}, {"x": 1, "z": 6}, {})


def test_what_is_merged_is_no_change_of_its_source():
    data = yaml_document("a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: *a").data
    assert data["a"] == data["c"] == {"x": 1}


def test_a_quoted_merge_key_is_a_key():
    assert yaml_document("a: {'<<': 1}").data == {"a": {"<<": 1}}


def test_the_latest_anchor_of_a_name_counts_and_only_in_its_document():
    assert yaml_document("a: &x 1\nb: &x 2\nc: *x").data["c"] == 2
    assert faults("a: &x 1\n---\nb: *x")[0].startswith("f.yaml:3:4: there is no anchor &x above")


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("''", [""]),
        ("false", [False]),
        ("0", [0]),
        ("[]", [[]]),
        ("~", []),
        ("", []),
        ("# x\n---\n...\n", []),
    ],
)
def test_a_document_holds_something_unless_it_is_null(text, data):
    assert [document.data for document in yaml_documents(text)] == data


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: {{ x }}", "f.yaml:1:5: a list or mapping cannot be a key; put `{{ … }}` and `[…]` in quotes"),
        ("? [a]\n: b", "f.yaml:1:3: a list or mapping cannot be a key"),
        ("a: !!python/x y", "f.yaml:1:4: the tag !!python/x is not known; put it in quotes"),
        ("a: !x {b: c}", "f.yaml:1:4: the tag !x is not known; remove it"),
        ("!!set {a, b}", "f.yaml:1:1: the tag !!set is not known; remove it"),
        ("a: !!int x", "f.yaml:1:4: the text does not fit its tag !!int; put it in quotes"),
        ("a: *x", "f.yaml:1:4: there is no anchor &x above; name it before it is used"),
        ("a: &x\n  b: *x", "f.yaml:2:6: *x stands inside its own anchor; write it out"),
        ("a: &x [b, *x]", "f.yaml:1:11: *x stands inside its own anchor; write it out"),
        ("a: {<<: 5}", "f.yaml:1:9: `<<` takes a mapping or a list of mappings"),
        ("a: {<<: [{b: 1}, 5]}", "f.yaml:1:18: `<<` takes a mapping or a list of mappings"),
        ('a: "\\ud800"', "f.yaml:1:4: the text holds a character that cannot be stored; remove its escape"),
        ('a: "x\\0"', "f.yaml:1:4: the text holds a character that cannot be stored; remove its escape"),
        ("a: .inf", "f.yaml:1:4: endless and undefined numbers cannot be stored; put it in quotes"),
        ("a: 1e999", "f.yaml:1:4: the number is too large; put it in quotes"),
        ("a: " + "9" * 5000, "f.yaml:1:4: the number is too large; put it in quotes"),
    ],
)
def test_a_value_that_cannot_be_taken_is_a_fault_at_its_place(text, fault):
    (only,) = faults(text)
    assert only.startswith(fault)


def test_small_faults_are_told_all_at_once():
    assert faults("a: 1\na: 2\nb: !x 3\nc: *no\n") == [
        "f.yaml:2:1: the key `a` stands twice; line 1 has it too: keep one",
        "f.yaml:3:4: the tag !x is not known; put it in quotes",
        "f.yaml:4:4: there is no anchor &no above; name it before it is used, or put text that begins with `*` in quotes",
    ]


def test_a_fault_is_no_longer_than_a_line_however_long_its_cause_is():
    (tag,) = faults("a: !" + "x" * 5_000 + " 1")
    key = faults("? " + "k" * 5_000 + "\n: 1\n? " + "k" * 5_000 + "\n: 2\n")[0]
    assert len(tag) < 1_000
    assert len(key) < 1_000


@pytest.mark.parametrize(("opened", "column"), [("[", 33), ("{a: ", 129), ("? ", 65)])
def test_depth_is_bounded_before_it_costs_anything(opened, column):
    assert faults(opened * 200_000)[0].startswith(f"f.yaml:1:{column}: is nested deeper than 32 levels")


def test_the_deepest_nesting_that_is_allowed_is_read():
    assert yaml_document("[" * 32 + "]" * 32).data
    assert "nested deeper" in faults("[" * 33 + "]" * 33)[0]


def test_aliases_are_bounded_in_number_and_in_what_they_stand_for():
    few = "a: &a x\nb: [" + "*a, " * nodes.MAX_ALIASES + "]"
    assert len(yaml_document(few).data["b"]) == nodes.MAX_ALIASES
    assert "more than 50 aliases" in faults(few + "\nc: *a")[0]
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]\n" for n in range(1, 6)
    )
    assert "stands for more than 300,000 values; aliases multiply" in faults(bomb)[0]


def test_a_slip_of_the_parser_itself_is_a_fault_of_the_text():
    def crash():
        raise IndexError("string index out of range")
        yield

    reader = nodes.Reader(crash(), "f.yaml")
    with pytest.raises(InvalidDefinition, match=r"f.yaml:1:1: is not YAML here or shortly after"):
        list(reader.documents())
