"""A plain word means what the core schema of YAML 1.2 says, and nothing that JSON could not carry comes out of one."""

import pytest

from ropewalk.yaml.reading import yaml_document
from ropewalk.yaml.scalars import plain, shown, tagged

CORE = "tag:yaml.org,2002:"


def test_words_of_yaml_1_1_and_dates_stay_text():
    text = "a: [yes, on, No, 2026-11-20, 0o17, 0x1f, 010, 1e3, -.5, ~, Null, TRUE, 1_000, +12, '5']"
    assert yaml_document(text).data["a"] == [
        *("yes", "on", "No", "2026-11-20"),
        *(15, 31, 10, 1000.0, -0.5, None, None, True, "1_000", 12, "5"),
    ]


@pytest.mark.parametrize(
    "word",
    [
        *("+", "-", ".", "+.", "1.2.3", "1e", "e5", ".e3", "1:30", "12a", "--1", "+-1"),
        *("0x", "0o8", "0xg", "+0x1f", "-0o7", "0b1", "0O7"),
        *("tRUE", "nULL", "TRue", "none", " true", "~ ", "nan", "inf", ".iNF"),
        *("٣", "1٣", "²", "1\n", "true\n", "１２", "\u202e1", "1\u200b"),
    ],
)
def test_what_only_looks_like_a_number_or_a_word_is_text(word):
    assert plain(word) == word


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None),
        ("-0", 0),
        ("007", 7),
        ("1.", 1.0),
        (".5", 0.5),
        ("+.5E-1", 0.05),
        ("-1e+2", -100.0),
        ("0xFF", 255),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("0x7fffffffffffffff", 2**63 - 1),
        ("0" * 39 + "5", 5),
        ("1e-400", 0.0),
        ("1.7976931348623157e308", 1.7976931348623157e308),
    ],
)
def test_a_number_has_its_value_and_its_type(word, value):
    assert (plain(word), type(plain(word))) == (value, type(value))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("9223372036854775808", "too large"),
        ("-9223372036854775809", "too large"),
        ("0x8000000000000000", "too large"),
        ("0o1000000000000000000000", "too large"),
        ("0" * 40 + "5", "too large"),
        ("9" * 100_000, "too large"),
        ("1e309", "too large"),
        ("-1e309", "too large"),
        ("9" * 400 + ".0", "too large"),
        (".inf", "endless and undefined"),
        ("-.INF", "endless and undefined"),
        ("+.Inf", "endless and undefined"),
        (".NaN", "endless and undefined"),
    ],
)
def test_a_number_that_no_json_reader_takes_back_is_refused(word, message):
    with pytest.raises(ValueError, match=message):
        plain(word)


def test_core_tags_are_followed():
    text = "a: !!str 5\nb: !!int '5'\nc: !!float 5\nd: ! 5\ne: !!map {x: !!null ''}\nf: !!bool 'true'"
    assert yaml_document(text).data == {"a": "5", "b": 5, "c": 5.0, "d": "5", "e": {"x": None}, "f": True}


@pytest.mark.parametrize(
    ("word", "tag"),
    [
        ("1.0", "int"),
        ("true", "int"),
        ("x", "int"),
        ("", "int"),
        ("1", "bool"),
        ("yes", "bool"),
        ("true", "float"),
        ("0", "null"),
        ("null ", "null"),
    ],
)
def test_a_word_that_does_not_fit_its_tag_is_refused(word, tag):
    with pytest.raises(ValueError, match=f"does not fit its tag !!{tag}"):
        tagged(word, CORE + tag)


def test_a_float_tag_gives_a_float_and_a_text_tag_changes_nothing():
    assert type(tagged("5", f"{CORE}float")) is float
    assert [tagged(word, tag) for word in ("1e999", "true", "") for tag in ("!", f"{CORE}str")] == [
        *("1e999", "1e999", "true", "true", "", ""),
    ]


@pytest.mark.parametrize(
    "tag", ["!x", f"{CORE}binary", f"{CORE}timestamp", f"{CORE}python/object/apply:os.system"]
)
def test_a_tag_that_is_not_known_is_refused_as_people_write_it(tag):
    with pytest.raises(ValueError, match="is not known") as refused:
        tagged("x", tag)
    assert shown(tag) in str(refused.value)
    assert CORE not in str(refused.value)
