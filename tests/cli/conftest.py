"""The command line in this process: what it prints, and the code that it ends with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ropewalk.cli.main import main


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


@pytest.fixture
def ropewalk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Line:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ROPEWALK_ACTOR", "ann")
    monkeypatch.setenv("ROPEWALK_WORKSPACE", "folder")
    for name in ("ROPEWALK_STORE", "FORCE_COLOR", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    return Line(tmp_path, capsys)
