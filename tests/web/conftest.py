"""A door that is open, with every right; and one that wants tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.web.opened import Opened, opened


@pytest.fixture
async def door(tmp_path) -> AsyncIterator[Opened]:
    async with opened(tmp_path / "project") as open_door:
        yield open_door


@pytest.fixture
async def guarded(tmp_path) -> AsyncIterator[Opened]:
    async with opened(tmp_path / "project", needs_token=True) as open_door:
        yield open_door
