"""The token by which programs of this host come in at `ropewalk serve`: a file that only its user can read, in ropewalk's own folder.

A confined agent does not see that folder; without the token no door is open to it, also where it has the network.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from msgspec import Struct

from ropewalk.app.open import Ropewalk
from ropewalk.app.tokens import Person, Tokens
from ropewalk.errors import Unauthenticated
from ropewalk.files import replace_file

FILE: Final = "serve.token"


class Listening(Struct, frozen=True):
    """How to come in: the address; on loopback a link that logs in one browser, and the file that holds the token."""

    url: str
    login: str = ""
    token_file: str = ""


async def door_key(ropewalk: Ropewalk) -> tuple[str, Path]:
    """The token, as it stands in its file, and where that is. Made anew where none is there that this store takes."""
    path = ropewalk.home / FILE
    tokens, now = Tokens(ropewalk.store), ropewalk.engine.clock.now()
    kept = _read(path)
    if kept and await _counts(tokens, kept, ropewalk.actor, now):
        return kept, path
    text, _ = await tokens.create(ropewalk.actor, "admin", now)
    _write(path, text)
    return text, path


async def _counts(tokens: Tokens, text: str, actor: str, now: float) -> bool:
    try:
        person = await tokens.person(text, now)
    except Unauthenticated:
        return False
    return person == Person(actor, "admin", person.token)


def _read(path: Path) -> str:
    """What the file holds; "" where it is not there, or is not a file that only its user can read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    with os.fdopen(descriptor, "r", encoding="utf-8", errors="replace") as file:
        status = os.fstat(file.fileno())
        if status.st_mode & 0o077 or status.st_uid != os.geteuid():
            return ""
        return file.read(200).strip()


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and never readable by others for a moment."""
    replace_file(path, f"{text}\n".encode(), 0o600)
