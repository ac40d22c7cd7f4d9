"""The token of this host: kept where only its user reads it, and made anew when it is worth nothing."""

import os

import pytest

from ropewalk.app.doorkey import FILE, door_key
from ropewalk.app.open import open_ropewalk
from ropewalk.app.tokens import Tokens


@pytest.fixture
async def ropewalk(tmp_path):
    (tmp_path / ".ropewalk").mkdir()
    async with open_ropewalk(tmp_path) as opened:
        yield opened


async def person(ropewalk, text):
    return await Tokens(ropewalk.store).person(text, ropewalk.engine.clock.now())


async def test_it_is_made_once_and_read_from_then_on(ropewalk):
    text, path = await door_key(ropewalk)
    assert path == ropewalk.home / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    assert (await person(ropewalk, text)).role == "admin"
    assert await door_key(ropewalk) == (text, path)
    assert len(await Tokens(ropewalk.store).all()) == 1


async def test_one_that_was_revoked_or_is_of_somebody_else_is_replaced(ropewalk):
    text, path = await door_key(ropewalk)
    await Tokens(ropewalk.store).revoke(ropewalk.actor, ropewalk.engine.clock.now())
    second, _ = await door_key(ropewalk)
    assert second != text
    viewer, _ = await Tokens(ropewalk.store).create(ropewalk.actor, "viewer", ropewalk.engine.clock.now())
    path.write_text(viewer)
    third, _ = await door_key(ropewalk)
    assert third not in (second, viewer)


@pytest.mark.parametrize("how", ["readable", "link", "pipe", "empty"])
async def test_a_file_that_others_could_read_or_have_put_there_is_not_believed(ropewalk, tmp_path, how):
    text, path = await door_key(ropewalk)
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
    fresh, _ = await door_key(ropewalk)
    assert fresh != text
    assert path.is_file()
    assert not path.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o600
