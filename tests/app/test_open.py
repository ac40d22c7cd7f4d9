"""A project opens with a folder of its own, or says what is in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.app.open import STATE, open_ropewalk
from ropewalk.errors import StateFolderUnusable


async def test_drivers_show_that_they_live_next_to_the_store(tmp_path: Path):
    async with open_ropewalk(tmp_path) as ropewalk:
        assert ropewalk.store.folder == tmp_path / STATE
        await ropewalk.engine.leases.take("r")
        assert len(list((tmp_path / STATE / "drivers").iterdir())) == 1
    assert list((tmp_path / STATE / "drivers").iterdir()) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied"), "permission denied.*let this user write in"),
        (OSError(30, "Read-only file system"), "read-only file system.*let this user write in"),
        (OSError(28, "No space left on device"), "no inodes left.*make room"),
    ],
)
def test_a_folder_that_cannot_be_made_is_told_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str
):
    def fails(self: Path, **how: object) -> None:
        raise error

    monkeypatch.setattr(Path, "mkdir", fails)
    with pytest.raises(StateFolderUnusable, match=said):
        open_ropewalk(tmp_path)
