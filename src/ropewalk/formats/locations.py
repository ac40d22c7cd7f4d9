"""Where files are looked for: the project around a folder, ropewalk's own folder in it, and the library that ships with ropewalk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

STATE: Final = ".ropewalk"
"""ropewalk's own folder in a project."""
MARKS: Final = (STATE, ".bmad-core", ".git")
"""What shows that a folder is the top of a project."""


def project_folder(start: Path) -> Path:
    """The folder of the project around `start`: the nearest one that has a mark of its own, else `start` itself."""
    resolved = Path(os.path.realpath(start))  # unlike `resolve` takes a link that leads to itself
    for folder in (resolved, *resolved.parents):
        if any(os.path.exists(folder / mark) for mark in MARKS):
            return folder
    return resolved


def library_folder(kind: str = "workflows") -> Path:
    """The folder of the workflows that ship with ropewalk, or of the `templates`, by the name of the folder."""
    import ropewalk.library

    return Path(ropewalk.library.__path__[0]) / kind
