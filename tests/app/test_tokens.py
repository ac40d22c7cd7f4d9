"""Tokens: kept as hashes only, counted as long as they last, and never told apart by time."""

from itertools import pairwise

import pytest

from ropewalk.app.tokens import MAY, ROLES, Person, Role, Tokens
from ropewalk.errors import NoSuchToken, Unauthenticated, UsageError
from ropewalk.store.memory import MemoryStore


async def test_what_is_kept_does_not_let_anybody_in():
    store = MemoryStore()
    tokens = Tokens(store)
    text, token = await tokens.create("ada", "operator", 100.0)
    assert text.startswith("ropewalk_")
    assert len(text) >= 48
    assert text not in str(await store.recall("access/tokens"))
    assert await tokens.person(text, 200.0) == Person("ada", "operator", token.id)
    assert await tokens.by_id(token.id, 200.0) == Person("ada", "operator", token.id)


async def test_a_token_ends_with_its_time_or_when_it_is_revoked():
    tokens = Tokens(MemoryStore())
    assert not await tokens.any_alive(0.0)
    text, token = await tokens.create("ada", "viewer", 0.0, days=1)
    assert await tokens.any_alive(86_399.0)
    with pytest.raises(Unauthenticated):
        await tokens.person(text, 86_400.0)
    other, second = await tokens.create("bob", "admin", 0.0)
    await tokens.revoke("bob", 5.0)
    assert (await tokens.revoke(second.id, 9.0)).revoked_at == 5.0
    for wrong in (other, "ropewalk_x", "", "\ud800"):
        with pytest.raises(Unauthenticated):
            await tokens.person(wrong, 6.0)
    with pytest.raises(Unauthenticated):
        await tokens.by_id(second.id, 6.0)
    assert token.id != second.id


async def test_a_name_that_two_tokens_have_is_none():
    tokens = Tokens(MemoryStore())
    await tokens.create("ada", "viewer", 0.0)
    await tokens.create("ada", "viewer", 0.0)
    with pytest.raises(NoSuchToken):
        await tokens.revoke("ada", 1.0)


@pytest.mark.parametrize(
    "how", [{"role": "boss"}, {"role": "viewer", "days": 0}, {"role": "viewer", "days": 1e9}]
)
async def test_a_token_that_makes_no_sense_is_not_made(how):
    tokens = Tokens(MemoryStore())
    with pytest.raises(UsageError):
        await tokens.create("ada", now=0.0, **how)
    assert await tokens.all() == []


async def test_the_secret_of_logins_is_made_once():
    store = MemoryStore()
    assert await Tokens(store).secret() == await Tokens(store).secret()
    assert len(await Tokens(store).secret()) == 32


def test_each_role_may_what_the_one_below_may():
    order: tuple[Role, ...] = ("viewer", "approver", "operator", "admin")
    assert set(order) == set(ROLES)
    for lower, higher in pairwise(order):
        assert MAY[lower] < MAY[higher]
