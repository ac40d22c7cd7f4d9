"""The command line in this process: what it prints, and the code that it ends with."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ropewalk.cli.main import main
from tests.cli.terminal import Terminal


class Ended(NamedTuple):
    """What a command left."""

    code: int
    out: str
    err: str


class Line:
    """`ropewalk` in a folder of its own."""

    def __init__(self, folder: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capture = capture

    def __call__(self, *words: str) -> Ended:
        self._capture.readouterr()
        code = main(list(words))
        return Ended(code, *self._capture.readouterr())

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json").out)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, steps: str, *words: str, head: str = "") -> Ended:
        """Run a workflow of these steps."""
        self.write(
            "w.yaml", f"name: w\n{head}\nsteps:\n" + "".join(f"  - {line}\n" for line in steps.splitlines())
        )
        return self("run", "w.yaml", *words)


def git(folder: Path, *argv: str) -> str:
    name = ("-c", "user.name=ann", "-c", "user.email=ann@example.org")
    done = subprocess.run(["git", *name, *argv], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def ropewalk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Line:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ROPEWALK_ACTOR", "ann")
    monkeypatch.setenv("ROPEWALK_WORKSPACE", "folder")
    for name in ("ROPEWALK_STORE", "FORCE_COLOR", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    return Line(tmp_path, capsys)


@pytest.fixture
def repository(ropewalk: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The same in a git repository with one commit on `main`."""
    monkeypatch.setenv("ROPEWALK_WORKSPACE", "git")
    git(ropewalk.folder, "init", "-q", "-b", "main")
    ropewalk.write("f.txt", "base\n")
    git(ropewalk.folder, "add", "-A")
    git(ropewalk.folder, "commit", "-qm", "begin")
    return ropewalk


@pytest.fixture
def begun(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Runs a workflow of these steps in a terminal."""
    (tmp_path / ".ropewalk").mkdir()
    terminals: list[Terminal] = []

    def begin(steps: str, *words: str) -> Terminal:
        (tmp_path / "w.yaml").write_text(
            "name: w\nsteps:\n" + "".join(f"  - {s}\n" for s in steps.splitlines())
        )
        terminals.append(Terminal(tmp_path, "run", "w.yaml", *words))
        return terminals[-1]

    yield begin
    for terminal in terminals:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.ended()
