"""A commit that another one contains needs no joining; what contains several takes the place of the first of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ropewalk.errors import GitFailed, WorkspaceError
from ropewalk.workspace.git import Git
from ropewalk.workspace.lineages import Lineage, PartGroup, groups_of
from ropewalk.workspace.port import Part
from tests.workspace.repositories import git

pytestmark = pytest.mark.needs("git")

HISTORY = {
    "old": [],
    "base": ["old"],
    "a": ["base"],
    "b": ["base"],
    "c": ["base"],
    "on a": ["a"],
    "also on a": ["a"],
    "a and b": ["a", "b"],
    "all": ["a and b", "c"],
    "beside": ["old"],
    "apart": [],
}
"""Each commit with its parents."""


def grown(where: Path, history: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The commits of a history, by name."""
    git(where, "init", "-q", "--bare")
    mark = {name: number for number, name in enumerate(history, 1)}
    lines = []
    for name, parents in history.items():
        lines += [f"commit refs/test/{mark[name]}", f"mark :{mark[name]}"]
        lines += ["committer Ann <ann@example.com> 1700000000 +0000", f"data {len(name)}", name]
        lines += [f"{'merge' if i else 'from'} :{mark[parent]}" for i, parent in enumerate(parents)]
    marks = where / "marks"
    git(where, "fast-import", "--quiet", f"--export-marks={marks}", stdin="\n".join(lines) + "\n")
    oids = dict(line.split(" ") for line in marks.read_text().splitlines())
    return {name: oids[f":{number}"] for name, number in mark.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history.git")


@pytest.fixture(scope="module")
def made(folder: Path) -> dict[str, str]:
    return {"": "", **grown(folder, HISTORY)}


def test_a_commit_contains_itself_its_ancestors_and_the_edge_of_what_is_known():
    lineage = Lineage({"top": ("left", "right"), "left": ("edge",), "right": ("left",), "apart": ()})
    assert lineage.ancestors("top") == {"top", "left", "right", "edge"}
    assert lineage.ancestors("apart") == {"apart"}
    assert lineage.contains("right", "edge")
    assert lineage.contains("left", "left")
    assert not lineage.contains("left", "top")
    assert not lineage.contains("top", "apart")
    assert [lineage.new(commit) for commit in ("left", "edge", "nowhere")] == [True, False, False]


def test_a_history_may_be_longer_than_any_stack():
    lineage = Lineage({str(number): (str(number - 1),) for number in range(1, 20_000)})
    assert lineage.contains("19999", "0")


@pytest.mark.parametrize(
    ("parts", "groups"),
    [
        ("", ""),
        ("1=a 2=b", "1=a 2=b"),
        ("1=b 2=a", "1=b 2=a"),
        ("1=base 2= 3=old 4=a", "4=a"),  # nothing was done there, or the base has it
        ("1=a 2=on_a", "2=on_a"),
        ("1=on_a 2=a", "1=on_a"),
        ("1=a 2=b 1=a", "1=a 2=b"),  # a step twice
        ("1=a 2=b 3=a", "1+3=a 2=b"),
        ("1=a 2=c 3=b 4=a_and_b", "4=a_and_b 2=c"),  # in the place of what it joins
        ("1=c 2=b 3=a_and_b", "1=c 3=a_and_b"),
        ("1=a 2=c 3=b 4=a_and_b 5=all", "5=all"),
        ("1=a 2=also_on_a 3=on_a", "2=also_on_a 3=on_a"),  # both contain the first: as they were written
        ("1=beside 2=a", "1=beside 2=a"),  # of another line than the base
        ("1=apart", "1=apart"),
    ],
)
async def test_what_is_left_to_join(folder: Path, made: dict[str, str], parts: str, groups: str):
    named = [entry.split("=") for entry in parts.split()]
    left, _ = await groups_of(
        Git(str(folder)),
        made["base"],
        [Part(step, made[commit.replace("_", " ")]) for step, commit in named],
    )
    name_of = {oid: name.replace(" ", "_") for name, oid in made.items()}
    assert " ".join(f"{'+'.join(group.steps)}={name_of[group.commit]}" for group in left) == groups


async def test_the_policies_of_the_last_step_with_a_commit_hold_also_when_it_has_none(
    folder: Path, made: dict[str, str]
):
    parts = [Part("1", made["a"], {"*": "ours"}), Part("2", made["a"]), Part("3", made["b"], {"*": "union"})]
    left, _ = await groups_of(Git(str(folder)), made["base"], parts)
    assert left == [
        PartGroup(("1", "2"), made["a"], {}),
        PartGroup(("3",), made["b"], {"*": "union"}),
    ]


async def test_the_lineage_knows_what_the_base_has_not(folder: Path, made: dict[str, str]):
    _, lineage = await groups_of(Git(str(folder)), made["base"], [Part("1", made["all"])])
    assert [name for name, oid in made.items() if lineage.new(oid)] == ["a", "b", "c", "a and b", "all"]
    assert lineage.contains(made["all"], made["base"])
    assert not lineage.contains(made["a and b"], made["c"])


@pytest.mark.parametrize("commit", ["", "base"])
async def test_where_nothing_is_to_be_joined_no_repository_is_asked(made: dict[str, str], commit: str):
    left, lineage = await groups_of(Git("/nowhere"), "base", [Part("1", commit)])
    assert left == []
    assert lineage.ancestors("base") == {"base"}


async def test_a_commit_that_is_not_there_is_named_with_its_step(folder: Path, made: dict[str, str]):
    missing = "5" * 40
    parts = [Part("first", made["a"]), Part("second", missing)]
    with pytest.raises(
        WorkspaceError, match=f"the commit {missing} of step second is not in this repository"
    ):
        await groups_of(Git(str(folder)), made["base"], parts)


async def test_a_base_that_is_not_there_is_no_fault_of_a_step(folder: Path, made: dict[str, str]):
    with pytest.raises(GitFailed, match="bad object"):
        await groups_of(Git(str(folder)), "5" * 40, [Part("first", made["a"])])
