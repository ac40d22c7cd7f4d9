"""A made-up document that its template's check accepts: what a rehearsal writes, and what a new user looks at."""

from __future__ import annotations

import re
from typing import Any, Final

from ropewalk.definition import Section, Template
from ropewalk.documents.blocks import NUMBER
from ropewalk.documents.placeholders import TAG, Values, placeholders
from ropewalk.documents.render import PICK, Author, Document, render_document

SAMPLE_SENTENCE: Final = "Rehearsed: nobody has thought about this yet."


def sample_document(
    template: Template, values: Values | None = None, role: str = "", sentence: str = SAMPLE_SENTENCE
) -> Document:
    """The document with all that `values` knows, and a sentence, an entry or a row wherever nobody knows better."""
    known = dict(values or {})
    if template.format in ("yaml", "yml"):
        known = {**_fields(template), **known}

    def draft(section: Section, inside: Values) -> Any:
        return _draft(section, sentence)

    done = render_document(template, known, Author(role=role, draft=draft))
    text = PICK.sub(lambda match: match[1].split("|")[0].strip(), done.text)
    return Document(_plain(done.path), TAG.sub(_word, text))


def _draft(section: Section, sentence: str) -> Any:
    """None where the template itself offers something that only needs its placeholders filled."""
    if (picked := PICK.search(section.title)) is not None:
        return picked[1].split("|")[0].strip()
    if section.items or section.rows:
        return None
    if section.type == "choice":
        return next((offered[0] for offered in section.choices.values() if offered), sentence)
    if section.template or section.content:
        return None
    if section.type in ("bullet-list", "numbered-list", "checklist"):
        return [sentence]
    if section.type == "table":
        return [[sentence, *["-"] * (len(section.columns) - 1)]]
    if section.type in ("mermaid", "diagram"):
        return f"{section.mermaid_type or 'graph TD'}\n  A[Rehearsed]"
    return sentence


def _fields(template: Template) -> dict[str, Any]:
    """Values for the placeholders of a YAML document, and the first of those that a field allows."""
    names = placeholders(" ".join(_texts(template.fields)) + " " + template.filename)
    known: dict[str, Any] = {name: 1 if NUMBER.search(name) else _say(name) for name in names}
    return known | {name: offered[0] for name, offered in template.allowed.items()}


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []


def _word(match: re.Match[str]) -> str:
    word = (match["curly"] or "").split("|")[0].strip()
    if not word or word.startswith(("#", "/")) or word == "else":
        return ""
    return "1" if NUMBER.search(word) else _say(word)


def _say(name: str) -> str:
    return re.sub(r"[^\w]+|_+", " ", name).strip()


def _plain(path: str) -> str:
    filled = TAG.sub(lambda match: _word(match).replace(" ", "-"), path)
    return filled.replace(" ", "-")
