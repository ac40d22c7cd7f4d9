"""What tokens cost, for agents that tell tokens only: a table with a date, and every sum from it is marked as estimated."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from ropewalk.core import Usage

_TABLE = Path(__file__).with_name("prices.toml")
_MILLION = 1_000_000


class Price(Struct, frozen=True):
    """USD for a million tokens."""

    tokens_in: float
    tokens_out: float
    cached: float


def estimate(model: str, tokens_in: int, tokens_out: int, cached: int = 0) -> float | None:
    """USD for these tokens (`cached` is the part of `tokens_in` that was read from a cache); None for a model not in
    the table. The longest name that the model's begins with counts, so that a dated name has its family's price.
    """
    name = model.rpartition("/")[2].lower()
    fitting = [known for known in prices() if name == known or name.startswith(f"{known}-")]
    if not fitting:
        return None
    price = prices()[max(fitting, key=len)]
    fresh = max(tokens_in - cached, 0)
    return (fresh * price.tokens_in + cached * price.cached + tokens_out * price.tokens_out) / _MILLION


@lru_cache(maxsize=1)
def prices() -> Mapping[str, Price]:
    """The table by the model's name."""
    read = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {
        name.lower(): Price(row["in"], row["out"], row.get("cached", row["in"]))
        for name, row in read["models"].items()
    }


def price_note(model: str, usage: Usage) -> str:
    """A line for the output of an attempt that told tokens: what its cost was reckoned by, or that it is unknown; else ""."""
    if usage.estimated and usage.cost_usd is not None:
        return f"[ropewalk: about ${usage.cost_usd:.4f}, by the prices of {as_of()}]\n"
    if usage.cost_usd is None and (usage.tokens_in or usage.tokens_out):
        which = f"the model {model}" if model else "a model that is not named"
        return f"[ropewalk: no price is known for {which} (prices of {as_of()}), so its cost is unknown]\n"
    return ""


def as_of() -> str:
    """The date of the table, `YYYY-MM-DD`."""
    return str(tomllib.loads(_TABLE.read_text(encoding="utf-8"))["as_of"])
