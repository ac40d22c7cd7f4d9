"""A request comes out of its bytes as it went in, and what no program can be given never goes in."""

from __future__ import annotations

import pytest

from ropewalk.processes.messages import HEADER_BYTES, Request, decode, encode


def sent(*args, **fields) -> Request:
    data = encode(*args, **fields)
    assert int.from_bytes(data[:HEADER_BYTES], "big") == len(data) - HEADER_BYTES
    return decode(data[HEADER_BYTES:])


@pytest.mark.parametrize(
    "argv", [["git"], ["echo", ""], ["sh", "-c", "a\nb;c 'd' \"e\""], ["é", "日本", "\udcff"], ["x"] * 3_000]
)
def test_every_word_arrives_as_it_was(argv):
    assert sent(argv, {}, "/").argv == [word.encode("utf-8", "surrogateescape") for word in argv]


def test_a_variable_may_be_empty_and_hold_what_parts_names_from_values():
    environment = {"A": "", "B": "x=y=z", "C": "two\nlines"}
    assert sent(["a"], environment, "/").environment == {b"A": b"", b"B": b"x=y=z", b"C": b"two\nlines"}


def test_words_and_variables_are_not_mixed_up():
    request = sent(["env", "A=1"], {"B": "2"}, "/some folder")
    assert (request.argv, request.environment) == ([b"env", b"A=1"], {b"B": b"2"})
    assert request.folder == b"/some folder"


@pytest.mark.parametrize("limits", [(), ((0, 5),), ((0, 5), (7, 2**40), (9, -1))])
def test_limits_are_pairs_of_numbers(limits):
    assert sent(["a"], {}, "/", limits).limits == list(limits)


@pytest.mark.parametrize(
    ("argv", "environment", "folder", "why"),
    [
        ([], {}, "/", "needs a program"),
        ([""], {}, "/", "needs a program"),
        (["a\0b"], {}, "/", "null byte"),
        (["a"], {"A": "x\0y"}, "/", "null byte"),
        (["a"], {}, "/x\0", "null byte"),
        (["a"], {"": "x"}, "/", "name of a variable"),
        (["a"], {"A=B": "x"}, "/", "name of a variable"),
    ],
)
def test_what_no_program_can_be_given_is_refused(argv, environment, folder, why):
    with pytest.raises(ValueError, match=why):
        encode(argv, environment, folder)
