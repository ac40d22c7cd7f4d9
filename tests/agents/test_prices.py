import datetime

import pytest

from ropewalk.agents.prices import as_of, estimate, price_note, prices
from ropewalk.core import Usage


def test_the_table_has_a_date_and_sane_prices():
    assert datetime.date.fromisoformat(as_of()).year >= 2026
    assert all(0 < price.cached <= price.tokens_in < price.tokens_out for price in prices().values())


def test_a_dated_name_has_its_familys_price_and_its_makers_name_does_not_matter():
    assert estimate("openai/gpt-5-2026-01-01", 1_000_000, 100_000) == pytest.approx(1.25 + 1.0)
    assert estimate("gpt-5-mini-x", 1_000_000, 0) == pytest.approx(0.25)
    assert estimate("GPT-5", 1_000_000, 0, cached=1_000_000) == pytest.approx(0.125)


def test_a_model_that_is_not_in_the_table_has_no_price():
    assert estimate("gpt-5.9", 1, 1) is None
    assert estimate("", 1, 1) is None


def test_an_attempt_says_by_which_prices_its_cost_was_reckoned_or_that_it_is_unknown():
    reckoned = Usage(tokens_in=10, cost_usd=0.015, estimated=True)
    assert price_note("gpt-5", reckoned) == f"[ropewalk: about $0.0150, by the prices of {as_of()}]\n"
    assert "no price is known for the model gpt-9 (prices of" in price_note("gpt-9", Usage(tokens_out=1))
    assert "a model that is not named" in price_note("", Usage(tokens_in=1))
    assert price_note("x", Usage()) == price_note("x", Usage(tokens_in=1, cost_usd=0.5)) == ""
