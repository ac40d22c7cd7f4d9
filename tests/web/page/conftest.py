"""A browser in which a page can be opened, of somebody with every right."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.web.page.browsing import Browsing, browsing


@pytest.fixture
async def browser(tmp_path) -> AsyncIterator[Browsing]:
    async with browsing(tmp_path / "project") as opened:
        yield opened
