"""Stage 4, people: who an item means by `agent`, from `pm` over `analyst/pm` to `various` and `user`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from ropewalk.documents import as_list, as_text
from ropewalk.formats.imported.kit import policy

Sort = Literal["role", "anybody", "owners", "person", "engine"]
APART: Final = re.compile(r"\s*(?:\||/|,|&|\+)\s*|\s+(?:OR|or|and|AND)\s+")
FILE: Final = re.compile(r"\.(?:md|markdown|ya?ml)$", re.IGNORECASE)
"""An agent that is named by its file is called as the file is."""
BLANK: Final = re.compile(r"\$?\{+[^{}]*\}+")


class Crew(Struct, frozen=True):
    """Who does an item. `names` are in order of preference, as written; `others` help or follow."""

    sort: Sort
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    unclear: bool = False


def crew(data: Mapping[str, Any], known: frozenset[str] = frozenset()) -> Crew:
    """Who is meant by an item's keys; `known` are names of roles that stay whole whatever signs are in them."""
    written = data.get("agent")
    if written is None and as_text(data.get("orchestrator")) in known:
        written = data["orchestrator"]
    texts = [as_text(entry) for entry in as_list(written)]
    if not any(texts):
        texts = [as_text(entry) for entry in as_list(data.get("agents")) if isinstance(entry, str)]
        texts = texts or [as_text(data.get("role"))] if isinstance(data.get("role"), str) else texts
    names = [name for text in texts for name in _apart(text, known) if name]
    others = [as_text(entry) for entry in as_list(data.get("alternative_agent"))]
    helpers = [as_text(entry) for entry in as_list(data.get("delegates_to"))]
    unclear = any(BLANK.search(name) for name in names)
    names = [clean for name in names if (clean := _without_blanks(name))]
    if not names:
        return Crew("engine", others=tuple(helpers))
    plain = names[0].lower().replace(" ", "_")
    if plain in policy.OWNERS:
        return Crew("owners", tuple(names), tuple(others + helpers))
    if plain in policy.ANYBODY:
        return Crew("anybody", tuple(names), tuple(others + helpers))
    if plain in policy.PEOPLE:
        return Crew("person", tuple(names), tuple(others + helpers))
    if plain in policy.NOBODY:
        return Crew("engine", tuple(names), tuple(others + helpers))
    return Crew("role", (*dict.fromkeys([*names, *others]),), tuple(helpers), unclear)


def _without_blanks(name: str) -> str:
    """A name without what is not filled in; one that is all blank is called by the blank: two blanks are two people."""
    around = BLANK.sub("", name).strip("-_. ")
    return around or re.sub(r"[^\w.-]+", "", name).replace(".", "-").strip("-_")


def _apart(text: str, known: frozenset[str]) -> list[str]:
    text = text.strip().lstrip("@")
    if text in known or text.lower() in known:
        return [text]
    if FILE.search(text):
        return [FILE.sub("", text.rsplit("/", 1)[-1])]
    return [part.strip().lstrip("@") for part in APART.split(text)]


def role_id(name: str, number: int = 0) -> str:
    """A role's name for programs; a name without any Latin letter gets a number instead."""
    plain = re.sub(r"[^A-Za-z0-9_.]+", "-", name).strip("-.")[:60]
    return plain.lower() or f"role-{number}"
