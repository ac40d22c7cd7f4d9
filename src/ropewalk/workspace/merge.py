"""Join the commits of several steps on a base, in written order, without a checkout.

Pure in its arguments: the same base, parts and date give the same commit, in whichever order the steps ended. Where the
sides disagree and no policy settles it, nobody wins: the whole merge ends in a report.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from ropewalk.workspace.commits import edited_tree, read_header, write_commit
from ropewalk.workspace.git import Git
from ropewalk.workspace.lineages import Lineage, PartGroup, groups_of
from ropewalk.workspace.merge_tree import TreeMerge, merge_trees
from ropewalk.workspace.names import merged_ref
from ropewalk.workspace.policies.choice import check
from ropewalk.workspace.port import Part
from ropewalk.workspace.settler import Choices, ConflictResolver, Edits, Settled
from ropewalk.workspace.settling import settle

Scratch = Callable[[], Path]


class MergeResult(Struct, frozen=True):
    """What a merge gave. Without conflicts `commit` is the result; with them it and `tree` are only a draft of one.

    `parents` are the commits that somebody who resolves the conflicts would join; `disputed` the paths to look at.
    """

    commit: str
    tree: str
    conflicts: tuple[dict[str, Any], ...]
    applied: tuple[str, ...]
    parents: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()


class MergeRequest(Struct, frozen=True):
    """What is to be merged: onto which commit (called what), of which run, dated when (0: as the base), with which rules."""

    run: str
    base: str
    base_name: str
    at: float
    policies: Mapping[str, str]
    choices: Choices = {}
    by: str = ""
    markers: bool = False


class Merger:
    """Merges on one repository. `scratch` gives a new empty folder, which the merger removes."""

    def __init__(self, git: Git, scratch: Scratch, discard: Callable[[Path], None]) -> None:
        self._git = git
        self._scratch = scratch
        self._discard = discard

    async def merge(self, order: MergeRequest, parts: Sequence[Part]) -> MergeResult:
        """Join the parts in order; a ref of the run keeps what they give, unless it is in dispute. WorkspaceError when a commit is not here, or a policy does not exist."""
        for rules in (order.policies, *(part.policies for part in parts)):
            check(rules)
        groups, lineage = await groups_of(self._git, order.base, parts)
        at = order.at or (await read_header(self._git, order.base)).at
        folder = self._scratch()
        git = self._git.aside(folder)
        under_way = _Merge(git, order, lineage, at)
        try:
            for group in groups:
                await under_way.add(group, folder)
            result = await under_way.result()
            known = [order.base, *(group.commit for group in groups)]
            if result.commit not in known and (order.markers or not result.conflicts):
                await settle(git, {merged_ref(order.run, result.commit): result.commit}, known)
        finally:
            self._discard(folder)
        return result


class _Merge:
    """A merge under way: where it stands, and what was disputed and settled so far."""

    def __init__(self, git: Git, order: MergeRequest, lineage: Lineage, at: float) -> None:
        self._git = git
        self._order = order
        self._lineage = lineage
        self._commit = order.base
        self._tree = ""
        self._at = at
        self._merged: list[PartGroup] = []
        self._conflicts: list[dict[str, Any]] = []
        self._applied: list[str] = []
        self._parents: list[str] = []
        self._disputed: list[str] = []

    async def add(self, group: PartGroup, folder: Path) -> None:
        if self._lineage.contains(group.commit, self._commit):
            self._commit = group.commit
            self._tree = ""
        else:
            await self._join(group, folder)
        if self._parents and group.commit not in self._parents:
            self._parents.append(group.commit)
        self._merged.append(group)

    async def _join(self, group: PartGroup, folder: Path) -> None:
        merge = await merge_trees(self._git, self._commit, group.commit)
        settler = ConflictResolver(
            self._git, self._order.base, self._order.base_name, self._commit, group, self._merged
        )
        settled = await settler.settle(
            merge, (group.policies, self._order.policies), self._order.choices, self._order.markers
        )
        if settled.conflicts and not self._parents:
            self._parents.append(self._commit)
        self._note(settled, group)
        self._tree = await self._edited(merge, settled.edits, folder)
        trailers = {"Ropewalk-Run": self._order.run, "Ropewalk-Merged": ", ".join(group.steps)}
        if settled.answered:
            trailers |= {
                "Ropewalk-Resolved": ", ".join(settled.answered),
                "Ropewalk-Resolved-By": self._order.by,
            }
        self._commit = await write_commit(
            self._git,
            self._tree,
            (self._commit, group.commit),
            self._at,
            f"Merge {', '.join(group.steps)}",
            trailers,
        )

    async def _edited(self, merge: TreeMerge, edits: Edits, folder: Path) -> str:
        if not edits:
            return merge.tree
        inner = folder / str(len(self._merged))
        os.mkdir(inner)
        return await edited_tree(self._git, merge.tree, edits, str(inner))

    def _note(self, settled: Settled, group: PartGroup) -> None:
        self._conflicts += settled.conflicts
        self._applied += [f"{policy} ({', '.join(group.steps)})" for policy in settled.applied]
        self._disputed += [path for path in settled.disputed if path not in self._disputed]

    async def result(self) -> MergeResult:
        return MergeResult(
            self._commit,
            self._tree or (await read_header(self._git, self._commit)).tree,
            tuple(self._conflicts),
            tuple(self._applied),
            tuple(self._parents),
            tuple(self._disputed),
        )
