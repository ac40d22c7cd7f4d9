"""Real repositories for the tests of the workspace: made by git itself, dated by hand."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

DATES = {"GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"}


def git(where: Path, *argv: str, stdin: str | bytes = b"", ok: bool = True) -> str:
    """What a git command of the user's says in a folder."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | DATES
    said = subprocess.run(
        ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com", *argv],
        cwd=where,
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=env,
        check=False,
    )
    assert said.returncode == 0 or not ok, said.stderr.decode()
    return said.stdout.decode(errors="surrogateescape").strip()


def write(where: Path, files: Mapping[str, str | bytes]) -> None:
    """Put files into a folder."""
    for name, content in files.items():
        file = where / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def commit(where: Path, files: Mapping[str, str | bytes], message: str = "more") -> str:
    """A commit of the user's with these files."""
    write(where, files)
    git(where, "add", "-A")
    git(where, "commit", "-q", "--allow-empty", "-m", message)
    return git(where, "rev-parse", "HEAD")


def repository(where: Path, files: Mapping[str, str | bytes], *options: str) -> Path:
    """A repository with one commit on `main`."""
    where.mkdir(parents=True, exist_ok=True)
    git(where, "init", "-q", "-b", "main", *options)
    commit(where, files, "first")
    return where
