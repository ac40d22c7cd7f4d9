"""A person's version of one file as a commit on top of another, without a checkout."""

from __future__ import annotations

from pathlib import Path

from ropewalk.errors import LinkInTheWay, WorkspaceError
from ropewalk.workspace.commits import (
    FOLDER,
    LINK,
    SUBMODULE,
    changes_between,
    edited_tree,
    read_header,
    read_objects,
    write_commit,
)
from ropewalk.workspace.git import Git
from ropewalk.workspace.harvest import artifacts_of
from ropewalk.workspace.names import attempt_ref, inner_path, show_path
from ropewalk.workspace.port import AttemptId, Kept
from ropewalk.workspace.settling import settle


async def amend(
    git: Git, scratch: Path, spot: AttemptId, commit: str, path: str, content: bytes, by: str
) -> Kept:
    """Put a content at a path; the ref `….amended` of the attempt keeps it."""
    git = git.aside(scratch)
    inner = inner_path(path)
    header = await read_header(git, commit)
    mode = await _mode_for(git, commit, inner)
    tree = await edited_tree(git, header.tree, {inner: (mode, content)}, str(scratch))
    changes = await changes_between(git, header.tree, tree)
    if not changes:
        return Kept(commit, header.tree)
    trailers = {
        "Ropewalk-Run": spot.run,
        "Ropewalk-Step": spot.step,
        "Ropewalk-Round": str(spot.round),
        "Ropewalk-Attempt": str(spot.attempt),
        "Ropewalk-Amended-By": by,
    }
    amended = await write_commit(git, tree, [commit], header.at, f"Amend {show_path(inner)}", trailers)
    await settle(git, {f"{attempt_ref(spot)}.amended": amended}, [commit])
    return Kept(amended, tree, await artifacts_of(git.home(), changes, amended))


async def _mode_for(git: Git, commit: str, path: bytes) -> str:
    """The mode that the file has or gets. LinkInTheWay where a link stands on the way or in its place."""
    modes = await _modes_along(git, commit, path)
    *above, mode = modes
    if LINK in modes:
        raise LinkInTheWay(place=show_path(path))
    if mode == FOLDER or SUBMODULE in modes:
        raise WorkspaceError(place=show_path(path), reason="it is a folder, not a file")
    if any(kind not in ("", FOLDER) for kind in above):
        raise WorkspaceError(place=show_path(path), reason="a file stands where its folder would be")
    return mode or "100644"


async def read(git: Git, commit: str, path: str) -> bytes | None:
    """The bytes of an ordinary file as they lie in a commit; None when there is no such file."""
    inner = inner_path(path)
    name = [f"{commit}:".encode() + inner]
    [head] = await read_objects(git, name, content=False)
    if head is None or head[1] != "blob":
        return None
    if (await _modes_along(git, commit, inner))[-1] == LINK:
        return None
    content = bytearray()
    await git.pour("cat-file", "blob", head[0], sink=content.extend)
    return bytes(content)


async def link(git: Git, commit: str, path: str) -> bytes | None:
    """Where a symbolic link points; None when no link has this name."""
    inner = inner_path(path)
    *above, mode = await _modes_along(git, commit, inner)
    if mode != LINK or LINK in above:
        return None
    [entry] = await read_objects(git, [f"{commit}:".encode() + inner])
    return entry[2] if entry else None


async def _modes_along(git: Git, commit: str, path: bytes) -> list[str]:
    """The mode of each folder on the way to a path, and of the path itself; "" for what is not there."""
    parts = path.split(b"/")
    ways = [b"/".join(parts[: end + 1]) for end in range(len(parts))]
    names = [way.decode("utf-8", "surrogateescape") for way in ways]
    out = await git.run("ls-tree", "-z", "--full-tree", commit, "--", *names)
    modes = {}
    for line in out.split(b"\0")[:-1]:
        info, _, name = line.partition(b"\t")
        modes[name] = info.split(b" ", 1)[0].decode()
    return [modes.get(way, "") for way in ways]
