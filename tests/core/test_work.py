"""What is spent: nothing that is told, stored or taken in gives money back to a budget."""

import math

import msgspec
import pytest

from ropewalk.core.work import Spending, Usage


@pytest.mark.parametrize("told", [{"cost_usd": -0.01}, {"tokens_in": -1}, {"tokens_out": -1}])
def test_less_than_nothing_cannot_be_spent(told):
    with pytest.raises(ValueError, match="not less than nothing"):
        Usage(**told)
    with pytest.raises(msgspec.ValidationError, match="not less than nothing"):
        msgspec.json.decode(msgspec.json.encode(told), type=Usage)


@pytest.mark.parametrize("cost", [math.inf, -math.inf, math.nan])
def test_what_is_no_number_cannot_be_spent(cost):
    with pytest.raises(ValueError, match="is a number"):
        Usage(cost_usd=cost)
    with pytest.raises(ValueError, match="is a number"):
        Spending(cost_usd=cost)


@pytest.mark.parametrize("told", [{"cost_usd": -1}, {"tokens": -1}, {"attempts": -1}, {"seconds": -0.5}])
def test_a_called_run_gives_its_caller_nothing_back(told):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(told, Spending)
