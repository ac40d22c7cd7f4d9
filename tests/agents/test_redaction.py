import base64
import json
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ropewalk.agents.redaction import Redactor, Stream
from ropewalk.agents.spellings import without_spaces
from ropewalk.core.work import Failure, Outcome

SECRET = 'sk-a/b+c"d-0123456789'


def test_a_secret_is_taken_out_in_every_spelling():
    redactor = Redactor({"KEY": SECRET})
    spellings = [SECRET, json.dumps(SECRET)[1:-1], quote(SECRET, safe=""), SECRET.encode().hex()]
    for spelling in spellings:
        assert redactor.text(f"it is {spelling}!") == "it is [redacted KEY]!"
    for before in ("", "x", "xy", "xyz"):
        coded = base64.b64encode(f"{before}{SECRET} and more".encode()).decode()
        assert "[redacted KEY]" in redactor.text(coded)


def test_data_of_any_shape_is_cleaned():
    redactor = Redactor({"KEY": SECRET})
    outcome = Outcome(
        failure=Failure("permanent", f"no: {SECRET}"), outputs={SECRET: [SECRET, (SECRET,), 1, None]}
    )
    cleaned = redactor.data(outcome)
    assert SECRET not in msgspec.json.encode(cleaned).decode()
    assert cleaned.outputs["[redacted KEY]"][2] == 1


def test_short_words_and_no_words_are_left_alone():
    for redactor in (Redactor(), Redactor({"KEY": "short"})):
        assert redactor.text("short") == "short"
        assert redactor.data({"a": "short"}) == {"a": "short"}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 30])
def test_a_secret_that_comes_in_pieces_is_taken_out_and_nothing_else_is_changed(size):
    stream = Stream(Redactor({"KEY": SECRET}))
    coded = base64.b64encode(SECRET.encode()).decode()
    text = f"one {SECRET} two {SECRET[:9]}\n{SECRET[9:]} sk-a/b three\n{coded[:11]}\\n{coded[11:]} sk-"
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    shown = [stream.take(piece) for piece in pieces]
    whole = "".join(shown) + stream.close()
    assert whole.startswith("one [redacted KEY] two [redacted KEY] sk-a/b three\n[redacted KEY]")
    assert whole.endswith(" sk-")
    assert stream.close() == ""


def test_only_what_may_be_the_beginning_is_held_back():
    redactor = Redactor({"KEY": SECRET})
    assert redactor.held_from("all of it") == 9
    assert redactor.held_from("all sk-") == 4
    assert redactor.held_from("all sk-\\") == 4
    assert redactor.held_from("all s\\nk-") == 4
    assert Stream(Redactor()).take("all sk-") == "all sk-"


def test_a_text_that_was_cut_inside_of_a_secret_loses_the_rest_of_it_too():
    redactor = Redactor({"KEY": SECRET})
    cut = redactor.data(
        {"end": f"{SECRET[5:]} and more", "begin": f"it is {SECRET[:12]}", "both": SECRET[4:-1]}
    )
    assert cut["end"] == "[redacted] and more"
    assert cut["begin"] == "it is [redacted]"
    assert redactor.data("sk-a") == "sk-a"


def test_a_redactor_says_whether_it_has_anything_to_hide():
    assert Redactor({"KEY": SECRET})
    assert not Redactor({"KEY": "short"})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("so abcdef\\ nghijkl!", "so [redacted KEY]!"),
        ("so abcdef\\\\nrghijkl!", "so [redacted KEY]!"),
        ("so abcd\\ nefgh", "so [redacted]"),
        ("so abcd\\\\nrefgh", "so [redacted]"),
        ("efgh\\ nijkl and more", "[redacted] and more"),
    ],
)
def test_a_line_break_that_is_written_out_hides_nothing_whatever_stands_in_it(text, shown):
    assert Redactor({"KEY": "abcdefghijkl"}).data(text) == shown


def test_two_secrets_that_begin_alike_are_both_cut_off():
    assert Redactor({"A": "abcdefghijkl", "B": "abcdefghWXYZ"}).data("so abcdefgh") == "so [redacted]"


SIGNS = st.sampled_from(["a", "b", "n", "r", "\\", "\\n", "\\r", " ", "\n", "abnrabnr", "banr"])


@given(st.lists(SIGNS, max_size=40).map("".join), st.integers(1, 9))
def test_nothing_that_is_found_stays_in_any_text_whole_cut_or_in_pieces(text, size):
    redactor = Redactor({"KEY": "abnrabnr", "OTHER": "banrabnrab"})
    for cleaned in (redactor.text(text), redactor.data(text)):
        assert redactor.within(without_spaces(cleaned)) == []
    stream = Stream(redactor)
    told = [stream.take(text[at : at + size]) for at in range(0, len(text), size)] + [stream.close()]
    assert redactor.within(without_spaces("".join(told))) == []
