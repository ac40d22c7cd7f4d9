"""Which commits contain which, and so what is left to join: a commit that another one contains needs no joining.

That is also how a resolution works: it contains what it joins, and takes the place of the first of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ropewalk.errors import WorkspaceError
from ropewalk.workspace.git import Git
from ropewalk.workspace.port import Part


class PartGroup(Struct, frozen=True):
    """One commit to join: the steps that it stands for, in written order, and the policies of the last of them."""

    steps: tuple[str, ...]
    commit: str
    policies: Mapping[str, str] = {}


class Lineage:
    """The commits that the parts have and the base has not, each with its parents."""

    def __init__(self, parents: Mapping[str, Sequence[str]]) -> None:
        self._parents = parents
        self._ancestors: dict[str, frozenset[str]] = {}

    def ancestors(self, commit: str) -> frozenset[str]:
        """What a commit contains, itself and the edge of what is known included."""
        if commit not in self._ancestors:
            ancestors = {commit}
            stack = [commit]
            while stack:
                for parent in self._parents.get(stack.pop(), ()):
                    if parent not in ancestors:
                        ancestors.add(parent)
                        stack.append(parent)
            self._ancestors[commit] = frozenset(ancestors)
        return self._ancestors[commit]

    def contains(self, commit: str, other: str) -> bool:
        return other in self.ancestors(commit)

    def new(self, commit: str) -> bool:
        """Whether the base has not got it."""
        return commit in self._parents


async def groups_of(git: Git, base: str, parts: Sequence[Part]) -> tuple[list[PartGroup], Lineage]:
    """What is left to join, in order. WorkspaceError when a commit is not in the repository."""
    wanted = [part for part in parts if part.commit and part.commit != base]
    lineage = Lineage(await _parents(git, base, wanted))
    merged: dict[str, list[Part]] = {}
    for part in wanted:
        if lineage.new(part.commit):
            merged.setdefault(part.commit, []).append(part)
    tips = [
        commit
        for commit in merged
        if not any(other != commit and lineage.contains(other, commit) for other in merged)
    ]
    place = {commit: number for number, commit in enumerate(merged)}
    first = {
        tip: min(number for commit, number in place.items() if lineage.contains(tip, commit)) for tip in tips
    }
    tips.sort(key=lambda tip: (first[tip], place[tip]))
    return [_group(merged[tip], tip) for tip in tips], lineage


def _group(parts: Sequence[Part], commit: str) -> PartGroup:
    return PartGroup(tuple(dict.fromkeys(part.step for part in parts)), commit, parts[-1].policies)


async def _parents(git: Git, base: str, parts: Sequence[Part]) -> dict[str, tuple[str, ...]]:
    if not parts:
        return {}
    lines = "".join(f"{part.commit}\n" for part in parts) + f"^{base}\n"
    argv = ("rev-list", "--parents", "--stdin")
    result = await git.call(*argv, stdin=lines.encode())
    if result.code != 0:
        text = result.err.decode(errors="replace")
        for part in parts:
            if part.commit in text:
                reason = f"the commit {part.commit} of step {part.step} is not in this repository"
                raise WorkspaceError(place=git.gitdir, reason=reason)
        raise git.failed(argv, result)
    parents_of = {}
    for line in result.out.decode().splitlines():
        commit, *parents = line.split()
        parents_of[commit] = tuple(parents)
    return parents_of
