"""A URL leads to its store, or to one sentence that says why not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ropewalk.core.events import RunStarted
from ropewalk.errors import StoreError
from ropewalk.store.open import open_store
from ropewalk.testing.store_contract.given import append


@pytest.mark.parametrize("url", ["sqlite:///{}", "{}", "sqlite:{}"])
async def test_a_path_is_a_store_that_is_made_with_its_folders(url: str, tmp_path: Path):
    path = tmp_path / "deep" / "down" / "ropewalk.db"
    for version in (0, 1):
        store = open_store(url.format(path))
        assert store.name == f"sqlite:///{path}"
        assert (await append(store, "r", version, RunStarted())).version == version + 1
        await store.close()
    assert path.stat().st_size


async def test_a_path_may_be_relative_or_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for url, path in (
        ("sqlite:///a.db", "a.db"),
        ("b.db", "b.db"),
        ("x:y/c.db", "x:y/c.db"),
        ("~/d.db", "home/d.db"),
        (f"sqlite:////{tmp_path}/e.db".replace("////", "///", 1), "e.db"),
    ):
        store = open_store(url)
        await store.close()
        assert (tmp_path / path).is_file(), url


async def test_a_store_may_live_in_memory():
    store = open_store("memory:")
    assert store.name == "memory:"
    assert await store.position() == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("oracle://host/db", r"oracle: is no kind of store; there are sqlite:, memory: and plain paths"),
        ("sqlite:", "needs the path of a file"),
        ("sqlite:///", "needs the path of a file"),
        ("", "needs the path of a file"),
        ("{}", "needs the path of a file"),
        ("{}/file/ropewalk.db", "its folder cannot be made"),
    ],
)
def test_what_is_no_store_is_told(url: str, said: str, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=said):
        open_store(url.format(tmp_path))


def test_a_store_in_memory_does_not_pay_for_the_others():
    code = "import sys; from ropewalk.store.open import open_store; open_store('memory:'); sys.exit('ropewalk.store.sqlite' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
