"""What a command's run needs of the attempt that it is part of: two folders, and somebody who hears what is printed."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class ProcessListener(Protocol):
    """A desk is one. Nothing here blocks."""

    @property
    def folder(self) -> Path:
        """Where the command works."""
        ...

    @property
    def spool(self) -> Path:
        """The attempt's private folder."""
        ...

    def say(self, text: str, channel: str = "out") -> None:
        """Add to the attempt's output."""
        ...

    def alive(self) -> None:
        """A sign of life."""
        ...
