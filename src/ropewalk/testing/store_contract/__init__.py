"""What every store promises, as tests: subclass `StoreContract` and give it a `store` fixture with a fresh store.

Needs pytest with pytest-asyncio in auto mode.
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    *(f"{__name__}.{part}" for part in ("side_tables", "feed", "listing", "log", "upkeep"))
)

from ropewalk.testing.store_contract.feed import FeedContract  # noqa: E402
from ropewalk.testing.store_contract.listing import ListingContract  # noqa: E402
from ropewalk.testing.store_contract.log import LogContract  # noqa: E402
from ropewalk.testing.store_contract.side_tables import SideTablesContract  # noqa: E402 - pytest must know them before
from ropewalk.testing.store_contract.upkeep import UpkeepContract  # noqa: E402


class StoreContract(LogContract, FeedContract, ListingContract, SideTablesContract, UpkeepContract):
    """All the promises."""


__all__ = ["StoreContract"]
