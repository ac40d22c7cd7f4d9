"""The token of this host: kept where only its user reads it, and made anew when it is worth nothing."""

import os

import pytest

from weft.app.doorkey import FILE, door_key
from weft.app.open import open_weft
from weft.app.tokens import Tokens


@pytest.fixture
async def weft(tmp_path):
    (tmp_path / ".weft").mkdir()
    async with open_weft(tmp_path) as opened:
        yield opened


async def person(weft, text):
    return await Tokens(weft.store).person(text, weft.engine.clock.now())


async def test_it_is_made_once_and_read_from_then_on(weft):
    text, path = await door_key(weft)
    assert path == weft.home / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert (await person(weft, text)).role == "admin"
    assert await door_key(weft) == (text, path)
    assert len(await Tokens(weft.store).all()) == 1


async def test_one_that_was_revoked_or_is_of_somebody_else_is_replaced(weft):
    text, path = await door_key(weft)
    await Tokens(weft.store).revoke(weft.actor, weft.engine.clock.now())
    second, _ = await door_key(weft)
    assert second != text
    viewer, _ = await Tokens(weft.store).create(weft.actor, "viewer", weft.engine.clock.now())
    path.write_text(viewer)
    third, _ = await door_key(weft)
    assert third not in (second, viewer)


@pytest.mark.parametrize("how", ["readable", "link", "pipe", "empty"])
async def test_a_file_that_others_could_read_or_have_put_there_is_not_believed(weft, tmp_path, how):
    text, path = await door_key(weft)
    match how:
        case "readable":
            path.chmod(0o644)
        case "link":
            path.rename(tmp_path / "elsewhere")
            path.symlink_to(tmp_path / "elsewhere")
        case "pipe":
            path.unlink()
            os.mkfifo(path, 0o600)
        case "empty":
            path.write_text("")
    fresh, _ = await door_key(weft)
    assert fresh != text
    assert path.is_file()
    assert not path.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
