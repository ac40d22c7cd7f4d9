import pytest

from ropewalk.errors import InvalidDefinition
from ropewalk.yaml import nodes
from ropewalk.yaml import reading as yaml
from ropewalk.yaml.reading import read_yaml_text, yaml_document, yaml_documents


def faults(text: str) -> list[str]:
    with pytest.raises(InvalidDefinition) as caught:
        yaml_document(text, "f.yaml")
    return [str(fault) for fault in caught.value.faults]


def test_words_of_yaml_1_1_and_dates_stay_text():
    text = "a: [yes, on, No, 2026-11-20, 0o17, 0x1f, 010, 1e3, -.5, ~, Null, TRUE, 1_000, +12, '5']"
    assert yaml_document(text).data["a"] == [
        *("yes", "on", "No", "2026-11-20"),
        *(15, 31, 10, 1000.0, -0.5, None, None, True, "1_000", 12, "5"),
    ]


def test_keys_are_text_as_it_is_written():
    assert yaml_document("1: a\nno: b\n? c\ntrue: d\n2026-01-01: e").data == {
        "1": "a",
        "no": "b",
        "c": None,
        "true": "d",
        "2026-01-01": "e",
    }


def test_core_tags_are_followed():
    text = "a: !!str 5\nb: !!int '5'\nc: !!float 5\nd: ! 5\ne: !!map {x: !!null ''}\nf: !!bool 'true'"
    assert yaml_document(text).data == {"a": "5", "b": 5, "c": 5.0, "d": "5", "e": {"x": None}, "f": True}


def test_every_key_and_value_knows_its_place():
    text = "name: x\nsteps:\n  - id: one\n    needs: [a, bc]\n  - id: two\n"
    places = yaml_document(text).positions
    assert places.key(("name",)) == (1, 1)
    assert places.value(("name",)) == (1, 7)
    assert places.value(("steps",)) == (3, 3)
    assert places.value(("steps", 0)) == (3, 5)
    assert places.key(("steps", 0)) == (3, 5)
    assert places.value(("steps", 0, "needs", 1)) == (4, 16)
    assert places.key(("steps", 1, "id")) == (5, 5)


def test_a_path_that_leads_nowhere_has_the_place_of_what_comes_nearest():
    places = yaml_document("steps:\n  - id: one\n").positions
    assert places.value(("steps", 0, "run", 2)) == (2, 5)
    assert places.value(("steps", 7)) == (2, 3)
    assert places.value(("steps", "x")) == (2, 3)
    assert not places.has(("steps", 0, "run"))
    assert places.has(("steps", 0, "id"))


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("when: a == b", 5, (1, 12)),
        ("when: 'a == b'", 5, (1, 13)),
        ("when: 'it''s == b'", 8, (1, 7)),
        ('when: "a\\t == b"', 8, (1, 7)),
        ("when: |\n  a ==\n    b\n", 7, (3, 5)),
        ("when: |\n\n  a ==\n  b\n", 3, (3, 5)),
        ("when: |\n  a ==\n", 700, (1, 1)),
        ("when: >-\n  a ==\n  b\n", 0, (2, 3)),
        ("when: a ==\n  b", 99, (1, 7)),
    ],
)
def test_a_character_inside_a_text_knows_its_place(text, offset, place):
    assert yaml_document(text).positions.inside(("when",), offset) == place


def test_aliases_are_followed_and_merged_keys_give_way():
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [{y: 5}, *a]}\nd: *a\n? &k key\n: 1\ne: {*k : 2}"
    found = yaml_document(text)
    assert found.data["b"] == {"y": 3, "x": 1}
    assert found.data["c"] == {"y": 5, "x": 1}
    assert found.data["d"] == {"x": 1, "y": 2}
    assert found.data["e"] == {"key": 2}
    assert found.positions.value(("d",)) == (4, 4)
    assert found.positions.value(("d", "y")) == (1, 17)
    assert found.positions.value(("b", "x")) == (1, 11)


def test_a_quoted_merge_key_is_a_key():
    assert yaml_document("a: {'<<': 1}").data == {"a": {"<<": 1}}


def test_several_documents_can_be_read_and_empty_ones_are_left_out():
    found = yaml_documents("---\n---\na: 1\n---\nb: 2\n")
    assert [one.data for one in found] == [{"a": 1}, {"b": 2}]
    assert found[1].positions.key(("b",)) == (5, 1)


