"""Where a repository lies, what is checked out of it, and what of its configuration a worktree needs; nothing is written.

A run may start in a checkout, a linked worktree, a submodule or a bare repository.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ropewalk.errors import GitFailed, WorkspaceError
from ropewalk.files import read_bytes
from ropewalk.workspace.git import Git, spawn
from ropewalk.workspace.names import show_path

_CARRIED_SECTIONS = ("filter.", "diff.", "merge.", "lfs.", "user.")
_CARRIED_KEYS = {
    f"core.{name}"
    for name in (
        "attributesfile",
        "autocrlf",
        "eol",
        "excludesfile",
        "filemode",
        "ignorecase",
        "longpaths",
        "precomposeunicode",
        "safecrlf",
        "sparsecheckout",
        "sparsecheckoutcone",
        "symlinks",
    )
}


_OF_PROMISOR = ("url", "promisor", "partialclonefilter")


def _is_promisor(key: str, value: str) -> bool:
    return (
        key.startswith("remote.")
        and key.endswith(".promisor")
        and value.lower() in ("true", "yes", "on", "1")
    )


_WITH_PASSWORD = re.compile(r"://[^/@]*:[^/@]*@|https?://[^/@]+@", re.IGNORECASE)
"""Over HTTP the name of the user alone may be a token, as forges write it."""


def _locates_submodule(key: str, value: str) -> bool:
    """Where the user's checkout has a submodule from: in a folder elsewhere a relative address would lead astray."""
    return (
        key.startswith("submodule.")
        and key.endswith((".url", ".active"))
        and not _WITH_PASSWORD.search(value)
    )


class Repository(Struct, frozen=True):
    """Absolute paths; `top` is the root of the checkout, "" for a bare repository. `settings` are its own, in file order."""

    gitdir: str
    common: str
    objects: str
    top: str
    hashing: str
    shallow: bool
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def git(self) -> Git:
        """Calls on this repository that need no files."""
        return Git(self.gitdir, objects=self.objects)

    @property
    def none(self) -> str:
        """The object id that stands for no object."""
        return "0" * (64 if self.hashing == "sha256" else 40)

    def carried(self) -> list[tuple[str, str]]:
        """The settings that a worktree of its own needs so that files there look as the user set them up."""
        remotes = [key[: -len("promisor")] for key, value in self.settings if _is_promisor(key, value)]
        promised = {remote + name for remote in remotes for name in _OF_PROMISOR}
        return [
            (key, value)
            for key, value in self.settings
            if key in _CARRIED_KEYS
            or key.startswith(_CARRIED_SECTIONS)
            or _locates_submodule(key, value)
            or key in promised
        ]


class Standing(Struct, frozen=True):
    """Where HEAD is: `commit` "" on an unborn branch, `branch` "" when detached; what differs from it, by path."""

    commit: str
    branch: str
    changed: tuple[str, ...] = ()
    untracked: tuple[str, ...] = ()


def stores_of(objects: str) -> tuple[str, ...]:
    """The folders of objects that git reads for one: itself, and those that it borrows from in turn."""
    stores: dict[str, None] = {}
    left = [objects]
    while left:
        store = os.path.realpath(left.pop())
        if store in stores:
            continue
        stores[store] = None
        try:
            lines = read_bytes(os.path.join(store, "info", "alternates")).splitlines()
        except OSError:
            continue
        left += [os.path.join(store, os.fsdecode(line)) for line in lines if line and line[:1] not in b'#"']
    return tuple(stores)


async def discover(root: Path) -> Repository | None:
    """The repository that a folder belongs to, or None. WorkspaceError when there is one that cannot be used."""
    questions = (
        "--absolute-git-dir",
        "--path-format=absolute",
        "--git-common-dir",
        "--git-path",
        "objects",
        "--show-object-format",
        "--is-shallow-repository",
        "--is-bare-repository",
        "--is-inside-work-tree",
        "--show-toplevel",
    )
    result = await spawn(("rev-parse", *questions), str(root), {})
    reason = result.err.decode(errors="replace").strip()
    answers = [os.fsdecode(line) for line in result.out.split(b"\n")[:-1]]
    if result.code != 0 and len(answers) < len(questions) - 3:
        if (
            "not a git repository (or any" in reason
        ):  # Else git names one that a `.git` leads to, and that is gone.
            return None
        raise GitFailed(
            verb="rev-parse", place=str(root), reason=reason or "git said nothing", code=result.code
        )
    gitdir, common, objects, hashing, shallow, bare, inside, *top = answers
    if len(top) > 1 or inside not in ("true", "false"):
        raise WorkspaceError(place=str(root), reason="its path has a line break, which git cannot tell apart")
    if inside == bare == "false":
        raise WorkspaceError(place=str(root), reason="this is the inside of a git directory, not a checkout")
    repository = Repository(gitdir, common, objects, "".join(top), hashing, shallow == "true")
    return replace(repository, settings=await _own_settings(repository))


