"""Where an artifact lives: as the file says, as the project's `core-config.yaml` says, else where BMAD keeps it."""

from __future__ import annotations

import re
from typing import Final

from ropewalk.formats.imported.kit.pack import Pack
from ropewalk.formats.imported.kit.references import FILE, identity

CONFIGURED: Final = {
    "prd.md": ("prd.prdFile", "docs/prd.md"),
    "architecture.md": ("architecture.architectureFile", "docs/architecture.md"),
}
STORY: Final = "*.*.story.md"
"""BMAD's name of a story's file, with the numbers of its epic and its story: `1.2.story.md`. Each story has its own."""
FOLDERS: Final = {
    "story.md": ("devStoryLocation", "docs/stories"),
    "qa": ("qa.qaLocation", "docs/qa"),
}
DOCUMENTS: Final = (".md", ".markdown")
AT_THE_TOP: Final = re.compile(
    r"(?:readme|changelog|contributing|code_of_conduct|security|license|agents|claude|gemini)\.(?:md|markdown)"
)
"""Documents that people and tools look for at the root of a project, never below `docs/`."""
SAVED: Final = re.compile(
    r"(?:project['’]?s?\s+|in\s+|to\s+)(?:the\s+)?[`'\"]?([\w.-]+(?:/[\w.-]+)*/)[`'\"]?\s+folder",
    re.IGNORECASE,
)


def place(name: str, pack: Pack, notes: str = "") -> str:
    """The path of a named file, from the root of the project. A name that is no file, or has a folder, stays.

    `notes`: "SAVE OUTPUT: Copy final screenplay.md to your project's docs/script/ folder" names the folder.
    """
    plain = identity(name)
    if plain in CONFIGURED:
        key, otherwise = CONFIGURED[plain]
        return pack.location(key) or otherwise
    if "/" in plain.rstrip("/") or not FILE.search(plain) or plain.endswith("/"):
        return _configured(plain, pack)
    if plain in FOLDERS:
        key, otherwise = FOLDERS[plain]
        return f"{(pack.location(key) or otherwise).rstrip('/')}/{STORY if plain == 'story.md' else plain}"
    if not plain.lower().endswith(DOCUMENTS) or AT_THE_TOP.fullmatch(plain.lower()):
        return plain
    folder = _saved(plain, notes)
    return f"{folder}{plain}" if folder else f"docs/{plain}"


def _saved(name: str, notes: str) -> str:
    """The folder that a note names for this file."""
    for line in notes.split("\n"):
        at = line.find(name)
        match = SAVED.search(line, at + len(name)) if at >= 0 else None
        if match and ".." not in match[1]:
            return match[1]
    return ""


def _configured(path: str, pack: Pack) -> str:
    """A path that begins with a name of the configuration: `qa.qaLocation/gates/…`."""
    first, slash, rest = path.partition("/")
    return (
        f"{pack.location(first).rstrip('/')}/{rest}"
        if slash and "." in first and pack.location(first)
        else path
    )
