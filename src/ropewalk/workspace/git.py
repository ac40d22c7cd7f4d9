"""The only caller of the git program: argv only, hardened, with a deadline and a cap on what it may say.

What the user configured for themselves (filters such as LFS, excludes, credentials) is respected. What the environment of
this process or a worktree's own `.git` would bring in is not: every call names its git directory.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ropewalk.errors import GitBusy, GitFailed, WorkspaceError
from ropewalk.processes import call_program
from ropewalk.transient import told_by_program
from ropewalk.workspace.names import show_path
from ropewalk.workspace.stale_locks import is_stale_lock

OLDEST_GIT = (2, 38)
"""`merge-tree --write-tree` and `cat-file -z` came with it."""

SECONDS = 120.0
CAP = 256 << 20
GRACE_SECONDS = 0.5
"""When git is asked to end it takes its lock files away; killed, it leaves them in the way of the next one."""
_LINES_OF_ERROR = 12

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.splitIndex=false",
    "index.sparse=false",
    "core.trustctime=true",
    "core.checkStat=default",
    "core.quotePath=false",
    "core.askPass=",
    "core.filesRefLockTimeout=10000",
    "core.packedRefsTimeout=10000",
    "core.fsync=committed,loose-object",
    "core.fsyncMethod=batch",
    "credential.interactive=never",
    "protocol.ext.allow=never",
    "submodule.recurse=false",
    "diff.ignoreSubmodules=dirty",
    "gc.auto=0",
    "maintenance.auto=false",
    # What a merge gives must not depend on who merges.
    "diff.algorithm=histogram",
    "diff.renames=true",
    "diff.renameLimit=0",
    "merge.renames=true",
    "merge.renameLimit=0",
    "merge.directoryRenames=conflict",
    "merge.conflictStyle=diff3",
    "merge.renormalize=false",
    "i18n.commitEncoding=UTF-8",
)
_FLAGS = tuple(part for setting in _SETTINGS for part in ("-c", setting))

_KEPT_VARIABLES = {
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_EXEC_PATH",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GIT_SSL_NO_VERIFY",
}


class GitResult(Struct, frozen=True):
    """How a git command ended: its exit code and what it wrote."""

    code: int
    out: bytes
    err: bytes


class Git(Struct, frozen=True):
    """A repository to call git on: absolute paths of its git directory and, where one is needed, of folder and index.

    `lazy`: objects are written without waiting for the disk; `flush` has to follow before a ref names them. `apart`: new
    objects go into that store, which borrows from the repository's; `settle` brings them in. `borrowed`: one more store
    that objects are read from.
    """

    gitdir: str
    worktree: str = ""
    index: str = ""
    objects: str = ""
    lazy: bool = False
    apart: str = ""
    borrowed: str = ""

    def at(self, worktree: str | os.PathLike[str], index: str | os.PathLike[str] = "") -> Git:
        """The same repository with another folder of files and another index."""
        return replace(self, worktree=os.fspath(worktree), index=os.fspath(index))

    def lazily(self) -> Git:
        """The same, with objects written without waiting for the disk."""
        return replace(self, lazy=True)

    def aside(self, folder: Path) -> Git:
        """The same, with a new store in an empty folder for what is written from now on."""
        store = folder / "objects"
        for part in ("info", "pack"):
            (store / part).mkdir(parents=True, exist_ok=True)
        (store / "info/alternates").write_bytes(alternate(self.objects))
        return replace(self, apart=str(store), lazy=True)

    def borrowing(self, objects: str) -> Git:
        """The same, reading from another store too."""
        return replace(self, borrowed=objects)

    def home(self) -> Git:
        """The same, reading and writing the repository's own store alone."""
        return replace(self, apart="", lazy=False)

    async def run(
        self, *argv: str, stdin: bytes = b"", seconds: float = SECONDS, cap: int = CAP, optional: bool = False
    ) -> bytes:
        """What the command wrote; GitFailed on any exit code but 0."""
        result = await self.call(*argv, stdin=stdin, seconds=seconds, cap=cap, optional=optional)
        if result.code != 0:
            raise self.failed(argv, result)
        return result.out

    async def pour(self, *argv: str, sink: Callable[[bytes], object], seconds: float = SECONDS) -> None:
        """Give what the command writes to `sink`, piece by piece and however much; GitFailed on any exit code but 0."""
        extra = {"GIT_DIR": self.gitdir} | ({"GIT_OBJECT_DIRECTORY": self.apart} if self.apart else {})
        result = await spawn(argv, self.gitdir, extra, seconds=seconds, sink=sink)
        if result.code != 0:
            raise self.failed(argv, result)

    async def call(
        self,
        *argv: str,
        stdin: bytes = b"",
        seconds: float = SECONDS,
        cap: int = CAP,
        optional: bool = False,
    ) -> GitResult:
        """How the command ended, whatever the exit code. `optional`: it may not take locks that it can do without."""
        extra = {"GIT_DIR": self.gitdir}
        if self.worktree:
            extra["GIT_WORK_TREE"] = self.worktree
        if self.index:
            extra["GIT_INDEX_FILE"] = self.index
        if self.apart:
            extra["GIT_OBJECT_DIRECTORY"] = self.apart
        if self.borrowed:
            extra["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = _quoted(self.borrowed)
        if optional:
            extra["GIT_OPTIONAL_LOCKS"] = "0"
        if self.lazy:
            argv = ("-c", "core.fsync=none", *argv)
        return await spawn(argv, self.worktree or self.gitdir, extra, stdin, seconds, cap)

    def failed(self, argv: Sequence[str], result: GitResult) -> GitFailed:
        """The error to raise for a command that ended badly."""
        place = self.worktree or self.gitdir
        return GitFailed(verb=argv[0], place=place, reason=_last_words(result), code=result.code)


def alternate(objects: str) -> bytes:
    """A line of `info/alternates`: another store to read from."""
    raw = os.fsencode(objects)
    quoted = show_path(raw) if b"\n" in raw or raw.startswith((b'"', b"#")) else ""
    return (quoted.encode() if quoted else raw) + b"\n"


def _quoted(store: str) -> str:
    """A store as one word of a list that has colons between its words."""
    if ":" not in store and not store.startswith('"'):
        return store
    inner = store.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


async def spawn(
    argv: Sequence[str],
    cwd: str,
    extra: Mapping[str, str],
    stdin: bytes = b"",
    seconds: float = SECONDS,
    cap: int = CAP,
    sink: Callable[[bytes], object] | None = None,
    again: bool = False,
) -> GitResult:
    """One git command in a process group of its own, which is killed whole at the deadline, the cap, or on cancelling.

    It is started by a keeper, as everything is, so it does not outlive a driver that is killed. A lock that somebody killed
    left behind is taken away, and the command run once `again`. GitBusy when it failed by a
    trouble of the host that passes, whatever its exit code would mean to the caller.
    """
    try:
        ended = await call_program(
            ("git", *_FLAGS, *argv),
            folder=cwd,
            env=_environment(extra),
            stdin=stdin,
            seconds=seconds,
            cap=cap,
            sink=sink,
            shared=True,
            grace_seconds=GRACE_SECONDS,
        )
    except ChildProcessError as error:
        raise GitFailed(verb=_verb(argv), place=cwd, reason=str(error), code=-1) from error
    except OSError as error:
        raise _not_started(argv, cwd, error) from error
    result = GitResult(*ended)
    if result.code != 0 and not again and is_stale_lock(result.err):
        return await spawn(argv, cwd, extra, stdin, seconds, cap, sink, again=True)
    if result.code != 0 and told_by_program(result.err.decode(errors="replace")):
        raise GitBusy(verb=_verb(argv), place=cwd, reason=_last_words(result), code=result.code)
    return result


def _verb(argv: Sequence[str]) -> str:
    """What git is asked to do, behind the options of git itself."""
    words = iter(argv)
    for word in words:
        if word == "-c":
            next(words, None)
        elif not word.startswith("-"):
            return word
    return argv[0]


def _not_started(argv: Sequence[str], cwd: str, error: OSError) -> WorkspaceError:
    if not os.path.isdir(cwd):
        return GitFailed(verb=_verb(argv), place=cwd, reason="the folder is gone", code=-1)
    if isinstance(error, FileNotFoundError):
        return WorkspaceError(place="git", reason="no git program on the PATH; install git 2.38 or newer")
    return GitFailed(verb=_verb(argv), place=cwd, reason=str(error), code=-1)


async def git_version() -> tuple[int, ...]:
    """The version of the git program; WorkspaceError when there is none or it is too old."""
    result = await spawn(["--version"], os.getcwd(), {})
    match = re.search(rb"(\d+)\.(\d+)(?:\.(\d+))?", result.out)
    numbers = tuple(int(part or 0) for part in match.groups()) if match else (0, 0)
    if numbers < OLDEST_GIT:
        shown, oldest = (".".join(map(str, part)) for part in (numbers, OLDEST_GIT))
        raise WorkspaceError(place="git", reason=f"version {shown} is too old; install git {oldest} or newer")
    return numbers


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT_VARIABLES
    }
    kept.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
    return {
        **kept,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GIT_PAGER": "cat",
        "GIT_EDITOR": "true",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_MERGE_AUTOEDIT": "no",
        **extra,
    }


def _last_words(result: GitResult) -> str:
    lines = result.err.decode(errors="replace").strip().splitlines()[-_LINES_OF_ERROR:]
    ended = f"killed by signal {-result.code}" if result.code < 0 else f"exit code {result.code}"
    return "; ".join(line.strip() for line in lines) or ended
