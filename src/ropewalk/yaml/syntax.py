"""Errors of the YAML parser as faults: the place, the cause in plain words, and a hint."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ropewalk.definition import Fault
from ropewalk.yaml.hints import yaml_hint


class Cause(NamedTuple):
    """`sign` is a part of the parser's own message; `opened`: the fault is placed where the unclosed part begins."""

    sign: str
    message: str
    hint: str
    opened: bool = False


CAUSES: Final = (
    Cause("found character '\\t'", "a tab stands where spaces are expected", "indent with spaces"),
    Cause(
        "while scanning for the next token",
        "a value cannot begin with this character",
        "put the value in quotes",
    ),
    Cause(
        "mapping values are not allowed",
        "`: ` is not expected here",
        "put text with `: ` in quotes, or fix the indentation",
    ),
    Cause("found unexpected end of stream", "the quote is never closed", "close the quote", opened=True),
    Cause("found unexpected document separator", "the quote is never closed", "close the quote", opened=True),
    Cause(
        "unknown escape character",
        "the backslash sequence is not known",
        "use single quotes, or double the backslash",
    ),
    Cause("escape sequence", "the backslash sequence is not complete", "use single quotes, or double it"),
    Cause("while parsing a flow sequence", "the `[` is never closed, or a comma is missing", "", opened=True),
    Cause("while parsing a flow mapping", "the `{` is never closed, or a comma is missing", "", opened=True),
    Cause(
        "unclosed '[' or '{'",
        "the `[` or `{` is never closed, or what is in it stands too far left",
        "close it",
    ),
    Cause(
        "expected <block end>, but found '<scalar>'",
        "text follows a value that has ended",
        "put the whole value in quotes",
    ),
    Cause("expected <block end>", "the indentation fits nothing above", "align it with its neighbours"),
    Cause(
        "sequence entries are not allowed",
        "a list cannot begin here",
        "begin it on a line of its own, or put the text in quotes",
    ),
    Cause("while scanning a block scalar", "text follows `|` or `>`", "put the value in quotes"),
    Cause(
        "more indented follow up line", "the first line of the text stands further right than the next", ""
    ),
    Cause("could not find expected ':'", "a key without `:`", "add the `:`, or fix the indentation"),
    Cause("expected the node content", "a value is missing", "put the text in quotes if it is meant"),
    Cause("scanning an alias", "`*` needs the name of an anchor", "put text that begins with `*` in quotes"),
    Cause("scanning an anchor", "`&` needs a name", "put text that begins with `&` in quotes"),
    Cause("tag", "the tag cannot be read", "put text that begins with `!` in quotes"),
    Cause("incompatible YAML", "another version of YAML is asked for", "remove the %YAML line"),
)


def fault_of(error: Any, file: str, text: str) -> Fault:
    """A ruamel YAMLError as a fault; its own words are kept where none of ours fit."""
    if hasattr(error, "character"):
        return _character(error, file, text)
    complaint = f"{error.context or ''} {error.problem or ''}".strip()
    cause = next(
        (known for known in CAUSES if known.sign in complaint), Cause("", f"not YAML: {complaint}", "")
    )
    mark = (error.context_mark if cause.opened else None) or error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    explained = yaml_hint(text, line) or cause
    return Fault(file, line, column, explained.message, hint=explained.hint)


def _character(error: Any, file: str, text: str) -> Fault:
    line, column = place_of(text, error.position)
    code = error.character if isinstance(error.character, int) else ord(error.character)
    return Fault(
        file, line, column, f"the control character U+{code:04X} cannot stand in YAML", hint="remove it"
    )


def undecoded(file: str, error: UnicodeDecodeError) -> Fault:
    """Bytes that are not UTF-8. The error counts them from behind the file's byte order mark, where it has one."""
    line, column = place_of(error.object[: error.start].decode("utf-8", "replace"), error.start)
    return Fault(file, line, column, "is not UTF-8", hint="save the file as UTF-8")


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of a character of the text."""
    before = text[:offset]
    return before.count("\n") + 1, len(before) - before.rfind("\n")
