"""One section's content as Markdown, a function per type of section; what is drafted is data, never a template."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ropewalk.definition import LISTS, Section
from ropewalk.documents.placeholders import fill, value_in_words, without_directions

EMPTY: Final = "<!-- to be written -->"
"""Stands where nobody wrote anything; a check takes it for nothing."""


def body(section: Section, drafted: Any, values: Mapping[str, Any]) -> str:
    """The Markdown of a section's own content: what was drafted, else what the template itself offers."""
    own = value_for(section, values) if drafted is None else drafted
    return KINDS.get(section.type, _text)(section, own, values).strip("\n")


def value_for(section: Section, values: Mapping[str, Any]) -> Any:
    """What a template offers for a section by itself: its template, content, items or rows, placeholders filled."""
    if section.items and section.type in LISTS:
        return [fill(without_directions(item), values) for item in section.items]
    if section.template:
        return fill(without_directions(section.template), values)
    if section.content:
        return fill(without_directions(section.content), values)
    if section.items:
        return [fill(without_directions(item), values) for item in section.items]
    if section.rows:
        return [[fill(cell, values) for cell in row] for row in section.rows]
    return fill(section.placeholder, values) or None


def _text(section: Section, own: Any, values: Mapping[str, Any]) -> str:
    if isinstance(own, Mapping):
        return "\n".join(f"**{key}**: {value_in_words(value)}" for key, value in own.items())
    if isinstance(own, Sequence) and not isinstance(own, str):
        join = "\n\n" if section.type == "paragraphs" else "\n"
        mark = "" if section.type == "paragraphs" else "- "
        return join.join(f"{mark}{value_in_words(part)}" for part in own)
    return value_in_words(own)


def _bullets(section: Section, own: Any, values: Mapping[str, Any]) -> str:
    return "\n".join(_listed(entry) for entry in _numbered(section, _entries(own), values))


def _numbers(section: Section, own: Any, values: Mapping[str, Any]) -> str:
    lines = []
    for number, entry in enumerate(_numbered(section, _entries(own), values), 1):
        text = value_in_words(entry)
        has_own = re.match(rf"({number})[.:)]\s+(.*)", text, re.DOTALL)
        if has_own:
            lines.append(f"{number}. {has_own[2]}")
        elif section.prefix or text.startswith(("- ", "* ")):
            lines.append(_listed(text))
        else:
            lines.append(f"{number}. {text}")
    return "\n".join(lines)


def _checks(section: Section, own: Any, values: Mapping[str, Any]) -> str:
    if isinstance(own, Mapping):
        return "\n".join(f"- [{'x' if done else ' '}] {name}" for name, done in own.items())
    lines = []
    for entry in _entries(own):
        text = value_in_words(entry).removeprefix("- ").strip()
        lines.append(f"- {text}" if re.match(r"\[[ xX]\]", text) else f"- [ ] {text}")
    return "\n".join(lines)


def _table(section: Section, own: Any, values: Mapping[str, Any]) -> str:
    if isinstance(own, str):
        return own
    rows = [row for row in own or () if isinstance(row, Mapping | list | tuple)]
    columns = list(section.columns)
    if not columns and rows and isinstance(rows[0], Mapping):
        columns = [str(key) for key in rows[0]]
    if not columns:
        columns = [f"Column {number}" for number in range(1, 1 + max((len(row) for row in rows), default=1))]
    lines = [_row(columns), _row(["---"] * len(columns))]
    lines += [_row([value_in_words(cell) for cell in _cells(row, columns)]) for row in rows]
    return "\n".join(lines)


def _cells(row: Any, columns: list[str]) -> list[Any]:
    if not isinstance(row, Mapping):
        return [*row, *[""] * (len(columns) - len(row))]
    plain = {_plain(key): value for key, value in row.items()}
    return [plain.get(_plain(column), "") for column in columns]


def _plain(name: object) -> str:
    return re.sub(r"[\W_]+", "", str(name)).lower()


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(re.sub(r"\s*\n\s*", "<br>", cell).replace("|", "\\|") for cell in cells) + " |"


def _code(section: Section, own: Any, values: Mapping[str, Any]) -> str:
    text = value_in_words(own)
    if not text or text.lstrip().startswith(("```", "~~~")):
        return text
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}{section.language}\n{text.rstrip()}\n{fence}"


def _mermaid(section: Section, own: Any, values: Mapping[str, Any]) -> str:
    text = value_in_words(own)
    if text and section.mermaid_type and not text.lstrip().startswith((section.mermaid_type, "`", "~")):
        text = f"{section.mermaid_type}\n{text}"
    return _code(Section(id=section.id, language="mermaid"), text, values)


def _choice(section: Section, own: Any, values: Mapping[str, Any]) -> str:
    if isinstance(own, Mapping):
        return "\n".join(f"- {name}: {value_in_words(value)}" for name, value in own.items())
    return value_in_words(own)


KINDS: Final[dict[str, Callable[[Section, Any, Mapping[str, Any]], str]]] = {
    "bullet-list": _bullets,
    "numbered-list": _numbers,
    "checklist": _checks,
    "table": _table,
    "code": _code,
    "code-block": _code,
    "mermaid": _mermaid,
    "diagram": _mermaid,
    "choice": _choice,
}


def _entries(own: Any) -> list[Any]:
    if own is None:
        return []
    if isinstance(own, Mapping):
        return [f"{key}: {value_in_words(value)}" for key, value in own.items()]
    if isinstance(own, str):
        return [own] if "\n" in own else [line for line in own.split("\n") if line.strip()]
    return list(own) if isinstance(own, list | tuple) else [own]


def _numbered(section: Section, entries: list[Any], values: Mapping[str, Any]) -> list[Any]:
    """Each entry through the item template or behind its prefix and number (FR1: …), unless it has one already."""
    done: list[Any] = []
    for number, entry in enumerate(entries, 1):
        if section.item_template:
            done.append(_through(section.item_template, entry, number, values))
        elif section.prefix and not _has_prefix(value_in_words(entry), section.prefix):
            done.append(f"{section.prefix}{number}: {value_in_words(entry)}")
        elif isinstance(entry, Mapping):
            done.append(": ".join(value_in_words(part) for part in entry.values()))
        else:
            done.append(entry)
    return done


def _has_prefix(text: str, prefix: str) -> bool:
    return re.match(rf"[-*\s]*\**{re.escape(prefix)}[-\s]?\d", text) is not None


def _through(template: str, entry: Any, number: int, values: Mapping[str, Any]) -> str:
    names = re.findall(r"\{\{\s*([\w.-]+)\s*\}\}", template)
    own: dict[str, Any] = {name: number for name in names if NUMBER.search(name)}
    if isinstance(entry, Mapping):
        own |= {str(key): value for key, value in entry.items()}
    else:
        free = [name for name in names if name not in own]
        own |= dict.fromkeys(free[:1], entry)
    return fill(template, {**values, **own})


NUMBER: Final = re.compile(r"(?:^|_)(?:number|num|no|index|n)$")
"""How the placeholders are named that count."""


def _listed(entry: Any) -> str:
    text = value_in_words(entry)
    if re.match(r"\s*(?:[-*+]|\d+[.)])\s", text):
        return text.rstrip("\n")
    first, *rest = text.rstrip("\n").split("\n")
    return "\n".join([f"- {first}", *(f"  {line}" if line.strip() else line for line in rest)])
