"""Where a file comes from: the commits that made it what it is, with the run, step and person that each one names."""

from __future__ import annotations

from msgspec import Struct

from ropewalk.workspace.commits import Header
from ropewalk.workspace.git import Git
from ropewalk.workspace.names import inner_path

_MANY_DIGITS = 10


class Origin(Struct, frozen=True, omit_defaults=True):
    """One commit that changed a file. `run` "" is a commit that was there before ropewalk; `by` amended or resolved it."""

    commit: str
    at: int
    title: str
    run: str = ""
    step: str = ""
    round: int = 0
    attempt: int = 0
    by: str = ""


async def history(git: Git, commit: str, path: str, limit: int = 100) -> tuple[Origin, ...]:
    """The commits that changed a file, newest first, at most `limit`."""
    name = inner_path(path).decode("utf-8", "surrogateescape")
    form = "--format=%H%x00%ct%x00%B%x00%x01"
    flags = (f"--max-count={limit}", "--no-show-signature", "--encoding=UTF-8", form)
    out = await git.run("log", *flags, commit, "--", name)
    return tuple(_origin(entry) for entry in out.decode(errors="replace").split("\0\x01\n") if entry)


def _origin(entry: str) -> Origin:
    commit, at, message = entry.split("\0")[:3]
    trailers = Header("", (), int(at), message).trailers()
    return Origin(
        commit=commit,
        at=int(at),
        title=message.split("\n", 1)[0],
        run=trailers.get("Ropewalk-Run", ""),
        step=trailers.get("Ropewalk-Step", trailers.get("Ropewalk-Merged", "")),
        round=_count(trailers.get("Ropewalk-Round", "")),
        attempt=_count(trailers.get("Ropewalk-Attempt", "")),
        by=trailers.get("Ropewalk-Amended-By", trailers.get("Ropewalk-Resolved-By", "")),
    )


def _count(text: str) -> int:
    """The number of a trailer; 0 for what no commit of ropewalk says, as anybody may write a message."""
    return int(text) if len(text) < _MANY_DIGITS and text.isdecimal() else 0


async def patch(git: Git, old: str, new: str, path: str = "") -> bytes:
    """What `git apply` needs to make the newer of the older."""
    name = ["--", inner_path(path).decode("utf-8", "surrogateescape")] if path else []
    flags = ("-p", "-r", "--binary", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color", "-M")
    return await git.run("diff-tree", *flags, "--ignore-submodules=none", old, new, *name)
