"""Secrets that an agent holds never leave by what it says or writes: known values are replaced in every spelling of them.

It is a net, not a wall: the wall is that an agent holds one credential only, and confinement.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

SHORTEST = 8
"""A shorter value is a word that stands in texts for other reasons."""

LARGEST_FILE_BYTES = 5_000_000
_SKIPPED = frozenset({".git", "node_modules", ".venv"})


class Redactor:
    """Replaces values by `[redacted NAME]`; `secrets` are values by name. Without any it changes nothing."""

    def __init__(self, secrets: Mapping[str, str] | None = None) -> None:
        self._names: dict[str, str] = {}
        for name, value in (secrets or {}).items():
            if len(value) >= SHORTEST:
                self._names |= dict.fromkeys(_spellings(value), name)
        longest_first = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def text(self, text: str) -> str:
        """The text without the secrets."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: f"[redacted {self._names[found[0]]}]", text)

    def data(self, value: Any) -> Any:
        """Plain data (mappings, lists, texts, Structs) without the secrets."""
        if self._pattern is None:
            return value
        if isinstance(value, msgspec.Struct):
            fields = {name: self.data(getattr(value, name)) for name in value.__struct_fields__}
            return type(value)(**fields)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.data(key): self.data(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.data(item) for item in value)
        return value

    def files(self, folder: Path, since: float) -> list[str]:
        """Take the secrets out of the files that changed since (unix seconds); gives the names of those that had one."""
        if self._pattern is None:
            return []
        return [name for path, name in _changed(folder, since) if self._mend(path)]

    def _mend(self, path: Path) -> bool:
        data = path.read_bytes()
        mended = data
        for spelling, name in self._names.items():
            mended = mended.replace(spelling.encode(), f"[redacted {name}]".encode())
        if mended == data:
            return False
        path.write_bytes(mended)
        return True


def _spellings(value: str) -> Iterator[str]:
    """As it is, as JSON and a URL write it, and in base64 at each of the three offsets."""
    yield value
    yield msgspec.json.encode(value).decode()[1:-1]
    yield quote(value, safe="")
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + value.encode()).decode().rstrip("=")
        inner = coded[0 if offset == 0 else offset + 1 :]
        yield inner[:-1]
    yield value.encode().hex()


def _changed(folder: Path, since: float) -> Iterable[tuple[Path, str]]:
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        for file in files:
            path = Path(place) / file
            if path.is_symlink() or not path.is_file():
                continue
            seen = path.stat()
            if max(seen.st_mtime, seen.st_ctime) >= since and seen.st_size <= LARGEST_FILE_BYTES:
                yield path, path.relative_to(folder).as_posix()
