"""How steps, files and refs are spelled: any bytes a file name may hold go through text and back unchanged.

A path that comes from outside names a file inside its folder or it is refused.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

from ropewalk.errors import LinkInTheWay, WorkspaceError
from ropewalk.workspace.port import AttemptId

BRANCHES = "ropewalk"
"""The folder of the branches that hold results."""

_SAFE = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_LONGEST = 80
_NAMED = 5
_LISTED = 20
_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_PLAIN = {code: letter for letter, code in _ESCAPES.items()}


def slug(text: str) -> str:
    """A name that is safe as a folder and in a ref; texts that differ have slugs that differ."""
    if len(text) <= _LONGEST and _SAFE.fullmatch(text) and ".." not in text and not text.endswith(".lock"):
        return text
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", text)[:_LONGEST].strip("-") or "x"
    return f"{readable}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:10]}"


def attempt_name(spot: AttemptId) -> str:
    """`step.round.attempt`: the folder name of one attempt."""
    return f"{slug(spot.step)}.{spot.round}.{spot.attempt}"


def passing_name(spot: AttemptId, suffix: str) -> str:
    """The folder of a reader or a judge: no attempt's name, as nothing of it is kept."""
    return f"{attempt_name(spot)}.{suffix}"


def run_refs(run: str) -> str:
    """The beginning of all refs of a run, with a slash at the end."""
    return f"refs/ropewalk/{slug(run)}/"


def base_ref(run: str) -> str:
    """The ref that keeps what a run started from. No step's name begins with `@`."""
    return f"{run_refs(run)}@base"


def merged_ref(run: str, commit: str) -> str:
    """The ref that keeps a merged commit while attempts work on it."""
    return f"{run_refs(run)}@merged/{commit}"


def given_ref(run: str, commit: str) -> str:
    """The ref that keeps a commit which a run took over from the one that it was forked from."""
    return f"{run_refs(run)}@given/{commit}"


def squashed_prefix(run: str) -> str:
    """The beginning of the refs that keep the single commits by which a run's result came, or was to come, to a branch."""
    return f"{run_refs(run)}@squashed/"


def squashed_ref(run: str, commit: str) -> str:
    """The ref that keeps one of them."""
    return f"{squashed_prefix(run)}{commit}"


def attempt_ref(spot: AttemptId) -> str:
    """The ref that keeps what an attempt left, whether it succeeded or not."""
    return f"{run_refs(spot.run)}{slug(spot.step)}/{spot.round}.{spot.attempt}"


def listed(paths: Sequence[str]) -> str:
    """Paths in a sentence; of very many the first, and how many more."""
    shown = ", ".join(paths[:_LISTED])
    return shown if len(paths) <= _LISTED else f"{shown} and {len(paths) - _LISTED} more"


def show_path(path: bytes) -> str:
    """A file name as text: as it is when it is printable UTF-8, else quoted as git quotes it."""
    try:
        text = path.decode()
    except UnicodeDecodeError:
        text = ""
    if text and text.isprintable() and not text.startswith('"'):
        return text
    quoted = "".join(
        f"\\{_PLAIN[byte]}" if byte in _PLAIN else chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
        for byte in path
    )
    return f'"{quoted}"'


def path_bytes(text: str) -> bytes:
    """The file name that `show_path` made this text of."""
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return os.fsencode(text)
    body = re.sub(r"\\([0-7]{3}|.)", lambda match: chr(_unescaped(match[1])), text[1:-1])
    return body.encode("latin-1", "replace")


def _unescaped(code: str) -> int:
    return int(code, 8) & 255 if len(code) == 3 else _ESCAPES.get(code, ord(code))


def inner_path(text: str) -> bytes:
    """The same path relative to its folder; refused when it is absolute, climbs out, or reaches into `.git`."""
    raw = path_bytes(text)
    parts = [part for part in raw.split(b"/") if part not in (b"", b".")]
    outside = raw.startswith(b"/") or b"\0" in raw or b".." in parts or not parts
    if outside or any(part.lower() == b".git" for part in parts):
        raise WorkspaceError(place=text, reason="the path does not name a file inside the workspace")
    return b"/".join(parts)


def confined(folder: Path, text: str) -> Path:
    """Where the file is on disk; refused when a symbolic link on the way leads anywhere else."""
    place = folder.resolve()
    for part in inner_path(text).split(b"/"):
        place = place / os.fsdecode(part)
        if place.is_symlink():
            raise LinkInTheWay(place=text)
    return place


def written_in_vain(paths: Sequence[str]) -> tuple[str, ...]:
    """The warning about what was written in a place to read in, if anything was."""
    if not paths:
        return ()
    shown = ", ".join(paths[:_NAMED]) + (f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else "")
    counted = "1 file was" if len(paths) == 1 else f"{len(paths)} files were"
    return (f"{counted} written where only reading was agreed, and thrown away unseen by others: {shown}",)
