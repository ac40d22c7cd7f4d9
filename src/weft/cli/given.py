"""Values that people write on a command line: NAME=VALUE, NAME=@FILE, or a JSON object; each fault names the word."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from weft.definition.workflow import Workflow
from weft.errors import InvalidInput, Misused


def inputs(words: Sequence[str], folder: Path) -> dict[str, Any]:
    """Inputs of a run; a later word wins. Text stays text: what is declared decides what it means."""
    values: dict[str, Any] = {}
    for word in words:
        if word.startswith("@"):
            values.update(_mapping(_file(word[1:], folder), word))
        elif word.startswith("{"):
            values.update(_mapping(word, word))
        else:
            name, text = pair(word, "--input")
            values[name] = _file(text[1:], folder) if text.startswith("@") else text
    return values


def facts(words: Sequence[str], workflow: Workflow) -> dict[str, Any]:
    """Facts of a run. Raises InvalidInput for a name that the workflow does not know."""
    values = {}
    for word in words:
        name, text = pair(word, "--fact")
        declared = workflow.facts.get(name)
        if declared is None and workflow.facts:
            from difflib import get_close_matches

            near = get_close_matches(name, workflow.facts, n=1)
            known = f"did you mean {near[0]}?" if near else f"there are {', '.join(workflow.facts)}"
            raise InvalidInput("The workflow has no fact {name}; {known}.", name=name, known=known)
        values[name] = text if declared is not None and declared.type == "string" else value(text)
    return values


def value(text: str) -> Any:
    """JSON where it is JSON, else the text itself; yes and no are true and false."""
    words = {"yes": True, "no": False, "True": True, "False": False}
    if text in words:
        return words[text]
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def pair(word: str, flag: str) -> tuple[str, str]:
    """NAME=VALUE in two. Raises Misused."""
    name, equals, text = word.partition("=")
    if not equals or not name.strip():
        raise Misused(what=f"{word!r} is no NAME=VALUE", mend=f"write it as {flag} name=value".strip())
    return name.strip(), text


def text_of(name: str, folder: Path) -> str:
    """A file as text. Raises Misused."""
    return _file(name, folder)


def _file(name: str, folder: Path) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        raise Misused(
            what=f"{name} cannot be read: {error.strerror}", mend="name a file that is there"
        ) from error
    except UnicodeDecodeError as error:
        raise Misused(what=f"{name} is not UTF-8 text", mend="save it as UTF-8") from error


def _mapping(text: str, word: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise Misused(what=f"{word} is not JSON: {error}", mend='write it as {"name": "value"}') from error
    if not isinstance(found, dict):
        raise Misused(what=f"{word} is no JSON object", mend='write it as {"name": "value"}')
    return found
