"""The real program for journeys: started as a user starts it, in a folder of its own, killed and asked from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 60.0


class Program:
    """`ropewalk` in a folder. Nothing of the tests' own environment reaches it that a user would not have."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        keep = {k: v for k, v in os.environ.items() if not k.startswith("ROPEWALK_")}
        self.environment = {**keep, "NO_COLOR": "1", "HOME": str(folder), **environment}
        self._begun: list[subprocess.Popen[str]] = []

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start it and do not wait."""
        process = subprocess.Popen(
            [sys.executable, "-m", "ropewalk", *words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._begun.append(process)
        return process

    def kill(self, process: subprocess.Popen[str]) -> None:
        """As the kernel does when memory is short: at once, without a word."""
        process.send_signal(signal.SIGKILL)
        process.communicate()

    def __call__(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            [sys.executable, "-m", "ropewalk", *words],
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def json(self, *words: str) -> Any:
        """What it prints as one JSON object."""
        ended = self(*words, "--json")
        return json.loads(ended.stdout)

    def last(self) -> Any:
        """The newest run, whole."""
        return self.json("show", "last")

    def events(self, run: str, *patterns: str) -> list[dict[str, Any]]:
        """Records of a run in order."""
        ended = self("events", run, *patterns, "--json")
        return [json.loads(line) for line in ended.stdout.splitlines()]

    def close(self) -> None:
        """Nothing that was begun goes on after the test."""
        for process in self._begun:
            if process.returncode is None:
                self.kill(process)


def until(condition: Callable[[], Any], what: str = "it") -> Any:
    """Look again and again until something is so; fails when it does not come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    tick = threading.Event()
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        tick.wait(0.02)
    raise AssertionError(f"{what} did not come")


def alive(pid: int) -> bool:
    """Whether a process is there and not just waiting to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
