"""Files that an agent asks ropewalk to read or write: inside the working folder only, links followed before they are believed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ropewalk.agents.acp.permissions import within
from ropewalk.agents.inside import open_inside, write_inside

LARGEST_FILE_BYTES = 16_777_216


class AgentFiles:
    """Raises ValueError for what is not allowed, OSError for what cannot be done."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def read(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """`fs/read_text_file`: the text, or `limit` lines of it from `line` (1 is the first)."""
        path = self._path(params)
        text = await asyncio.to_thread(_read, self._folder, path)
        line, limit = params.get("line"), params.get("limit")
        if line is not None or limit is not None:
            lines = text.splitlines(keepends=True)[max(int(line or 1) - 1, 0) :]
            text = "".join(lines[: int(limit)] if limit is not None else lines)
        return {"content": text}

    async def write(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """`fs/write_text_file`."""
        name = os.fspath(self._path(params).relative_to(self._folder.resolve()))
        data = str(params.get("content", "")).encode("utf-8", "surrogatepass")
        await asyncio.to_thread(write_inside, self._folder, name, data)
        return {}

    def _path(self, params: Mapping[str, Any]) -> Path:
        name = str(params.get("path", ""))
        if not name or not within(self._folder, name):
            raise ValueError(f"{name!r} is outside of the working folder")
        return (self._folder / name).resolve()


def _read(folder: Path, path: Path) -> str:
    with os.fdopen(open_inside(folder, path, os.O_RDONLY), "rb") as file:
        data = file.read(LARGEST_FILE_BYTES + 1)
    if len(data) > LARGEST_FILE_BYTES:
        raise ValueError(f"{path.name!r} is larger than {LARGEST_FILE_BYTES:,} bytes")
    return data.decode("utf-8", "replace")
