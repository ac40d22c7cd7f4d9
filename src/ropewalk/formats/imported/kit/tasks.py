"""The task of a pack that an item's action means: `create_story` of the scrum master is the pack's `create-next-story`.

A command of the role's agent file (`*draft`) before a task that the file lists, before any task of the pack; words are
compared by how they begin. Nothing is inferred where the item names a task of the pack itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from ropewalk.documents import as_list, as_text
from ropewalk.formats.imported.kit.items import Item
from ropewalk.formats.imported.kit.making import ImportContext
from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.formats.imported.kit.personas import Persona

SAME: Final = {"implement": "develop", "implementation": "story", "documents": "doc", "document": "doc"}
COMMAND: Final = re.compile(r"(?:@([\w-]+)\s*(?:→|->|:)?\s*)?(?<!\*)\*([a-z][a-z0-9-]{2,40})(?![\w*-])")
NAMING: Final = ("task", "uses_task", "using_task", "uses")
MOST_TEXT: Final = 40_000
MOST_SUMMARY: Final = 200
"""A command in so few letters says which task it runs; a longer one is the instruction itself, whatever it names."""


def followed_task(step: str, item: Item, names: Iterable[str], making: ImportContext) -> tuple[str, ...]:
    """What is told to the role of a step: the text of the task or command that its action means, with its place."""
    pack = making.pack
    action = as_text(item.data.get("action"))
    if pack.root is None or " " in action.strip() or _names_one(item, pack):
        return ()
    agent = next((each for name in names if (each := pack.persona(name)) is not None), None)
    for words in dict.fromkeys([*_commands(item, agent), action]):
        command = _command(words, agent)
        task = _task(words, command, agent, pack)
        if task:
            place = pack.find(task, "tasks")
            if place is not None:
                shown = pack.place(place[1])
                making.why(step, f"`{words}` is the task `{shown}`")
                return (f"Task `{shown}`:\n\n{pack.text(place[1])[:MOST_TEXT]}",)
        if command and agent is not None:
            making.why(step, f"`{words}` is the command `*{command}` of {agent.id}")
            return (f"Command `*{command}`:\n\n{agent.commands[command][:MOST_TEXT]}",)
    return ()


def _names_one(item: Item, pack: Pack) -> bool:
    named = [as_text(entry) for key in NAMING for entry in as_list(item.data.get(key))]
    named += re.findall(r"\btask\s+([\w.-]+)", as_text(item.data.get("action")))
    return any(pack.find(name, "tasks") is not None for name in named)


def _commands(item: Item, agent: Persona | None) -> list[str]:
    """The commands (`@sm → *create`) that the item or its notes give to this agent."""
    texts = [
        as_text(entry) for key in ("command", "commands", "notes") for entry in as_list(item.data.get(key))
    ]
    matches = [match for text in texts for match in COMMAND.finditer(text)]
    return [match[2] for match in matches if match[1] is None or (agent is not None and match[1] == agent.id)]


def _command(words: str, agent: Persona | None) -> str:
    """The command of an agent file that is called so, or that an action's words begin with."""
    wanted = _stems(words)
    for name in agent.commands if agent is not None else ():
        own = _stems(name)
        if own and (own == wanted or (len(own) < len(wanted) and own == wanted[: len(own)])):
            return name
    return ""


def _task(words: str, command: str, agent: Persona | None, pack: Pack) -> str:
    listed = [name.removesuffix(".md") for name in agent.files.get("tasks", ())] if agent is not None else []
    text = agent.commands[command] if command and agent is not None else ""
    text = text if len(text) <= MOST_SUMMARY else ""
    for name in sorted(listed, key=len, reverse=True):
        if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text):
            return name
    return _nearest(words, listed) or ("" if command else _nearest(words, pack.names("tasks")))


def _nearest(words: str, names: Iterable[str]) -> str:
    """The name that holds all of the words, with the fewest others; of several the one that begins alike."""
    wanted = _stems(words)
    fitting = [
        (len(own) - len(wanted), not _alike(own[0], wanted[0]), name)
        for name in names
        if wanted
        and (own := _stems(name))
        and all(any(_alike(word, other) for other in own) for word in wanted)
    ]
    return min(fitting)[2] if fitting else ""


def _stems(words: str) -> list[str]:
    plain = (word for word in re.split(r"[^a-z0-9]+", words.lower()) if word)
    return [SAME.get(word, word) for word in plain]


def _alike(left: str, right: str) -> bool:
    return left == right or left.removesuffix("s") == right.removesuffix("s")
