"""How a child process and ropewalk tell each other things: ROPEWALK_ variables in, a file with JSON or `key=value` lines out.

What comes out is data: parsed, bounded, never run and never read as a template.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ropewalk.agents.large import SHARED, place, text_of
from ropewalk.agents.port import Desk
from ropewalk.core import Brief, Feedback
from ropewalk.definition import input_variable
from ropewalk.nesting import read_json
from ropewalk.rendering import as_text
from ropewalk.trees import remove_tree

BACK = "back"
"""The folder of the spool in which a child answers: the one part of it that a confined child can write."""

OUTPUT_FILE = f"{BACK}/output"
FEEDBACK = "feedback.md"
SCHEMA_TYPES: dict[str, Any] = {"list": "array", "any": []}
"""What JSON Schema calls those types of a definition that it calls otherwise."""

LARGEST_OUTPUT_BYTES = 4_194_304
LARGEST_VARIABLE_BYTES = 32_768
LARGEST_VARIABLES_BYTES = 262_144
MOST_BYTES_OF_ONE = 131_072
MOST_BYTES_OF_ALL = 1_900_000
LONGEST_ERROR = 4_000
"""Characters of a run's error that a variable holds."""
BY_FILE = "pass it in a file: of a large input ROPEWALK_INPUT_NAME_FILE names one, and a step can write one for the next"


def brief_variables(brief: Brief, desk: Desk) -> dict[str, str]:
    """The ROPEWALK_ variables of an attempt; writes the feedback file and clears the output file."""
    output = cleared(desk.spool)
    feedback = desk.spool / FEEDBACK
    feedback.write_text("\n".join(map(feedback_text, brief.feedback)), encoding="utf-8")
    variables = {
        "ROPEWALK_RUN": brief.run,
        "ROPEWALK_STEP": brief.step,
        "ROPEWALK_ROUND": str(brief.round),
        "ROPEWALK_ATTEMPT": str(brief.attempt),
        "ROPEWALK_KEY": brief.key,
        "ROPEWALK_WORKFLOW": brief.workflow,
        "ROPEWALK_RUN_TITLE": str(brief.run_fields.get("title", "")),
        "ROPEWALK_RUN_OUTCOME": str(brief.run_fields.get("outcome", "completed")),
        "ROPEWALK_RUN_ERROR": str(brief.run_fields.get("error", ""))[:LONGEST_ERROR].replace("\0", ""),
        "ROPEWALK_OUTPUT": str(output),
        "ROPEWALK_FEEDBACK": str(feedback),
    }
    if brief.base:
        variables["ROPEWALK_BASE"] = brief.base
    values = {input_variable(name): value for name, value in brief.inputs.items()}
    return {**variables, **_bounded({"ROPEWALK_ITEM": brief.item, **values}, desk.spool), **desk.secrets}


def _bounded(values: Mapping[str, Any], spool: Path) -> dict[str, str]:
    """Values as variables; what is too large for one is a file, and its variable with `_FILE` behind says where.

    The system refuses to start a program whose variables are too large: one of 128 KiB, or all together of about 2 MiB.
    """
    texts = {name: text_of(value, as_text, LARGEST_VARIABLE_BYTES) for name, value in values.items()}
    total = sum(entry.size for entry in texts.values())
    variables: dict[str, str] = {}
    for name, text in sorted(texts.items(), key=lambda entry: -entry[1].size):
        if text.size <= LARGEST_VARIABLE_BYTES and total <= LARGEST_VARIABLES_BYTES:
            variables[name] = text.text
            continue
        total -= text.size
        file = spool / "values" / name
        place(text, file, spool.parent / SHARED)
        variables[f"{name}_FILE"] = str(file)
    return variables


def refuse_too_long(argv: Sequence[str], env: Mapping[str, str]) -> None:
    """Raises ValueError that names what the system would not start a program with, and the way by a file."""
    words = [("an argument", word) for word in argv]
    words += [(f"the variable {name}", f"{name}={value}") for name, value in env.items()]
    sizes = [(len(os.fsencode(word)) + 1, label) for label, word in words]
    largest, label = max(sizes, default=(0, ""))
    if largest > MOST_BYTES_OF_ONE:
        raise ValueError(
            f"{label} has {largest:,} bytes, and the system takes {MOST_BYTES_OF_ONE:,}; {BY_FILE}"
        )
    total = sum(size for size, _ in sizes)
    if total > MOST_BYTES_OF_ALL:
        raise ValueError(
            f"arguments and variables have {total:,} bytes, and the system takes {MOST_BYTES_OF_ALL:,}; {BY_FILE}"
        )


def cleared(spool: Path) -> Path:
    """Where the child is to write its output; what an earlier one left there is gone, whatever it is."""
    output = spool / OUTPUT_FILE
    output.parent.mkdir(exist_ok=True)
    if output.is_dir() and not output.is_symlink():
        remove_tree(output)
    output.unlink(missing_ok=True)
    return output


def wanted_fact(asked: Any) -> dict[str, Any]:
    """What a brief tells of a fact that it wants: type, question, default, choices; a bare text is the question."""
    if isinstance(asked, msgspec.Struct):
        asked = msgspec.to_builtins(asked)
    if isinstance(asked, dict):
        return asked
    return {"question": asked} if isinstance(asked, str) else {}


def feedback_text(feedback: Feedback) -> str:
    """One reason for doing the step again, as Markdown."""
    findings = "".join(f"- {finding}\n" for finding in feedback.findings)
    return f"## {feedback.source}\n\n{feedback.text}\n\n{findings}"


def read_output(path: Path) -> dict[str, Any] | None:
    """What the child wrote: a JSON object, or lines `key=value`; None when it wrote nothing.

    Raises ValueError with what is wrong and where.
    """
    text = _text(path)
    if not text.strip():
        return None
    if text.lstrip()[0] in "{[":
        return read_object(text.strip(), "ROPEWALK_OUTPUT")
    return dict(_pair(number, line) for number, line in enumerate(text.split("\n"), 1) if _says(line))


def _text(path: Path) -> str:
    """What the file holds; "" for what is no file. Opened once and looked at then: who wrote it may live still."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return ""
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(LARGEST_OUTPUT_BYTES + 1)
    if len(data) > LARGEST_OUTPUT_BYTES:
        raise ValueError(f"ROPEWALK_OUTPUT holds more than {LARGEST_OUTPUT_BYTES:,} bytes")
    return data.decode("utf-8", "replace")


def read_object(text: str, source: str) -> dict[str, Any]:
    """A JSON object from a text. Raises ValueError that names the source."""
    try:
        value = read_json(text)
    except msgspec.DecodeError as fault:
        raise ValueError(f"{source} is not valid JSON: {fault}") from fault
    if not isinstance(value, dict):
        raise ValueError(f"{source} must be a JSON object, not {type(value).__name__}")
    return value


def _says(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _pair(number: int, line: str) -> tuple[str, str]:
    key, sign, value = line.partition("=")
    if not sign or not key.strip():
        raise ValueError(f"ROPEWALK_OUTPUT line {number} is neither JSON nor key=value: {line[:80]!r}")
    return key.strip(), value.strip()
