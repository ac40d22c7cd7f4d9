"""Objects of a repository: read in batches, and written as commits whose every byte is pinned.

Author, committer and date come from ropewalk and the run, never from the machine or the clock, so that the same results have
the same hash in whichever order steps end.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from ropewalk.errors import WorkspaceError
from ropewalk.workspace.git import Git

WHO = "ropewalk <ropewalk@localhost>"
_LONGEST_MESSAGE = 8 << 10
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What a terminal would obey where somebody reads the message."""
_TRAILERS = re.compile(r"\n\n(?:(?!(?i:ropewalk-))[A-Za-z0-9-]+: .+\n?)+\Z")
"""A last paragraph that is not the first one, of nothing but `Token: value`, and none that would say whose the commit is."""

LINK, SUBMODULE, FOLDER = "120000", "160000", "040000"


class PathChange(Struct, frozen=True):
    """One path that differs between two trees; `mode` and `oid` are of the newer, `old_mode` and `old_oid` of the older."""

    path: bytes
    kind: str
    mode: str
    oid: str
    old_mode: str
    old_oid: str


class Header(Struct, frozen=True):
    """What a commit is made of: its tree, its parents, its date in unix seconds, its message."""

    tree: str
    parents: tuple[str, ...]
    at: int
    message: str

    def trailers(self) -> dict[str, str]:
        """The `Ropewalk-…` lines at the end of the message."""
        last = self.message.rstrip("\n").rpartition("\n\n")[2]
        pairs = (line.split(": ", 1) for line in last.split("\n") if ": " in line)
        return {name: value for name, value in pairs if name.startswith("Ropewalk-")}


async def write_commit(
    git: Git,
    tree: str,
    parents: Sequence[str],
    at: float,
    title: str,
    trailers: Mapping[str, str],
    author: str = "",
) -> str:
    """The id of a commit with exactly these contents."""
    lines = [f"tree {tree}"]
    lines += [f"parent {parent}" for parent in parents]
    people = (("author", author or WHO), ("committer", WHO))
    lines += [f"{role} {who} {int(at)} +0000" for role, who in people]
    lines_kept = (_CONTROL.sub("", line).rstrip() for line in title.splitlines())
    kept = "\n".join(lines_kept)[:_LONGEST_MESSAGE].strip()
    values = {name: " ".join(str(value).replace("\0", " ").split()) for name, value in trailers.items()}
    tail = "\n".join(f"{name}: {value}" for name, value in values.items())
    gap = (
        "\n" if _TRAILERS.search(kept) else "\n\n"
    )  # git reads as trailers what stands in the last paragraph
    body = "\n".join(lines) + f"\n\n{kept or 'ropewalk'}{gap}{tail}\n"
    out = await git.run(
        "hash-object", "-t", "commit", "-w", "--stdin", stdin=body.encode(errors="backslashreplace")
    )
    return out.decode().strip()


Found = tuple[str, str, bytes]


async def read_objects(git: Git, names: Iterable[bytes], content: bool = True) -> list[Found | None]:
    """Each object as (id, type, content), None where there is none; names as `cat-file` takes them, such as `commit:path`.

    Without `content` that is b"", and nothing of the object but its head is read.
    """
    wanted = list(names)
    if not wanted:
        return []
    how = "--batch" if content else "--batch-check"
    out = await git.run("cat-file", how, "-z", stdin=b"".join(name + b"\0" for name in wanted))
    objects: list[Found | None] = []
    at = 0
    for name in wanted:
        # A name that is not there is said back as it is, line breaks and all.
        missing = next((end for end in _MISSING if out.startswith(name + end, at)), None)
        if missing is not None:
            objects.append(None)
            at += len(name) + len(missing)
            continue
        line = out.index(b"\n", at)
        oid, kind, *size = out[at:line].decode().split(" ")
        end = line + 1 + int(size[0]) if size and content else line
        # Where a submodule stands there is a commit, but not here: it has no size.
        objects.append((oid, kind, out[line + 1 : end]) if size else None)
        at = end + 1
    return objects


_MISSING = (b" missing\n", b" ambiguous\n")


async def read_header(git: Git, commit: str) -> Header:
    """What a commit is made of; WorkspaceError when it is not here."""
    if not commit:
        raise WorkspaceError(place=git.gitdir, reason="there is no commit to start from")
    [entry] = await read_objects(git, [commit.encode()])
    if entry is None or entry[1] != "commit":
        raise WorkspaceError(place=git.gitdir, reason=f"the commit {commit} is not in this repository")
    head, _, message = entry[2].partition(b"\n\n")
    fields = [line.split(b" ", 1) for line in head.split(b"\n")]
    value = {name: rest[0].decode() for name, *rest in fields if name == b"tree"}
    parents = tuple(rest[0].decode() for name, *rest in fields if name == b"parent")
    committer = next((rest[0] for name, *rest in fields if name == b"committer"), b"")
    date = committer.rpartition(b">")[2].split()
    at = int(date[0]) if date and date[0].isdigit() else 0  # as git dates the commits of broken programs
    return Header(value[b"tree"], parents, at, message.decode(errors="replace"))


async def changes_between(git: Git, old: str, new: str) -> list[PathChange]:
    """What differs between two trees (or commits), in order of path; no renames are guessed."""
    # Told of no submodule that a `.gitmodules` says to ignore, git would leave it out.
    flags = ("-r", "-z", "--raw", "--no-renames", "--full-index", "--ignore-submodules=none")
    out = await git.run("diff-tree", *flags, old, new)
    fields = out.split(b"\0")[:-1]
    changed = []
    for info, path in zip(fields[::2], fields[1::2], strict=True):
        old_mode, mode, old_oid, oid, kind = info.decode().lstrip(":").split(" ")
        changed.append(PathChange(path, kind, mode, oid, old_mode, old_oid))
    return changed


async def edited_tree(
    git: Git, tree: str, edits: Mapping[bytes, tuple[str, bytes | str] | None], scratch: str
) -> str:
    """A tree with some paths changed: to (mode, content or object id), or with None taken out.

    `scratch` is a folder of the caller's own, for the index and the new contents.
    """
    contents = [content for _, content in filter(None, edits.values()) if isinstance(content, bytes)]
    written = iter(await _write_blobs(git, contents, scratch))
    lines = []
    for path, edit in edits.items():
        if edit is None:
            lines.append(f"0 {'0' * len(tree)}\t".encode() + path)
        else:
            mode, content = edit
            oid = next(written) if isinstance(content, bytes) else content
            lines.append(f"{mode} {oid}\t".encode() + path)
    private = git.at(scratch, os.path.join(scratch, "index"))
    await private.run("read-tree", tree)
    await private.run("update-index", "-z", "--index-info", stdin=b"".join(line + b"\0" for line in lines))
    return (await private.run("write-tree")).decode().strip()


async def _write_blobs(git: Git, contents: Sequence[bytes], scratch: str) -> list[str]:
    if not contents:
        return []
    names = "".join(f"{name}\n" for name in _spill(contents, scratch))
    out = await git.at(scratch).run(
        "hash-object", "-w", "--no-filters", "--stdin-paths", stdin=names.encode()
    )
    return out.decode().split()


def _spill(contents: Sequence[bytes], scratch: str) -> list[str]:
    names = []
    for number, content in enumerate(contents):
        names.append(f"content-{number}")
        with open(os.path.join(scratch, names[-1]), "wb") as file:
            file.write(content)
    return names
