"""What the parser cannot read is a fault with the place, the cause in plain words and a hint."""

import pytest

from ropewalk.errors import InvalidDefinition
from ropewalk.yaml.reading import yaml_document
from ropewalk.yaml.syntax import place_of, undecoded


@pytest.mark.parametrize(
    ("text", "fault"),
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
        ("a: '\ud800'", "f.yaml:1:5: the control character U+D800 cannot stand in YAML; remove it"),
        ("é: 😀\nb: \x7f", "f.yaml:2:4: the control character U+007F cannot stand in YAML; remove it"),
        ("a: !<x\u202ey> 1", "f.yaml:1:7: the tag cannot be read; put text that begins with `!` in quotes"),
    ],
)
def test_what_is_not_yaml_is_a_fault_with_place_cause_and_hint(text, fault):
    with pytest.raises(InvalidDefinition) as refused:
        yaml_document(text, "f.yaml")
    (only,) = refused.value.faults
    assert str(only).startswith(fault)


@pytest.mark.parametrize(
    ("raw", "line", "column"),
    [
        (b"\xe9", 1, 1),
        (b"a: 1\nb: \xe9\n", 2, 4),
        (b"a: 1\r\nb\xff", 2, 2),
        ("é😀: ".encode() + b"\xff", 1, 5),
        (b"a: \xf0\x9f\x98", 1, 4),
        (b"\xef\xbb\xbf\xe9", 1, 1),
        (b"\xef\xbb\xbfa: 1\nb: \xe9x", 2, 4),
        (b"\xef\xbb\xbf\xff\xfe", 1, 1),
    ],
)
def test_bytes_that_are_not_utf_8_have_a_place_with_or_without_a_byte_order_mark(raw, line, column):
    with pytest.raises(UnicodeDecodeError) as refused:
        raw.decode("utf-8-sig")
    fault = undecoded("f.yaml", refused.value)
    assert (fault.line, fault.column) == (line, column)
    assert str(fault).endswith("is not UTF-8; save the file as UTF-8")


@pytest.mark.parametrize(
    ("text", "offset", "place"),
    [
        ("", 0, (1, 1)),
        ("ab", 2, (1, 3)),
        ("a\nb", 1, (1, 2)),
        ("a\nb", 2, (2, 1)),
        ("\n\n", 2, (3, 1)),
        ("😀\né x", 4, (2, 3)),
    ],
)
def test_a_place_counts_lines_and_characters_from_one(text, offset, place):
    assert place_of(text, offset) == place
