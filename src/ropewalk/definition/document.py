"""A document template as pure data: which sections a document has, who may write each, and what is asked of a person.

The words are those of BMAD's templates; `ropewalk.formats.documents` reads, renders and checks them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

LISTS: Final = frozenset({"bullet-list", "numbered-list", "checklist"})
"""Section types whose content is a list of entries: being repeatable repeats the entry, not the heading."""


class Section(Struct, frozen=True, omit_defaults=True):
    """One part of a document. `condition` is prose: who renders says whether it holds. `examples` are never output."""

    id: str
    title: str = ""
    type: str = "text"
    instruction: str = ""
    template: str = ""
    content: str = ""
    condition: str = ""
    elicit: bool = False
    repeatable: bool = False
    readonly: bool = False
    owner: str = ""
    editors: tuple[str, ...] = ()
    placeholder: str = ""
    examples: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    item_template: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    prefix: str = ""
    choices: dict[str, tuple[str, ...]] = {}
    language: str = ""
    mermaid_type: str = ""
    sections: tuple[Section, ...] = ()
    extra: dict[str, Any] = {}
    line: int = 0


class Template(Struct, frozen=True, omit_defaults=True):
    """A whole template. `fields` is what a YAML document holds; `allowed` the values that a field's comment names."""

    id: str
    name: str = ""
    version: str = ""
    format: str = "markdown"
    filename: str = ""
    title: str = ""
    mode: str = "interactive"
    elicitation: str = ""
    editable: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    fields: dict[str, Any] = {}
    allowed: dict[str, tuple[str, ...]] = {}
    extra: dict[str, Any] = {}
    source: str = ""


class Finding(Struct, frozen=True, omit_defaults=True):
    """What a document lacks. A concern is told and passes; anything else fails the check. `line` 0: nowhere in it."""

    section: str
    what: str
    text: str
    line: int = 0
    concern: bool = False

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.text}"


def walk_sections(
    sections: tuple[Section, ...], above: tuple[Section, ...] = ()
) -> Iterator[tuple[Section, ...]]:
    """Every section with those above it, outermost first, in written order."""
    for section in sections:
        path = (*above, section)
        yield path
        yield from walk_sections(section.sections, path)


OTHER_NAMES: Final = {
    "sm": "scrum-master",
    "po": "product-owner",
    "pm": "product-manager",
    "dev": "developer",
    "full-stack-developer": "developer",
    "qa": "quality",
    "quality-assurance": "quality",
    "test-architect": "quality",
    "tester": "quality",
    "ux": "designer",
    "ux-expert": "designer",
    "ux-designer": "designer",
}


def plain_role_name(role: str) -> str:
    """A role's name without the habits of one pack: `dev-agent`, `dev` and `developer` are one."""
    plain = re.sub(r"[\s_]+", "-", role.strip().lower()).removesuffix("-agent")
    return OTHER_NAMES.get(plain, plain)


def may_write(template: Template, path: tuple[Section, ...], role: str) -> bool:
    """Whether a role may write the section that the path ends with; no role means a person, who may.

    The nearest owner or editors on the path decide; without any, the template's own list of editable titles does.
    """
    if path[-1].readonly:
        return False
    if not role:
        return True
    for section in reversed(path):
        if section.owner or section.editors:
            return plain_role_name(role) in {
                plain_role_name(name) for name in (section.owner, *section.editors) if name
            }
    return not template.editable or any(section.title in template.editable for section in path)
