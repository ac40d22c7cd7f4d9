"""Agent files of BMAD packs as roles, and team files as lists of them. What such a file tells a chat program to do at
its start is left out; who the persona is, and which files it works with, is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from msgspec import Struct

from ropewalk.definition import Fault, Role, definition_error
from ropewalk.documents import as_list, as_text, as_texts, value_in_words
from ropewalk.errors import InvalidDefinition
from ropewalk.yaml import yaml_documents

BLOCK: Final = re.compile(r"^(`{3,}|~{3,})[ \t]*ya?ml[^\n]*\n(.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)
PERSONA: Final = ("role", "identity", "focus", "style")
MOST_TEXT: Final = 20_000


class Persona(Struct, frozen=True):
    """An agent file: its role, when it is of use, by kind (`tasks`, `templates`, …) the files it works with, and what
    each of its commands does, in words.
    """

    id: str
    role: Role
    when: str = ""
    files: dict[str, tuple[str, ...]] = {}
    commands: dict[str, str] = {}


class Team(Struct, frozen=True):
    """A team file. `agents` may hold the wildcard `*`."""

    name: str
    description: str = ""
    agents: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ()

    def members(self, known: Iterable[str]) -> tuple[str, ...]:
        """The agents by name, the wildcard replaced by all that are known, each once."""
        every = sorted(known)
        named = [name for agent in self.agents for name in (every if agent == "*" else [agent])]
        return tuple(dict.fromkeys(named))


def persona(text: str, file: str = "") -> Persona:
    """The persona of an agent file: Markdown around one YAML block, or that YAML alone; a Markdown file without one is
    the persona itself. InvalidDefinition: the block is not YAML; its place is that in the whole file.
    """
    stem = re.sub(r"\.(?:md|markdown|ya?ml|txt)$", "", file.rsplit("/", 1)[-1])
    match = BLOCK.search(text)
    if match is None and not file.endswith((".yaml", ".yml")):
        body = text.strip()[:MOST_TEXT]
        title = re.search(r"^#\s+(.+)$", text, re.MULTILINE)
        return Persona(stem or "agent", Role(persona=body, title=title[1].strip() if title else stem))
    data = _data(match[2] if match else text, file, text.count("\n", 0, match.start(2)) if match else 0)
    return _persona(data, stem)


def _data(text: str, file: str, above: int) -> Mapping[str, Any]:
    try:
        documents = yaml_documents(text, file)
    except InvalidDefinition as error:
        moved = [
            Fault(fault.file, fault.line + above, fault.column, fault.what, fault.nearest, fault.hint)
            for fault in error.faults
        ]
        raise definition_error(file, moved) from error
    for document in documents:
        if isinstance(document.data, Mapping):
            return document.data
    raise definition_error(
        file, [Fault(file, above + 1, 1, "holds no agent", hint="describe it under `agent:` and `persona:`")]
    )


def _persona(data: Mapping[str, Any], stem: str) -> Persona:
    agent, described = _mapping(data.get("agent")), _mapping(data.get("persona"))
    name, title = as_text(agent.get("name")), as_text(agent.get("title"))
    plain_text = as_text(data.get("persona")) if isinstance(data.get("persona"), str) else ""
    called = f"{name}, {title}" if name and title else name or title or stem
    lines = [f"You are {called}.", plain_text]
    lines += [f"{key.capitalize()}: {as_text(described[key])}" for key in PERSONA if described.get(key)]
    lines.append(_list("Principles", described.get("core_principles") or data.get("core_principles")))
    lines.append(as_text(agent.get("customization")))
    files = _mapping(data.get("dependencies"))
    return Persona(
        as_text(agent.get("id")) or stem or "agent",
        Role(persona="\n".join(line for line in lines if line)[:MOST_TEXT], title=title or name or stem),
        as_text(agent.get("whenToUse") or agent.get("when_to_use")),
        {str(kind): as_texts(names) for kind, names in files.items() if names},
        dict(_commands(data.get("commands"))),
    )


def _commands(value: Any) -> Iterable[tuple[str, str]]:
    """The names of commands, and what they do: a mapping, or a list that mixes mappings, texts and lists."""
    if isinstance(value, Mapping):
        for key, does in value.items():
            name = str(key).strip("*` ").split(" ", 1)[0]
            yield name, as_text(does) if isinstance(does, str) else value_in_words(does)
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, Mapping | list):
            yield from _commands(entry)
        elif as_text(entry):
            name, _, does = as_text(entry).partition(":")
            yield name.split(" ", 1)[0].strip("*` "), does.strip()


def _list(title: str, value: Any) -> str:
    entries = as_texts(value)
    return f"{title}:\n" + "\n".join(f"- {entry}" for entry in entries) if entries else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def is_team(data: object) -> bool:
    """Whether data is a team or bundle file."""
    return isinstance(data, Mapping) and isinstance(data.get("bundle"), Mapping)


def is_agent(data: object) -> bool:
    """Whether data is an agent's description."""
    return isinstance(data, Mapping) and isinstance(data.get("agent"), Mapping) and "persona" in data


def team(data: Mapping[str, Any]) -> Team:
    """The team of a file's data that `is_team`; no workflows at all may be written as `null`."""
    bundle = _mapping(data.get("bundle"))
    return Team(
        as_text(bundle.get("name")),
        as_text(bundle.get("description")),
        as_texts(data.get("agents") or bundle.get("agents")),
        tuple(as_text(entry) for entry in as_list(data.get("workflows") or bundle.get("workflows"))),
    )
