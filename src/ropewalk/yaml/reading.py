"""YAML to plain data and the places where it stood: safe, bounded, YAML 1.2, duplicate keys refused.

Built on the parser's events: nothing is constructed that the file did not spell out, and no limit is checked too late.
"""

from __future__ import annotations

from errno import EFBIG
from pathlib import Path
from typing import Any, Final, NamedTuple

from ropewalk.definition import Fault, definition_error
from ropewalk.files import read_bytes
from ropewalk.yaml.positions import Positions
from ropewalk.yaml.syntax import fault_of, undecoded

MAX_BYTES: Final = 1_048_576


class YamlDocument(NamedTuple):
    """Plain data (dict with text keys, list, str, int, float, bool, None) and where each part of it stands."""

    data: Any
    positions: Positions


def read_yaml_text(path: Path, file: str = "") -> str:
    """The text of a file of at most MAX_BYTES. InvalidDefinition: too large, not UTF-8, not readable."""
    name = file or str(path)
    try:
        raw = read_bytes(path, MAX_BYTES)
    except OSError as error:
        if error.errno == EFBIG:
            raise definition_error(name, [_too_large(name)]) from error
        raise definition_error(name, [Fault(name, 0, 0, f"cannot be read: {error.strerror}")]) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise definition_error(name, [undecoded(name, error)]) from error


def yaml_document(text: str, file: str = "") -> YamlDocument:
    """The only document of a text. InvalidDefinition: with all faults that could be found, also for none or several."""
    documents = yaml_documents(text, file)
    if len(documents) != 1:
        message = "holds nothing" if not documents else f"holds {len(documents)} documents, one is expected"
        line, column = documents[1].positions.value() if documents else (1, 1)
        hint = "remove the `---` line, or put the others in files of their own" if documents else ""
        raise definition_error(file, [Fault(file, line, column, message, hint=hint)])
    return documents[0]


def yaml_documents(text: str, file: str = "") -> list[YamlDocument]:
    """Every document of a text, in order; those that hold nothing at all are left out. InvalidDefinition as above."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    from ropewalk.yaml.nodes import Reader

    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise definition_error(file, [_too_large(file)])
    reader = Reader(YAML(typ="safe", pure=True).parse(text), file)
    try:
        documents = [YamlDocument(data, Positions(mark, text)) for data, mark in reader.documents()]
    except YAMLError as error:
        raise definition_error(file, [*reader.faults, fault_of(error, file, text)]) from error
    if reader.faults:
        raise definition_error(file, reader.faults)
    return documents


def _too_large(file: str) -> Fault:
    return Fault(
        file, 0, 0, f"is larger than {MAX_BYTES // 1024} KiB", hint="move parts to files of their own"
    )
