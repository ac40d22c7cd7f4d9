"""What is on record: the log, the views that are folded from it, blobs, leases, outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ropewalk.exports import lazy

if TYPE_CHECKING:
    from ropewalk.store.chain import BODY_BYTES as BODY_BYTES, GENESIS as GENESIS
    from ropewalk.store.chain import record_hash as record_hash
    from ropewalk.store.follow import follow_feed as follow_feed, read_feed as read_feed
    from ropewalk.store.lease import RENEW_SECONDS as RENEW_SECONDS, Claimant as Claimant
    from ropewalk.store.memory import MemoryStore as MemoryStore
    from ropewalk.store.open import open_store as open_store
    from ropewalk.store.pattern import kind_matcher as kind_matcher
    from ropewalk.store.transfer import LINE_BYTES as LINE_BYTES
else:
    __getattr__ = lazy(
        __name__,
        {
            "store.chain": "BODY_BYTES GENESIS record_hash",
            "store.follow": "follow_feed read_feed",
            "store.lease": "RENEW_SECONDS Claimant",
            "store.memory": "MemoryStore",
            "store.open": "open_store",
            "store.pattern": "kind_matcher",
            "store.transfer": "LINE_BYTES",
        },
    )
