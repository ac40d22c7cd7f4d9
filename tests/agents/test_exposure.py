"""What of a hidden home is given back for the sake of the programs in it: an installation, never what lets somebody in."""

from __future__ import annotations

from pathlib import Path

import pytest

from ropewalk.agents.exposure import programs


@pytest.mark.parametrize(
    ("on_path", "given"),
    [
        ("google-cloud-sdk/bin", "google-cloud-sdk"),
        ("venv/bin", "venv"),
        (".pyenv/versions/3.11/bin", ".pyenv/versions/3.11"),
        (".nvm/versions/node/v20/bin", ".nvm/versions/node/v20"),
        (".cargo/bin", ".cargo"),
        (".claude/local/node_modules/.bin", ".claude/local/node_modules"),
        (".local/bin", ".local/bin"),
        (".aws/bin", ".aws/bin"),
        (".ssh/bin", ".ssh/bin"),
        (".fly/bin", ".fly/bin"),
        (".config/gcloud/bin", ".config/gcloud/bin"),
        (".gnupg/tools", ".gnupg/tools"),
        (".docker/cli-plugins", ".docker/cli-plugins"),
        (".ssh", ""),
        (".password-store", ""),
        (".config/op", ""),
        ("", ""),
    ],
)
def test_no_more_than_a_program_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_path: str, given: str
):
    home = tmp_path / "home"
    (home / on_path).mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(home / on_path))
    assert programs((str(home),)) == ((str(home / given),) if given else ())


def test_a_program_that_only_a_link_leads_to_is_given_back_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home, shown = tmp_path / "home", tmp_path / "bin"
    for name in (".aws/cli", ".krew/store/x/cli"):
        (home / name).parent.mkdir(parents=True)
        (home / name).write_text("#!/bin/sh\n")
        (home / name).chmod(0o755)
    shown.mkdir()
    (shown / "aws").symlink_to(home / ".aws/cli")
    (shown / "krew").symlink_to(home / ".krew/store/x/cli")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(shown))
    assert set(programs((str(home),))) == {str(home / ".aws/cli"), str(home / ".krew/store/x")}
