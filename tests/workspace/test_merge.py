"""Parts are joined in written order, the same every time; what disagrees is reported, and nobody wins in silence."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from ropewalk.errors import GitFailed, WorkspaceError
from ropewalk.testing.workspace_contract import placed, spot, worked
from ropewalk.workspace.commits import write_commit
from ropewalk.workspace.git import Git
from ropewalk.workspace.port import Base, Merged, Part
from ropewalk.workspace.worktree import GitWorkspace
from tests.soak import first_seed, trials
from tests.workspace.repositories import LINES, changed, commits, git, parts

pytestmark = pytest.mark.needs("git")


@pytest.fixture
async def base(space: GitWorkspace, project: Path) -> Base:
    return await space.prepare("run-1", project, at=1_700_000_100.0)


async def test_different_files_and_different_hunks_both_survive(
    space: GitWorkspace, project: Path, base: Base
):
    made = commits(
        project,
        {
            "a": {"new/a.txt": "a", "code.txt": changed(3, "from a")},
            "b": {"new/b.txt": "b", "code.txt": changed(30, "from b")},
        },
    )
    merged = await space.merge("run-1", base, parts(made), {})
    assert merged.conflicts == ()
    assert await space.read(merged.commit, "new/a.txt") == b"a"
    assert await space.read(merged.commit, "new/b.txt") == b"b"
    code = (await space.read(merged.commit, "code.txt") or b"").decode()
    assert code == changed(3, "from a").replace("line 30\n", "from b\n")


async def test_the_same_hunk_is_a_report_with_both_sides_and_no_winner(
    space: GitWorkspace, project: Path, base: Base
):
    made = commits(
        project, {"a": {"code.txt": changed(3, "from a")}, "b": {"code.txt": changed(3, "from b")}}
    )
    merged = await space.merge("run-1", base, parts(made), {})
    assert (merged.commit, merged.tree) == ("", "")
    [conflict] = merged.conflicts
    assert (conflict["kind"], conflict["path"], conflict["steps"]) == ("content", "code.txt", ["a", "b"])
    [hunk] = conflict["hunks"]
    assert (hunk["base"], hunk["ours"], hunk["theirs"]) == ("line 3", "from a", "from b")
    assert hunk["where"] == "line 3"
    assert conflict["ours"]["commit"] == made["a"]
    assert conflict["theirs"]["commit"] == made["b"]
    assert conflict["settle"]
    place = await space.open(spot("c"), base, parts(made), "own")
    assert isinstance(place, Merged)
    assert place.conflicts == merged.conflicts


@pytest.mark.soak
async def test_eight_parts_give_one_tree_and_one_commit_however_they_finished(
    space: GitWorkspace, project: Path, base: Base
):
    steps = [f"s{number}" for number in range(8)]
    made = commits(
        project,
        {
            step: {
                f"{step}.txt": step,
                "code.txt": changed(5 * number + 1, step),
                "settings.json": f'{{\n  "name": "project",\n  "deps": {{"a": "1"}},\n  "{step}": 1\n}}\n',
            }
            for number, step in enumerate(steps)
        },
    )
    trees = {step: git(project, "rev-parse", f"{made[step]}^{{tree}}") for step in steps}
    plain = Git(str(project / ".git"))
    first = first_seed(0)
    results = set()
    for number in range(first, first + trials(10, 200)):
        order = random.Random(number).sample(steps, len(steps))
        finished = {}
        for step in order:
            finished[step] = await write_commit(
                plain, trees[step], [base.commit], base.at, step, {"Ropewalk-Step": step}
            )
        results.add(await space.merge("run-1", base, [Part(step, finished[step]) for step in steps], {}))
    [merged] = results
    assert merged.conflicts == ()
    assert (await space.read(merged.commit, "settings.json") or b"").count(b'": 1') == 8


async def test_attempts_that_end_in_any_order_leave_the_same_commits(
    space: GitWorkspace, project: Path, base: Base
):
    async def once(order: list[int]) -> Merged:
        places = {}
        for number in range(8):
            place = await placed(space, base, spot(f"s{number}"))
            (Path(place.path) / f"{number}.txt").write_text(str(number))
            places[number] = place
        kept = {}
        for number in order:
            at = spot(f"s{number}")
            kept[number] = await space.keep(at, places[number], succeeded=True)
            await space.close(at, places[number])
        return await space.merge(
            "run-1", base, [Part(f"s{number}", kept[number].commit) for number in range(8)], {}
        )

    assert await once(list(range(8))) == await once([5, 2, 7, 0, 3, 1, 6, 4])


async def test_written_order_and_nothing_else_decides_the_commit(
    space: GitWorkspace, project: Path, base: Base
):
    made = commits(project, {"a": {"a": "a"}, "b": {"b": "b"}})
    one = await space.merge("run-1", base, parts(made, "a", "b"), {})
    two = await space.merge("run-1", base, parts(made, "b", "a"), {})
    assert one.tree == two.tree
    assert one.commit != two.commit
    assert one == await space.merge("run-1", base, parts(made, "a", "b"), {})


async def test_a_part_that_another_contains_is_not_joined_again(
    space: GitWorkspace, project: Path, base: Base
):
    first = await worked(space, base, spot("a"), {"a.txt": "a"})
    second = await worked(space, base, spot("b"), {"b.txt": "b"}, Part("a", first.commit))
    for order in ((first, second), (second, first)):
        merged = await space.merge("run-1", base, [Part("x", kept.commit) for kept in order], {})
        assert merged.commit == second.commit
    assert (await space.merge("run-1", base, [], {})).commit == base.commit
    assert (await space.merge("run-1", base, [Part("a", base.commit)], {})).commit == base.commit


async def test_a_fan_in_is_shared_history_for_the_final_merge(space: GitWorkspace, project: Path, base: Base):
    a = await worked(space, base, spot("a"), {"code.txt": changed(3, "a")})
    b = await worked(space, base, spot("b"), {"code.txt": changed(20, "b")})
    both = [Part("a", a.commit), Part("b", b.commit)]
    c = await worked(space, base, spot("c"), {"c.txt": "c"}, *both)
    d = await worked(space, base, spot("d"), {"code.txt": changed(3, "d").replace("line 20\n", "b\n")}, *both)
    merged = await space.merge("run-1", base, [*both, Part("c", c.commit), Part("d", d.commit)], {})
    assert merged.conflicts == ()
    assert (await space.read(merged.commit, "code.txt") or b"").startswith(b"line 1\nline 2\nd\n")
    refs = git(project, "for-each-ref", "--format=%(refname)", "refs/ropewalk/run-1/@merged")
    assert len(refs.splitlines()) == 2


async def test_attributes_of_the_base_hold_and_those_of_a_step_do_not(space: GitWorkspace, project: Path):
    (project / "log").mkdir()
    (project / "log/.gitattributes").write_text("*.log merge=union\n")
    (project / "log/a.log").write_text("0\n")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "log")
    base = await space.prepare("run-1", project)
    made = commits(
        project,
        {
            "a": {"log/a.log": "0\na\n", "new.txt": "a\n", ".gitattributes": "* merge=union\n"},
            "b": {"log/a.log": "0\nb\n", "new.txt": "b\n"},
        },
    )
    merged = await space.merge("run-1", base, parts(made), {"new.txt": "ours"})
    assert await space.read(merged.commit, "log/a.log") == b"0\na\nb\n"
    assert merged.applied == ("new.txt: ours (b)",)


async def test_commits_that_are_none_are_one_clear_error(space: GitWorkspace, project: Path, base: Base):
    blob = git(project, "rev-parse", "HEAD:code.txt")
    [made] = commits(project, {"a": {"a": "a"}}).values()
    with pytest.raises(GitFailed, match="not a tree object"):
        await space.merge("run-1", Base(root=str(project), commit="1" * 40), [Part("a", made)], {})
    with pytest.raises(WorkspaceError, match="there is no commit to start from"):
        await space.amend(spot(), "", "a.txt", b"x", by="ann")
    with pytest.raises(WorkspaceError, match="is not in this repository"):
        await space.amend(spot(), blob, "a.txt", b"x", by="ann")
    tree = git(project, "mktree", "--missing", stdin=f"100644 blob {'1' * 40}\tlost.txt")
    lost = git(project, "commit-tree", tree, "-p", base.commit, "-m", "a")
    tree = git(project, "mktree", "--missing", stdin=f"100644 blob {'2' * 40}\tlost.txt")
    rival = git(project, "commit-tree", tree, "-p", base.commit, "-m", "c")
    with pytest.raises(GitFailed, match="git merge-tree failed"):
        await space.merge("run-1", base, [Part("a", lost), Part("c", rival)], {})


async def test_a_commit_or_a_policy_that_is_not_there_is_one_clear_error(
    space: GitWorkspace, project: Path, base: Base
):
    with pytest.raises(WorkspaceError, match="of step a is not in this repository"):
        await space.merge("run-1", base, [Part("a", "1" * 40)], {})
    with pytest.raises(WorkspaceError, match="no merge policy jsn; known are text"):
        await space.merge("run-1", base, [], {"*.json": "jsn"})


async def test_histories_without_a_common_commit_still_merge(space: GitWorkspace, project: Path, base: Base):
    tree = git(project, "mktree", stdin=f"100644 blob {git(project, 'hash-object', '-w', 'code.txt')}\tother")
    alone = git(project, "commit-tree", tree, "-m", "alone")
    merged = await space.merge("run-1", base, [Part("a", alone)], {})
    assert await space.read(merged.commit, "other") == LINES.encode()


async def test_merges_at_once_do_not_disturb_each_other(space: GitWorkspace, project: Path, base: Base):
    made = commits(project, {name: {"x.json": f'{{"{name}": 1}}'} for name in "abcd"})
    results = await asyncio.gather(*(space.merge("run-1", base, parts(made), {}) for _ in range(6)))
    assert len({merged.commit for merged in results}) == 1
    assert results[0].conflicts == ()
