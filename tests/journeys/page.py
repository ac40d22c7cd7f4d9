"""A page of the documentation as something that can be tried: its files are written, its commands typed, their words looked for.

A fence says what is to be done with it: `file=NAME` is written, `console` holds commands behind `$` and some of the lines
that they print, in order, where `…` stands for anything; `exit=N` is the exit code of the last command. `example` behind
`file=NAME` means that the same file is among the examples.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STEP_UNDER_WAY = r"""sleep() {
  for _ in $(seq 600); do
    now=$(ropewalk show last --json 2> /dev/null | grep -o '"id":"[^"]*","status":"running"' | tr -d '\n')
    [ "$now" = '"id":"links","status":"running"' ] && return
    /bin/sleep 0.05
  done
  return 1
}
"""
"""What `sleep` means between commands of a page: wait for what the reader would see by then, however slow the machine is."""

SLEEP = """#!/bin/sh
[ -e "$HOME/.slept" ] && exit 0
touch "$HOME/.slept"
exec /bin/sleep 60
"""
"""What `sleep` means in a step: the first time long enough to be killed in it however slow the machine is, then nothing."""


class Block(NamedTuple):
    kind: str
    said: dict[str, str]
    text: str


class Typed(NamedTuple):
    """A command, the lines that it must print, and how it must end."""

    command: str
    lines: list[str]
    exit: int


def blocks(page: Path) -> Iterator[Block]:
    """Every fence that says something, in order."""
    for kind, said, text in FENCE.findall(page.read_text(encoding="utf-8")):
        words = dict(word.partition("=")[::2] for word in said.split())
        if kind == "console" or "file" in words:
            yield Block(kind, words, text)


def typed(block: Block) -> list[Typed]:
    """The commands of a block."""
    found: list[Typed] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append(Typed(line[2:], [], 0))
        elif line.strip():
            found[-1].lines.append(line.strip())
    return [*found[:-1], found[-1]._replace(exit=int(block.said.get("exit", "0")))]


def examples(pages: list[Path]) -> dict[str, str]:
    """The files that pages give word for word as they are among the examples, by name."""
    given = (block for page in pages for block in blocks(page) if "example" in block.said)
    return {block.said["file"]: block.text for block in given}


class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        scripts = folder / "bin"
        scripts.mkdir()
        for name in ("ropewalk", "python"):
            script = (
                f'#!/bin/sh\nexec "{sys.executable}" {"-m ropewalk " if name == "ropewalk" else ""}"$@"\n'
            )
            (scripts / name).write_text(script)
            (scripts / name).chmod(0o755)
        (scripts / "sleep").write_text(SLEEP)
        (scripts / "sleep").chmod(0o755)
        (folder / ".where").write_text(
            f"{folder}\n"
        )  # now, as a new file would change what a run begins with
        keep = {name: value for name, value in os.environ.items() if not name.startswith("ROPEWALK_")}
        self.env = {
            **keep,
            "NO_COLOR": "1",
            "HOME": str(folder),
            "PATH": f"{scripts}{os.pathsep}{keep['PATH']}",
            "PYTHONPATH": str(folder),
            "GIT_CONFIG_GLOBAL": os.devnull,
        }

    def follow(self, page: Path) -> None:
        """Do all of it; the first thing that is not as the page says fails."""
        for block in blocks(page):
            if "file" in block.said:
                self.write(block.said["file"], block.text)
            else:
                for one in typed(block):
                    self.type(one)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if name == "pyproject.toml":
            self.install(tomllib.loads(text)["project"])

    def install(self, project: dict[str, object]) -> None:
        """What `pip install -e .` would leave, without a network: the entry points where Python looks for them."""
        points = project.get("entry-points", {})
        assert isinstance(points, dict)
        info = Path(self.env["PYTHONPATH"]) / f"{project['name']}-{project['version']}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1\n")
        told = (
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in some.items())
            for group, some in points.items()
        )
        (info / "entry_points.txt").write_text("\n".join(told))

    def type(self, one: Typed) -> None:
        script = f'{STEP_UNDER_WAY}{one.command}\ncode=$?\npwd > "$HOME/.where"\nexit $code'
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == one.exit, f"$ {one.command}\n{done.stdout}"
        rest = iter([line.strip() for line in done.stdout.splitlines()])
        for wanted in one.lines:
            pattern = re.compile(".*".join(map(re.escape, wanted.split("…"))))
            assert any(pattern.fullmatch(line) for line in rest), (
                f"{wanted}\nis not in\n$ {one.command}\n{done.stdout}"
            )
        self.folder = Path((Path(self.env["HOME"]) / ".where").read_text().strip())
