"""A copy of the file as of now, whole or not at all; others go on writing meanwhile."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

from ropewalk.errors import StoreError
from ropewalk.store.sqlite.connection import trouble


async def back_up(source: Path, path: Path, prove: Callable[[Path], Awaitable[None]]) -> None:
    """A copy in a new file, put there once `prove` has found nothing wrong with it. Raises StoreError."""
    half = _part(path)
    try:
        await asyncio.to_thread(_copy, source, half)
        await prove(half)
        os.replace(half, path)
    except sqlite3.Error as error:
        raise trouble(str(path), error) from error
    except OSError as error:
        raise StoreError(store=str(path), reason=f"it cannot be written: {error.strerror}") from error
    finally:
        half.unlink(missing_ok=True)


def _part(path: Path) -> Path:
    """Where the copy grows until it is whole."""
    if path.exists():
        raise StoreError(store=str(path), reason="a backup goes to a new file, and this one is there")
    if not path.parent.is_dir():
        raise StoreError(store=str(path), reason="a backup needs a folder, and this one is not there")
    part = path.absolute().with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    return part


def _copy(source: Path, target: Path) -> None:
    """In a thread, on connections of its own: one read transaction, which keeps no writer waiting."""
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
        origin.backup(copy)