async def _own_settings(repository: Repository) -> tuple[tuple[str, str], ...]:
    listing = await repository.git.run("config", "--list", "-z", "--show-scope", "--includes")
    fields = listing.split(b"\0")[:-1]
    settings = []
    for scope, pair in zip(fields[::2], fields[1::2], strict=True):
        if scope in (b"local", b"worktree"):
            key, has_value, value = pair.partition(b"\n")
            settings.append((os.fsdecode(key), os.fsdecode(value) if has_value else "true"))
    return tuple(settings)


async def standing(repository: Repository) -> Standing:
    """Where HEAD is and what the checkout has that HEAD has not. Takes no lock and writes nothing."""
    if not repository.top:
        return await _bare_standing(repository)
    status = await repository.git.at(repository.top).run(
        "status",
        "--porcelain=v2",
        "--branch",
        "-z",
        "--untracked-files=normal",
        "--no-renames",
        "--ignore-submodules=dirty",
        optional=True,
    )
    commit = branch = ""
    changed, untracked = [], []
    for line in status.split(b"\0"):
        if line.startswith(b"# branch.oid "):
            commit = "" if line[13:] == b"(initial)" else line[13:].decode()
        elif line.startswith(b"# branch.head "):
            branch = "" if line[14:] == b"(detached)" else os.fsdecode(line[14:])
        elif line.startswith(b"1 "):
            changed.append(show_path(line.split(b" ", 8)[8]))
        elif line.startswith(b"u "):
            changed.append(show_path(line.split(b" ", 10)[10]))
        elif line.startswith(b"? "):
            untracked.append(show_path(line[2:]))
    return Standing(commit, branch, tuple(changed), tuple(untracked))


async def _bare_standing(repository: Repository) -> Standing:
    head = await repository.git.call("symbolic-ref", "-q", "HEAD")
    name = os.fsdecode(head.out.strip()).removeprefix("refs/heads/")
    return Standing(await commit_of(repository.git, "HEAD"), name)


async def commit_of(git: Git, name: str) -> str:
    """The commit that a name stands for, "" when there is none."""
    result = await git.call("rev-parse", "--verify", "-q", "--end-of-options", f"{name}^{{commit}}")
    return result.out.decode().strip() if result.code == 0 else ""


async def check_branch(git: Git, branch: str) -> None:
    """WorkspaceError when a text cannot be the name of a branch."""
    try:
        result = await git.call("check-ref-format", "--branch", branch)
        valid = result.code == 0 and result.out == os.fsencode(branch) + b"\n"
    except ValueError:  # It holds what no command can be given.
        valid = False
    if not valid:
        raise WorkspaceError(place=branch or "the target", reason="that is not a name for a branch")


async def checked_out_in(repository: Repository, branch: str) -> str:
    """The folder in which a branch is checked out, "" when in none that still is there."""
    folder = ""
    out = await repository.git.run("worktree", "list", "--porcelain", "-z")
    for line in out.split(b"\0"):
        if line.startswith(b"worktree "):
            folder = os.fsdecode(line[9:])
        elif line == b"branch refs/heads/" + os.fsencode(branch):
            folder = await _checkout_of(repository, folder)
            if await asyncio.to_thread(os.path.isdir, folder):
                return folder
    return ""


async def _checkout_of(repository: Repository, listed: str) -> str:
    """Of a submodule, and of a git directory that lies apart, git lists that directory and not the checkout."""
    if not await asyncio.to_thread(_same, listed, repository.common):
        return listed
    if repository.top and repository.gitdir == repository.common:
        return repository.top
    result = await repository.git.call("config", "--get", "core.worktree")
    named = os.path.join(repository.common, os.fsdecode(result.out.rstrip(b"\n")))
    return await asyncio.to_thread(os.path.realpath, named)


def _same(left: str, right: str) -> bool:
    return os.path.realpath(left) == os.path.realpath(right)


def setting_lines(settings: Iterable[tuple[str, str]]) -> str:
    """Settings as the text of a git configuration file."""
    lines = []
    for key, value in settings:
        section, _, rest = key.partition(".")
        sub, _, name = rest.rpartition(".")
        head = f'[{section} "{_quoted(sub)}"]' if sub else f"[{section}]"
        lines.append(f'{head}\n\t{name} = "{_escaped(value)}"\n')
    return "".join(lines)


def _escaped(text: str) -> str:
    return _quoted(text).replace("\n", "\\n").replace("\t", "\\t")


def _quoted(text: str) -> str:
    """In a name git knows no other escapes."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