def test_one_document_is_expected():
    assert faults("a: 1\n---\nb: 2\n")[0].startswith("f.yaml:3:1: holds 2 documents, one is expected;")
    assert faults("# nothing\n") == ["f.yaml:1:1: holds nothing"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a:\n\t- b", "f.yaml:2:1: a tab stands where spaces are expected; indent with spaces"),
        ("a: @b", "f.yaml:1:4: a value cannot begin with this character; put the value in quotes"),
        ("a: b: c", "f.yaml:1:5: `: ` is not expected here; put text with `: ` in quotes, or fix the"),
        ("a: 1\nb: 'x\nc: y", "f.yaml:2:4: the quote is never closed; close the quote"),
        ('a: "x\n---\ny"', "f.yaml:1:4: the quote is never closed; close the quote"),
        ('a: "x\\q"', "f.yaml:1:7: the backslash sequence is not known; use single quotes, or double"),
        ('a: "\\x1"', "f.yaml:1:7: the backslash sequence is not complete; use single quotes"),
        ("a: [1, 2\nb: 3\n", "f.yaml:1:4: the `[` is never closed, or a comma is missing"),
        ("{a: b\n", "f.yaml:1:1: the `{` is never closed, or a comma is missing"),
        ("- [ ] text", "f.yaml:1:7: a task list of Markdown is no YAML; put each entry in quotes"),
        ("a:\n  - b\n c: d", "f.yaml:3:2: the indentation fits nothing above; align it with its neighbours"),
        ("a: - b", "f.yaml:1:4: a list cannot begin here; begin it on a line of its own"),
        ("a: > 3 days", "f.yaml:1:6: text follows `|` or `>`; put the value in quotes"),
        ("a: ,", "f.yaml:1:4: a value is missing; put the text in quotes if it is meant"),
        ("a: *", "f.yaml:1:5: `*` needs the name of an anchor; put text that begins with `*` in quotes"),
        ("a: &", "f.yaml:1:5: `&` needs a name; put text that begins with `&` in quotes"),
        ("a: !x!y z", "f.yaml:1:4: the tag cannot be read; put text that begins with `!` in quotes"),
        ("%YAML 2.0\n---\na: b", "f.yaml:1:1: another version of YAML is asked for; remove the %YAML"),
        ("%TAG ! x", "f.yaml:1:9: not YAML: expected '<document start>', but found"),
        ("```yaml\na: b\n```", "f.yaml:1:1: a code fence of Markdown is no YAML; remove the ``` lines"),
        ("a: b\nc: x\x01y", "f.yaml:2:5: the control character U+0001 cannot stand in YAML; remove it"),
        ("a: {{ x }}", "f.yaml:1:5: a list or mapping cannot be a key; put `{{ … }}` and `[…]` in quotes"),
        ("a: !!python/x y", "f.yaml:1:4: the tag !!python/x is not known; put it in quotes"),
        ("a: !x {b: c}", "f.yaml:1:4: the tag !x is not known; remove it"),
        ("a: !!int x", "f.yaml:1:4: the text does not fit its tag !!int; put it in quotes"),
        ("a: *x", "f.yaml:1:4: there is no anchor &x above; name it before it is used"),
        ("a: &x\n  b: *x", "f.yaml:2:6: *x stands inside its own anchor; write it out"),
        ("a: {<<: 5}", "f.yaml:1:9: `<<` takes a mapping or a list of mappings"),
        ('a: "\\ud800"', "f.yaml:1:4: the text holds a character that cannot be stored; remove its escape"),
        ('a: "x\\0"', "f.yaml:1:4: the text holds a character that cannot be stored; remove its escape"),
        ("a: .inf", "f.yaml:1:4: endless and undefined numbers cannot be stored; put it in quotes"),
        ("a: 1e999", "f.yaml:1:4: the number is too large; put it in quotes"),
        ("a: 9223372036854775808", "f.yaml:1:4: the number is too large; put it in quotes"),
        ("a: " + "9" * 5000, "f.yaml:1:4: the number is too large; put it in quotes"),
    ],
)
def test_what_is_not_yaml_is_told_with_place_cause_and_mend(text, said):
    (fault,) = faults(text)
    assert fault.startswith(said)


def test_small_faults_are_told_all_at_once():
    assert faults("a: 1\na: 2\nb: !x 3\nc: *no\n") == [
        "f.yaml:2:1: the key `a` stands twice; line 1 has it too: keep one",
        "f.yaml:3:4: the tag !x is not known; put it in quotes",
        "f.yaml:4:4: there is no anchor &no above; name it before it is used, or put text that begins with `*` in quotes",
    ]


def test_small_faults_before_a_syntax_fault_are_told_too():
    assert [line.split(": ")[0] for line in faults("a: 1\na: 2\nb: 'x\n")] == ["f.yaml:2:1", "f.yaml:3:4"]


def test_depth_is_bounded_before_it_costs_anything():
    assert faults("[" * 500_000)[0].startswith("f.yaml:1:33: is nested deeper than 32 levels")
    assert yaml_document("[" * 32 + "]" * 32).data


def test_aliases_are_bounded_in_number_and_in_what_they_stand_for():
    few = "a: &a x\nb: [" + "*a, " * nodes.MAX_ALIASES + "]"
    assert len(yaml_document(few).data["b"]) == nodes.MAX_ALIASES
    assert "more than 50 aliases" in faults(few + "\nc: *a")[0]
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 9) + "]\n" for n in range(1, 6)
    )
    assert "stands for more than 300,000 values; aliases multiply" in faults(bomb)[0]


def test_size_is_bounded(tmp_path):
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (yaml.MAX_BYTES + 1))
    with pytest.raises(InvalidDefinition, match=r"large.yaml: is larger than 1024 KiB; move parts"):
        read_yaml_text(large)
    assert faults("é" * (yaml.MAX_BYTES // 2 + 1)) == [
        "f.yaml: is larger than 1024 KiB; move parts to files of their own"
    ]


def test_a_file_is_utf_8_with_or_without_a_mark(tmp_path):
    file = tmp_path / "f.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: \xc3\xa9\n")
    assert read_yaml_text(file) == "a: é\n"
    file.write_bytes(b"a: 1\nb: \xe9\n")
    with pytest.raises(InvalidDefinition, match=r"f.yaml:2:4: is not UTF-8; save the file as UTF-8"):
        read_yaml_text(file)


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path):
    with pytest.raises(InvalidDefinition, match=r"cannot be read: Is a directory"):
        read_yaml_text(tmp_path, "there")


def test_a_slip_of_the_parser_itself_is_a_fault_of_the_text():
    def crash():
        raise IndexError("string index out of range")
        yield

    reader = nodes.Reader(crash(), "f.yaml")
    with pytest.raises(InvalidDefinition, match=r"f.yaml:1:1: is not YAML here or shortly after"):
        list(reader.documents())
