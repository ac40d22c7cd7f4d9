"""A hint to add an extra is a command that works for how ropewalk was installed."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from ropewalk import installation


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Says how it was installed: what stands in the folder of the environment, where it came from, which modules are there."""

    def make(receipt: str = "", modules: tuple[str, ...] = ("pip",), **url: Any) -> None:
        if receipt:
            (tmp_path / receipt).touch()

        class Distribution:
            def read_text(self, name: str) -> str | None:
                assert name == "direct_url.json"
                return json.dumps(url) if url else None

        monkeypatch.setattr("sys.prefix", str(tmp_path))
        monkeypatch.setattr("sys.executable", "/opt/my env/bin/python")
        monkeypatch.setattr(metadata, "distribution", lambda name: Distribution())
        monkeypatch.setattr(installation, "find_spec", lambda name: name in modules or None)

    return make


CHECKOUT: dict[str, Any] = {"url": "file:///src/rope%20walk", "dir_info": {}}


@pytest.mark.parametrize(
    ("receipt", "how", "told"),
    [
        ("", {}, "'/opt/my env/bin/python' -m pip install 'ropewalk[web]'"),
        ("", CHECKOUT, "'/opt/my env/bin/python' -m pip install '/src/rope walk[web]'"),
        ("", {**CHECKOUT, "dir_info": {"editable": True}}, "-m pip install -e '/src/rope walk[web]'"),
        ("", {"url": "https://index.example/ropewalk.whl"}, "-m pip install 'ropewalk[web]'"),
        ("pipx_metadata.json", CHECKOUT, "pipx install --force '/src/rope walk[web]'"),
        ("uv-receipt.toml", {}, "uv tool install --force 'ropewalk[web]'"),
    ],
)
def test_an_extra_is_added_the_way_it_was_installed(
    installed: Any, receipt: str, how: dict[str, Any], told: str
):
    installed(receipt, **how)
    assert installation.install("web").endswith(told)


def test_an_environment_without_pip_is_changed_by_uv(installed: Any):
    installed(modules=())
    assert installation.install("mcp") == "uv pip install --python '/opt/my env/bin/python' 'ropewalk[mcp]'"


def test_what_is_there_already_is_asked_for_again(installed: Any):
    installed("pipx_metadata.json", modules=("acp", "fastapi"))
    assert installation.install("mcp") == "pipx install --force 'ropewalk[agents,mcp,web]'"


def test_what_was_never_installed_comes_from_the_index(monkeypatch: pytest.MonkeyPatch):
    def missing(name: str) -> None:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "distribution", missing)
    assert "'ropewalk[" in installation.install("web")
