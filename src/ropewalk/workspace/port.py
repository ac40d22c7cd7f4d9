"""The place where an attempt may write, and how what it left becomes a commit, is merged, and lands.

A workspace never touches the user's own checkout. Each method may be repeated after a crash with the same result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from msgspec import Struct

from ropewalk.core import Artifact

Mode = Literal["own", "read", "none", "shared"]
"""own: a folder of its own to write in; read: one of its own to look at; none: an empty folder; shared: one unversioned
folder of the whole run."""


class Base(Struct, frozen=True, omit_defaults=True):
    """What a run starts from: repository root, the pinned commit, the target branch ("" when there is none).

    `seen` is where the target stood (it differs from `commit` when changes were taken along). `at` (unix seconds) dates
    every commit of the run: keep the whole Base with the run. `private`: ropewalk made the repository, `root` is a plain
    folder. `warnings` are for people. Of a called run: `judged` is the commit that its caller began from, by which its
    gates judge; `within` is the run in whose folder it works where nothing is versioned.
    """

    root: str
    commit: str = ""
    target: str = ""
    seen: str = ""
    at: float = 0.0
    private: bool = False
    warnings: tuple[str, ...] = ()
    judged: str = ""
    within: str = ""


class Part(Struct, frozen=True):
    """The commit of one step that goes into a merge; parts come in written order.

    `policies` are the step's own (path pattern to policy name), asked before those of the run.
    """

    step: str
    commit: str
    policies: Mapping[str, str] = {}


Choice = bytes | str | None | Mapping[str, bytes | str | None]
"""What is to become of a disputed path: content, the name of a policy (`ours`, `theirs`), None (no such file), or, for each hunk
by its id, a side or the text that is to stand there; by the id of a conflict that was shown, the same for the whole path. What no
id names is asked anew."""


class Merged(Struct, frozen=True):
    """The result of a merge; with conflicts `commit` is empty and nothing has changed.

    `conflicts` as in `ropewalk.workspace.report`; `applied` has a line `path: policy (step)` for each path that a policy joined.
    """

    commit: str
    tree: str
    conflicts: tuple[dict[str, Any], ...] = ()
    applied: tuple[str, ...] = ()


class Folder(Struct, frozen=True):
    """Where one attempt works: an absolute folder, and the commit that it started from.

    `parents` are the commits that a resolution joins, `disputed` the files in which it has to be made; `at` dates what is kept.
    `reads` are places outside that its git reads from, `hides` those that a confined attempt is to see nothing else of.
    """

    path: str
    base: str = ""
    writable: bool = True
    parents: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()
    at: float = 0.0
    reads: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()


class Kept(Struct, frozen=True):
    """What an attempt left: its commit and tree ("" where nothing is versioned) and each changed file.

    `unresolved` are disputed files that still hold conflict markers: the one who was to resolve them has not. `lost` is what
    lies in the folder and could not be kept, each with the reason: as long as there is any, the folder has to stay.
    """

    commit: str = ""
    tree: str = ""
    artifacts: tuple[Artifact, ...] = ()
    warnings: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


class JudgeRules(Struct, frozen=True):
    """What one judge must not take from the run. Patterns are from the top of the folder.

    `steered`: which table of steering files counts (of commands, of agents, of both, of nothing). `command` is the text
    of what the judge runs, for the files that it names. `protect` are as at the base whatever else is said, `may_change`
    are the run's; `work` is what the workflow says that its steps write. `as_it_is`: the files that the command names
    are left as the run made them.
    """

    steered: Literal["command", "agent", "all", ""] = ""
    command: str = ""
    protect: tuple[str, ...] = ()
    may_change: tuple[str, ...] = ()
    work: tuple[str, ...] = ()
    as_it_is: bool = False


class JudgeFolder(Struct, frozen=True):
    """A folder for one judge: the run's files, and what of them does not count, path to reason.

    `restored` are the base's whole, `joined` hold the base's steering and the run's rest, `left_out` are new files that
    would have steered what was there, `of_the_run` steer but were not there at the base, `new_tests` count.
    `uncertain` are restored only because the command names them; `operands` are those of them that it does not run.
    """

    place: Folder
    base: str = ""
    restored: Mapping[str, str] = {}
    joined: Mapping[str, str] = {}
    left_out: Mapping[str, str] = {}
    of_the_run: Mapping[str, str] = {}
    new_tests: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    operands: tuple[str, ...] = ()


class AttemptId(Struct, frozen=True):
    """Names an attempt for a workspace: run, step key, round, attempt, and when its record was written.

    `at` never goes into a commit: a hash must not depend on the order in which steps end. `takes_over` is the number of
    the interrupted attempt whose folder goes on as it stands, so that its agent finds what it has done; 0 is none.
    """

    run: str
    step: str
    round: int
    attempt: int
    at: float = 0.0
    takes_over: int = 0


class FolderNote(Struct, frozen=True, omit_defaults=True):
    """What the one who finds the folder of an attempt that was cut off has to know: `declared` are names and patterns of files that
    are kept even when ignored; with `secret` the attempt was given secrets, and nothing is kept before it was looked through."""

    declared: tuple[str, ...] = ()
    secret: bool = False


class Workspace(Protocol):
    """One per run. Raises WorkspaceError; a Conflict is a result, not an error."""

    name: str

    async def prepare(
        self, run: str, root: Path, with_changes: bool = False, target: str = "", at: float = 0.0
    ) -> Base:
        """Pin what the run starts from: the commit of `target` (default: the branch that is checked out).

        Called once, before the run is created. Raises DirtyCheckout when there are uncommitted changes that are not
        taken along. `at`: now, in unix seconds.
        """
        ...

    async def open(
        self, spot: AttemptId, base: Base, needs: Sequence[Part], mode: Mode, note: FolderNote = FolderNote()
    ) -> Folder | Merged:
        """The folder for one attempt, made from the merged commits of its needs; a Merged when those disagree."""
        ...

    async def cut_off(self, spot: AttemptId) -> list[str]:
        """Folders of earlier attempts of this step and round that were given secrets and cut off: to be looked through."""
        ...

    async def looked_through(self, folder: str) -> None:
        """No secret is in the folder any more."""
        ...

    async def dispute(
        self, spot: AttemptId, base: Base, parts: Sequence[Part], policies: Mapping[str, str]
    ) -> Folder:
        """A folder in which an agent or a person resolves what a merge of these parts could not: files with markers."""
        ...

    async def keep(
        self, spot: AttemptId, place: Folder, *, succeeded: bool, message: str = "", also: Sequence[str] = ()
    ) -> Kept:
        """Commit what an attempt left, also a failed one's (kept under `refs/ropewalk/`), and say what changed.

        `also`: files that are kept even when the repository ignores them (what the step declares to create); of an attempt
        that did not succeed they may be patterns, and need not be there.
        """
        ...

    async def judge(
        self, spot: AttemptId, base: Base, place: Folder, commit: str, rules: JudgeRules
    ) -> JudgeFolder:
        """A new folder for one judge: what `commit` holds ("": what lies in `place`) and nothing else that was written.

        What judges is laid over from the base as the rules say. `spot` names the judge; give the folder back with `close`.
        """
        ...

    async def close(self, spot: AttemptId, place: Folder) -> None:
        """Give the folder back; what was kept stays."""
        ...

    async def read(self, commit: str, path: str) -> bytes | None:
        """A file as of a commit ("" where nothing is versioned: as it is now); None when there is no such file."""
        ...

    async def link(self, commit: str, path: str) -> bytes | None:
        """Where a symbolic link points, as of a commit; None when there is no link of this name."""
        ...

    async def amend(self, spot: AttemptId, commit: str, path: str, content: bytes, by: str) -> Kept:
        """Put a person's version of an artifact on top of a commit."""
        ...

    async def merge(self, run: str, base: Base, parts: Sequence[Part], policies: Mapping[str, str]) -> Merged:
        """Join commits in the given order on the base. Pure: the same parts give the same commit hash."""
        ...

    async def resolve(
        self,
        spot: AttemptId,
        base: Base,
        parts: Sequence[Part],
        policies: Mapping[str, str],
        choices: Mapping[str, Choice],
        by: str,
    ) -> Merged:
        """Merge again with answers for disputed paths. One for a path that nothing disputes (any more) has no effect.

        The result is a commit of its own that contains the parts: give it as one more Part to later merges.
        """
        ...

    async def hold(self, spot: AttemptId, commit: str) -> None:
        """Keep a commit for an attempt that took it over from another run. WorkspaceError when it is not there."""
        ...

    async def adopt(self, run: str, base: Base, commits: Sequence[str]) -> None:
        """Keep what a new run takes over from another one. WorkspaceError when a commit of it is not there."""
        ...

    async def made(self, old: str, new: str) -> tuple[Artifact, ...]:
        """What differs between two commits, each file as it is in the newer; () where nothing is versioned."""
        ...

    async def publish(self, run: str, commit: str) -> str:
        """Point the run's branch at its final commit; returns the branch."""
        ...

    async def squash(self, run: str, base: Base, merged: Merged, message: str) -> Merged:
        """The same files as one commit on what the base saw of its target, with the user as its author; a ref keeps it."""
        ...

    async def squashed(self, run: str, base: Base, target: str) -> tuple[Base, Merged] | None:
        """Such a commit of this run that the target holds, where it has landed so before, and the base as it was then."""
        ...

    async def land(self, run: str, base: Base, commit: str, target: str, follow: bool = False) -> str | None:
        """Move the target to the commit if it still is where `base` saw it, and give that place ("" for a new branch);
        None when it moved meanwhile: `refresh`, merge and gate again.

        A checkout is the user's own: TargetCheckedOut when the target is checked out, unless `follow` asks for that
        checkout to be fast-forwarded too, and nothing in it is in the way. Landing twice is landing once.
        """
        ...

    async def refresh(self, base: Base, target: str) -> Base:
        """The base as it is to be for another try at landing: the commit where the target stands now.

        Raises WorkspaceError when the target was rewritten and no longer contains what the run started from.
        """
        ...

    async def diff(self, old: str, new: str, path: str = "") -> bytes:
        """A patch between two commits that `git apply` takes, of one path or of all."""
        ...

    async def end(self, run: str) -> tuple[str, ...]:
        """Remove the run's folders; commits and refs stay. A folder that holds what is kept nowhere stays too: gives those,
        each with the reason."""
        ...
