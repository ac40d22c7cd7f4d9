"""A template and what is known, as a document: for each section its condition, its draft, what a person says, its
rounds, then the sections in it. What nobody knows stays a visible placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from ropewalk.definition import LISTS, Section, Template, may_write
from ropewalk.documents.blocks import EMPTY, NUMBER, body
from ropewalk.documents.placeholders import fill, placeholders

Values = Mapping[str, Any]
MOST_ROUNDS: Final = 1_000
PICK: Final = re.compile(r"\{([^{}|]+(?:\|[^{}|]+)+)\}")


class Author(Struct, frozen=True):
    """Who writes. `role`: only what it may write is taken from it. The functions are given the section and what is
    known there; None from one of them means that it has nothing to say.

    `holds`: whether a section's condition holds. `draft`: content where no value was given. `elicit`: what a person
    makes of the draft, asked only for sections that elicit.
    """

    role: str = ""
    holds: Callable[[Section, Values], bool | None] | None = None
    draft: Callable[[Section, Values], Any] | None = None
    elicit: Callable[[Section, Any], Any] | None = None


class Document(Struct, frozen=True):
    """A rendered document: where it belongs (placeholders filled where known), and its text."""

    path: str
    text: str


def render_document(template: Template, values: Values, author: Author = Author()) -> Document:  # noqa: B008
    """The document. Values are looked up by a section's id or title, from the innermost section outwards; the value
    of a section may be its content, or a mapping of what stands in it. A list of mappings gives a repeatable section
    its rounds; placeholders that count (`epic_number`) count them.
    """
    if template.format in ("yaml", "yml"):
        from ropewalk.documents.fields import render_fields

        text = render_fields(template, values)
    else:
        writing = _Writing(template, author)
        title = fill(template.title or template.name, values)
        if title:
            writing.parts.append(f"# {title}")
        writing.sections(template.sections, values, ())
        text = "\n\n".join(writing.parts) + "\n"
    return Document(fill(template.filename, values, single=True), text)


class _Writing:
    """One document being written, part by part."""

    def __init__(self, template: Template, author: Author) -> None:
        self.template = template
        self.author = author
        self.parts: list[str] = []

    def sections(self, sections: tuple[Section, ...], values: Values, above: tuple[Section, ...]) -> None:
        for section in sections:
            if self.wanted(section, values):
                for known, own in self.rounds(section, values, (*above, section)):
                    self.section(section, known, own, (*above, section))

    def wanted(self, section: Section, values: Values) -> bool:
        """A condition that nobody can tell is taken to hold: a person can strike a section, not guess one."""
        if not section.condition:
            return True
        is_wanted = _decided(values.get("conditions"), section)
        if is_wanted is None and self.author.holds:
            is_wanted = self.author.holds(section, values)
        return True if is_wanted is None else is_wanted

    def rounds(self, section: Section, values: Values, path: tuple[Section, ...]) -> list[tuple[Values, Any]]:
        """What is known in each round of a section, with its own content; one round where it is not repeatable."""
        own = value_of(section, values) if may_write(self.template, path, self.author.role) else None
        if not section.repeatable or section.type in LISTS or section.type == "table":
            return [_inside(section, values, own, 1, 1)]
        contents: Sequence[Any] = own if isinstance(own, list | tuple) else [own]
        entries = list(contents)[:MOST_ROUNDS] or [None]
        return [_inside(section, values, entry, n, len(entries)) for n, entry in enumerate(entries, 1)]

    def section(self, section: Section, values: Values, own: Any, path: tuple[Section, ...]) -> None:
        if own is None and self.author.draft and may_write(self.template, path, self.author.role):
            own = self.author.draft(section, values)
        if section.elicit and self.author.elicit:
            elicited = self.author.elicit(section, own)
            own = own if elicited is None else elicited
        title, own = _heading(section, values, own)
        if title:
            self.parts.append(f"{'#' * min(6, len(path) + 1)} {title}")
        text = body(section, own, values)
        if text:
            self.parts.append(text)
        elif not section.sections and not PICK.search(section.title):
            self.parts.append(EMPTY)
        self.sections(section.sections, values, path)


def value_of(section: Section, values: Values) -> Any:
    """What is known of a section, under its id or its title in any spelling; None where nothing is."""
    for name in (section.id, section.title):
        for spelled in (
            name,
            name.replace("-", "_"),
            name.replace("-", "_").lower(),
            name.replace(" ", "_").lower(),
        ):
            if spelled and spelled in values:
                return values[spelled]
    return None


def _decided(conditions: Any, section: Section) -> bool | None:
    """What the value `conditions` says of a section, by its id or by the condition's own words."""
    if isinstance(conditions, Mapping):
        for name in (section.id, section.condition):
            if name in conditions:
                return bool(conditions[name])
    return None


def _inside(section: Section, values: Values, own: Any, number: int, count: int) -> tuple[Values, Any]:
    """What is known inside a section, and its own content: a mapping names what stands in it, unless its type wants one."""
    known = dict(values)
    counting = [name for name in placeholders(section.title + section.template) if NUMBER.search(name)]
    if section.repeatable or count > 1:
        known |= {name: number for name in counting if name not in values}
    if not isinstance(own, Mapping) or section.type in ("checklist", "table", "choice"):
        return known, own
    known |= {str(key): value for key, value in own.items()}
    return known, own.get("text", own.get("content"))


def _heading(section: Section, values: Values, own: Any) -> tuple[str, Any]:
    """The section's title and its content. A title with a pick-one placeholder takes the choice into itself."""
    title = fill(section.title, values)
    match = PICK.search(title)
    if match is None:
        return title, own
    picked = own if isinstance(own, str) else _chosen(match[1].split("|"), values, section)
    if not picked or "\n" in picked:
        return title, own
    return title.replace(match[0], picked), None


def _chosen(offered: list[str], values: Values, section: Section) -> str:
    for name in (section.id, section.id.rpartition("-")[2], *section.id.split("-")):
        value = values.get(name, values.get(name.replace("-", "_")))
        if isinstance(value, str) and (value in offered or "\n" not in value):
            return value
    return ""
