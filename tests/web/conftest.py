"""A door whose client is let in with every right; and one whose client has no token."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from ropewalk.observe.logs import log_to_standard_error
from tests.web.opened import Opened, opened


@pytest.fixture(autouse=True)
def quick_log() -> Iterator[None]:
    """As `ropewalk serve` logs: structlog's own default paints tracebacks for seconds."""
    log_to_standard_error(plain=False)
    yield
    structlog.reset_defaults()


@pytest.fixture
async def door(tmp_path) -> AsyncIterator[Opened]:
    async with opened(tmp_path / "project") as open_door:
        await open_door.let_in()
        yield open_door


@pytest.fixture
async def guarded(tmp_path) -> AsyncIterator[Opened]:
    async with opened(tmp_path / "project") as open_door:
        yield open_door
