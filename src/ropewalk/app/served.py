"""Which projects of this user have a door: noted in the user's own state folder, so that what is confined in one sees none.

A store's secret and a token's file let in anybody who reads them, wherever the project lies; a project's confinement hides them all.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from ropewalk.files import read_text, replace_file


def note_served(places: Iterable[str]) -> None:
    """Keep in mind that these files and folders belong to a door. Where nothing can be kept there, nothing is."""
    text = "\n".join(place for place in places if "\n" not in place)
    name = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    with contextlib.suppress(OSError):
        _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        replace_file(_folder() / name, text.encode("utf-8", "surrogateescape"))


def served() -> tuple[str, ...]:
    """All that was kept in mind and is still there; what is no more is forgotten."""
    kept: dict[str, None] = {}
    try:
        notes = sorted(_folder().iterdir())
    except OSError:
        return ()
    for note in notes:
        with contextlib.suppress(OSError):
            places = read_text(note, errors="surrogateescape").splitlines()
            existing = [place for place in places if os.path.exists(place)]
            if not existing:
                note.unlink()
            kept |= dict.fromkeys(existing)
    return tuple(kept)


def _folder() -> Path:
    state = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if os.path.isabs(state) else Path.home() / ".local" / "state") / "ropewalk" / "served"
