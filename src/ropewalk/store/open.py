"""From a URL to its store. An adapter is imported when its scheme is asked for, so that nobody pays for the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ropewalk.errors import StoreError
from ropewalk.store.port import Store


def open_store(url: str) -> Store:
    """`sqlite:///path` or a plain path (made where it is not there), or `memory:`. Raises StoreError."""
    scheme, colon, rest = url.partition(":")
    if not colon or len(scheme) < 2 or "/" in scheme:
        return _sqlite(url)
    opener = SCHEMES.get(scheme)
    if opener is None:
        known = ", ".join(f"{name}:" for name in SCHEMES)
        raise StoreError(
            store=url, reason=f"{scheme}: is no kind of store; there are {known} and plain paths"
        )
    return opener(rest)


def _sqlite(rest: str) -> Store:
    from ropewalk.store.sqlite import SqliteStore

    path = Path(rest.removeprefix("//").removeprefix("/") if rest.startswith("///") else rest).expanduser()
    if not rest or path.is_dir():
        raise StoreError(store=rest or "sqlite:", reason="it needs the path of a file")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(store=rest, reason=f"its folder cannot be made: {error.strerror}") from error
    return SqliteStore(path)


def _memory(rest: str) -> Store:
    from ropewalk.store.memory import MemoryStore

    return MemoryStore()


SCHEMES: dict[str, Callable[[str], Store]] = {"sqlite": _sqlite, "memory": _memory}
