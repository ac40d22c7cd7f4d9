"""What the dialects of model servers have in common: a request read into a Talk, a Reply told as a stream or as one piece."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from ropewalk.testing.standin.scenario import Limit, Reply, Talk

PIECES = 8
_FOLDER = re.compile(
    r"(?:working directory|<cwd>|workspace director(?:y|ies))[^/\n]{0,40}\n?[^/\n]{0,20}(/[^\s<\"\\`*,]+)",
    re.IGNORECASE,
)

WRITES = ("Write", "write", "write_file", "exec_command", "shell", "shell_command")
SHELLS = ("Bash", "bash", "run_shell_command", "exec_command", "shell_command", "shell")
Piece = tuple[str, bytes]
"""What goes over the wire, and whether time may pass before it ("text") or not ("")."""


class Dialect(Protocol):
    """One provider's way to ask and answer."""

    def read(self, path: str, body: Mapping[str, Any]) -> Talk: ...

    def whole(self, reply: Reply) -> dict[str, Any]: ...

    def stream(self, reply: Reply) -> Iterator[Piece]: ...

    def refusal(self, status: int, limit: Limit | None, now: float) -> tuple[dict[str, str], dict[str, Any]]:
        """Headers and body of an HTTP fault."""
        ...


def tool_call(act_write: Mapping[str, str], act_run: str, talk: Talk) -> tuple[str, dict[str, Any]]:
    """The tool by which this program writes a file or runs a command, and its arguments.

    A program that writes over a file only after it has read it is told to do it by its shell.
    """
    shell = next((tool for tool in SHELLS if tool in talk.tools), SHELLS[0])
    if act_run:
        return shell, _shell(shell, act_run)
    [(path, text)] = act_write.items()
    name = next((tool for tool in WRITES if tool in talk.tools), WRITES[0])
    absolute = path if path.startswith("/") or not talk.folder else f"{talk.folder.rstrip('/')}/{path}"
    if name == "Write" and Path(absolute).exists():
        name = shell
    if name in SHELLS:
        mark = "END_OF_FILE"
        made = f'mkdir -p "$(dirname {path!r})" && ' if "/" in path else ""
        return name, _shell(name, f"{made}cat > {path!r} <<'{mark}'\n{text.rstrip(chr(10))}\n{mark}")
    return name, {"filePath" if name == "write" else "file_path": absolute, "content": text}


def folder_in(text: str) -> str:
    """The working folder that a program tells its model of; the last one counts."""
    folders = _FOLDER.findall(text)
    return folders[-1] if folders else ""


def texts(content: Any) -> str:
    """All text of a message's content: a string, or blocks."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else []
    return "\n".join(str(block.get("text", "")) for block in blocks if isinstance(block, dict))


def pieces(text: str) -> list[str]:
    """A text in at most eight pieces."""
    size = max(1, -(-len(text) // PIECES))
    return [text[at : at + size] for at in range(0, len(text), size)]


def event(data: Mapping[str, Any], name: str = "") -> bytes:
    """One server-sent event."""
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {msgspec.json.encode(data).decode()}\n\n".encode()


def _shell(name: str, command: str) -> dict[str, Any]:
    if name == "exec_command":
        return {"cmd": command}
    if name == "shell":
        return {"command": ["sh", "-c", command]}
    return {"command": command, "description": "as the scenario says"}
