"""One merge of two commits as git sees it, without a checkout: the tree, and each path in dispute with its three versions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from ropewalk.workspace.commits import LINK, SUBMODULE
from ropewalk.workspace.git import Git

_AUTO = "Auto-merging"
_CONFLICT = "CONFLICT ("
_ASIDE = re.compile(rb"~[0-9a-f]{40,64}(?:_\d+)?\Z")


class TreeEntry(Struct, frozen=True):
    """One version of a path in a tree."""

    mode: str
    oid: str


class Dispute(Struct, frozen=True):
    """Paths that git could not join. `base`, `ours`, `theirs` by path; a path that a side has not is not in its mapping."""

    kind: str
    paths: tuple[bytes, ...]
    base: dict[bytes, TreeEntry]
    ours: dict[bytes, TreeEntry]
    theirs: dict[bytes, TreeEntry]
    message: str

    @property
    def path(self) -> bytes:
        """The one it is called by."""
        return self.names[0]

    @property
    def names(self) -> tuple[bytes, ...]:
        """The paths as the sides know them."""
        return tuple(dict.fromkeys(map(own_name, self.paths)))

    @property
    def joinable(self) -> bool:
        """Whether it is about the contents of one ordinary file that both sides have."""
        mine, other = self.ours.get(self.path), self.theirs.get(self.path)
        return len(self.paths) == 1 and all(
            entry is not None and entry.mode not in (LINK, SUBMODULE) for entry in (mine, other)
        )


class TreeMerge(Struct, frozen=True):
    """The tree that git made (with markers where it could not), what it disputes, and what it joined line by line."""

    tree: str
    disputes: tuple[Dispute, ...]
    joined: tuple[bytes, ...]


def own_name(path: bytes) -> bytes:
    """The name that a path had before git moved it aside because the other side has something else there."""
    return _ASIDE.sub(b"", path)


async def merge_trees(git: Git, ours: str, theirs: str) -> TreeMerge:
    """Merge two commits; nothing but objects is written. `git.worktree` is where attributes are read from."""
    argv = ("merge-tree", "--write-tree", "-z", "--messages", "--allow-unrelated-histories", ours, theirs)
    result = await git.call(*argv, seconds=600)
    if result.code not in (0, 1) or not result.out:  # It also ends with 1 when a commit is not there.
        raise git.failed(argv, result)
    head, *fields = result.out.split(b"\0")
    staged: dict[bytes, dict[int, TreeEntry]] = {}
    at = 0
    while at < len(fields) and fields[at]:
        info, _, path = fields[at].partition(b"\t")
        mode, oid, stage = info.decode().split(" ")
        staged.setdefault(path, {})[int(stage)] = TreeEntry(mode, oid)
        at += 1
    messages = _messages(fields[at + 1 :])
    joined = tuple(
        dict.fromkeys(
            path for paths, kind, _ in messages if kind == _AUTO for path in paths if path not in staged
        )
    )
    return TreeMerge(head.decode(), tuple(_disputes(staged, messages)), joined)


Message = tuple[tuple[bytes, ...], str, str]


def _messages(fields: Sequence[bytes]) -> list[Message]:
    messages = []
    at = 0
    while at < len(fields) and fields[at].isdigit():
        count = int(fields[at])
        paths = tuple(fields[at + 1 : at + 1 + count])
        kind, text = fields[at + 1 + count : at + 3 + count]
        messages.append((paths, kind.decode(), text.decode(errors="replace").strip()))
        at += 3 + count
    return messages


def _disputes(staged: dict[bytes, dict[int, TreeEntry]], messages: Sequence[Message]) -> list[Dispute]:
    groups = _groups(staged, [m for m in messages if m[1].startswith(_CONFLICT)])
    disputes = []
    for paths, reports in groups:
        sides: list[dict[bytes, TreeEntry]] = [
            {path: staged[path][stage] for path in paths if stage in staged[path]} for stage in (1, 2, 3)
        ]
        kind = _kind([report for report, _ in reports], sides)
        text = "; ".join(dict.fromkeys(text for _, text in reports))
        disputes.append(Dispute(kind, paths, sides[0], sides[1], sides[2], text))
    return disputes


Group = tuple[tuple[bytes, ...], list[tuple[str, str]]]


def _groups(staged: dict[bytes, dict[int, TreeEntry]], messages: Sequence[Message]) -> list[Group]:
    """Paths that one message names together are one dispute; in order of their first path."""
    group_of = {path: {path} for path in staged}
    for paths, _, _ in messages:
        together = set().union(*(group_of[path] for path in paths if path in staged))
        for path in together:
            group_of[path] = together
    grouped: list[Group] = []
    for path in sorted(staged):
        if path == min(group_of[path]):
            reports = [(kind, text) for paths, kind, text in messages if group_of[path] & set(paths)]
            grouped.append((tuple(sorted(group_of[path])), reports))
    return grouped


_KINDS = (
    ("submodule", "submodule"),
    ("rename/rename", "rename/rename"),
    ("rename/delete", "rename/delete"),
    ("rename/add", "rename/rename"),
    ("rename involved", "rename/rename"),
    ("modify/delete", "modify/delete"),
    ("distinct", "mode"),
    ("file/directory", "file/directory"),
    ("directory rename", "directory-rename"),
    ("dir rename", "directory-rename"),
    ("binary", "binary"),
)


def _kind(whats: Sequence[str], sides: Sequence[dict[bytes, TreeEntry]]) -> str:
    entries = [entry.mode for side in sides for entry in side.values()]
    if SUBMODULE in entries:
        return "submodule"
    for part, kind in _KINDS:
        if any(part in reported for reported in whats):
            return kind
    if LINK in entries:
        return "mode" if set(entries) != {LINK} else "link"
    return "content" if sides[0] else "add/add"
