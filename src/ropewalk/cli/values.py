"""Values that people write on a command line: NAME=VALUE, NAME=@FILE, NAME=@env:VARIABLE, or a JSON object; each fault names the word."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from ropewalk.app import Workflow, read_bytes, shortened, takes_text
from ropewalk.errors import UsageError
from ropewalk.nesting import TooDeep, read_json

if TYPE_CHECKING:
    from ropewalk.cli.context import CommandContext

INPUT = "An input; @FILE for a file's text, @env:NAME for a variable's, @- for standard input; @FILE or {…} alone: a JSON object of inputs."


def read_inputs(words: Sequence[str], folder: Path) -> dict[str, Any]:
    """Inputs of a run; a later word wins. Text stays text: what is declared decides what it means."""
    values: dict[str, Any] = {}
    for word in words:
        if word.startswith("@"):
            values.update(_mapping(_pointed(word[1:], folder), word))
        elif word.startswith("{"):
            values.update(_mapping(word, word))
        else:
            name, text = pair(word, "--input")
            values[name] = _pointed(text[1:], folder) if text.startswith("@") else text
    return values


def with_secrets(context: CommandContext, workflow: Workflow, values: dict[str, Any]) -> dict[str, Any]:
    """The same with missing secret inputs asked for at a terminal. Who wrote one among the words is told a better way."""
    from ropewalk.app import secret_inputs

    names = secret_inputs(workflow)
    shown = [name for name in names if isinstance(values.get(name), str) and _is_typed(values[name])]
    if shown:
        from ropewalk.cli.argv import blank

        blank([values[name] for name in shown])
        better = " ".join(f"-i {name}=@env:NAME" for name in shown)
        context.screen.aside(
            f"ropewalk: a secret among the words stays in the shell's history; write {better} instead"
        )
    missing = [name for name in names if name not in values and workflow.inputs[name].required]
    if missing and not context.screen.json and sys.stdin.isatty() and sys.stderr.isatty():
        values = {**values, **{name: getpass.getpass(f"{name}: ", sys.stderr) for name in missing}}
    return values


def _is_typed(value: str) -> bool:
    return bool(value) and any(value in word for word in sys.argv)


def read_facts(words: Sequence[str], workflow: Workflow) -> dict[str, Any]:
    """Facts of a run, as they were typed."""
    values = {}
    for word in words:
        name, text = pair(word, "--fact")
        declared = workflow.facts.get(name)
        values[name] = text if declared is not None and declared.type == "string" else read_value(text)
    return values


def read_value(text: str, schema: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """JSON where it is JSON, else the text itself; yes and no are true and false. Where only a text fits it stays one."""
    words = {"yes": True, "no": False, "True": True, "False": False}
    value = words[text] if text in words else _json_or_text(text)
    return text if takes_text(schema) and not isinstance(value, str) else value


def _json_or_text(text: str) -> Any:
    try:
        return read_json(text)
    except TooDeep as error:
        raise UsageError(
            what=f"{text[:40]}… cannot be used: {error}",
            hint="give it as a file that a step reads, if it has to be so",
        ) from error
    except msgspec.DecodeError:
        return text


def pair(word: str, flag: str) -> tuple[str, str]:
    """NAME=VALUE in two. Raises UsageError."""
    name, equals, text = word.partition("=")
    if not equals or not name.strip():
        shown = _hidden(word) if flag == "--input" else shortened(repr(word))
        raise UsageError(what=f"{shown} is no NAME=VALUE", hint=f"write it as {flag} name=value".strip())
    return name.strip(), text


def _hidden(word: str) -> str:
    """How a word is called that cannot be used: its value may be a secret, and what is printed stays in logs."""
    if word.startswith("@"):
        return shortened(word)
    return f"a word of {len(word)} characters (not shown, it may be a secret)"


def text_of(name: str, folder: Path) -> str:
    """A file as text. Raises UsageError."""
    return _file(name, folder)


def _pointed(name: str, folder: Path) -> str:
    """What stands behind an @: a file, `env:NAME`, or `-` for standard input. Raises UsageError."""
    if name == "-":
        return sys.stdin.read()
    if not name.startswith("env:"):
        return _file(name, folder)
    value = os.environ.get(name.removeprefix("env:"))
    if value is None:
        raise UsageError(what=f"the variable {name.removeprefix('env:')} is not set", hint="export it first")
    return value


def _file(name: str, folder: Path) -> str:
    try:
        return read_bytes(folder / name, pipes=True).decode()
    except OSError as error:
        raise UsageError(
            what=f"{name} cannot be read: {error.strerror}", hint="name a file that is there"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(what=f"{name} is not UTF-8 text", hint="save it as UTF-8") from error


def _mapping(text: str, word: str) -> dict[str, Any]:
    try:
        mapping = read_json(text)
    except TooDeep as error:
        raise UsageError(
            what=f"{_hidden(word)} cannot be used: {error}",
            hint="give it as a file that a step reads, if it has to be so",
        ) from error
    except msgspec.DecodeError as error:
        raise UsageError(
            what=f"{_hidden(word)} is not JSON: {error}", hint='write it as {"name": "value"}'
        ) from error
    if not isinstance(mapping, dict):
        raise UsageError(what=f"{_hidden(word)} is no JSON object", hint='write it as {"name": "value"}')
    return mapping
