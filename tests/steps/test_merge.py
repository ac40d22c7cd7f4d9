"""The last step merges in the given order, judges exactly that commit, and lands it only where the target still stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ropewalk.core.work import Outcome, Verdict
from ropewalk.errors import PluginError
from ropewalk.steps.merge import LAND_TRIES, Merge
from ropewalk.steps.port import Commits, Judge, Tools
from ropewalk.testing.briefs import brief
from ropewalk.testing.desk import ListeningDesk
from ropewalk.testing.workspace_contract import spot
from ropewalk.workspace.port import Base, Merged, Part
from ropewalk.workspace.worktree import GitWorkspace
from tests.workspace.repositories import commit, commits, git, repository

pytestmark = pytest.mark.needs("git")
RUN = "run-1"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The user is on `desk`; the run is to land on `main`."""
    project = repository(tmp_path / "project", {"code.txt": "one\n"})
    git(project, "checkout", "-q", "-b", "desk")
    return project


@pytest.fixture
async def joint(tmp_path: Path, project: Path) -> Commits:
    """Two steps that fit together."""
    space = GitWorkspace(tmp_path / "state", project)
    base = await space.prepare(RUN, project, target="main", at=1_700_000_100.0)
    left = commits(project, {"a": {"a.txt": "a\n"}, "b": {"b.txt": "b\n"}})
    parts = tuple(Part(name, left[name]) for name in ("a", "b"))
    return Commits(spot(step="last"), base, parts, {}, {}, space)


async def merged(joint: Commits, tmp_path: Path, **args: Any) -> Outcome:
    tools = Tools(agents={}, commits=joint)
    return await Merge().perform(brief("merge", args=args), ListeningDesk(tmp_path), tools)


def judge(*verdicts: str, meanwhile: Path | None = None, seen: list[Merged] | None = None) -> Judge:
    """Says these, one each time; before each of them somebody adds a commit to `main`."""
    left = list(verdicts)

    async def by(base: Base, candidate: Merged) -> Sequence[Verdict]:
        if seen is not None:
            seen.append(candidate)
        if meanwhile is not None:
            on_main(meanwhile, {f"theirs-{len(left)}.txt": "t\n"})
        return [Verdict("tests", left.pop(0))]  # type: ignore[arg-type]

    return by


def on_main(project: Path, files: dict[str, str]) -> str:
    git(project, "checkout", "-q", "main")
    made = commit(project, files)
    git(project, "checkout", "-q", "desk")
    return made


def conflict(project: Path, joint: Commits) -> Commits:
    left = commits(project, {"a": {"code.txt": "of a\n"}, "b": {"code.txt": "of b\n"}})
    return replace(joint, parts=(Part("a", left["a"]), Part("b", left["b"])))


async def test_a_run_that_made_nothing_leaves_no_branch(joint, project, tmp_path):
    outcome = await merged(replace(joint, parts=()), tmp_path)
    assert outcome.failure is None
    assert outcome.commit == joint.base.commit
    assert "branch" not in outcome.outputs
    assert git(project, "branch", "--list", "ropewalk/*") == ""


async def test_it_leaves_one_commit_of_all_under_the_runs_branch(joint, project, tmp_path):
    outcome = await merged(joint, tmp_path)
    assert outcome.failure is None
    assert git(project, "rev-parse", "ropewalk/run-1") == outcome.commit == outcome.outputs["commit"]
    assert sorted(artifact.path for artifact in outcome.artifacts) == ["a.txt", "b.txt"]
    assert git(project, "rev-parse", "main") == joint.base.commit, "nobody asked for it to land"


async def test_as_one_commit_it_lands_once_however_often_it_is_tried(joint, project, tmp_path):
    first = await merged(joint, tmp_path, land="main", squash="feat: both")
    assert (first.outputs["landed"], first.outputs["how"]) == ("main", "squash")
    assert git(project, "log", "--format=%s", "main").split("\n") == ["feat: both", "first"]
    assert git(project, "rev-parse", "main") == first.commit == git(project, "rev-parse", "ropewalk/run-1")
    assert sorted(artifact.path for artifact in first.artifacts) == ["a.txt", "b.txt"]
    cut_short = await merged(joint, tmp_path, land="main", squash="feat: both")
    later = await merged(joint, tmp_path, land="main", squash="feat: again", again=True)
    assert first.commit == cut_short.commit == later.commit == git(project, "rev-parse", "main")
    assert later.outputs == cut_short.outputs == first.outputs
    assert later.artifacts == first.artifacts


async def test_what_was_made_after_a_landing_as_one_commit_lands_too(joint, project, tmp_path):
    first = await merged(joint, tmp_path, land="main", squash="feat: both")
    later = replace(joint, parts=(*joint.parts, Part("c", commits(project, {"c": {"c.txt": "c\n"}})["c"])))
    second = await merged(later, tmp_path, land="main", squash="feat: more", again=True)
    assert second.outputs["landed"] == "main"
    assert git(project, "rev-parse", "main^") == first.commit
    assert git(project, "ls-tree", "--name-only", "main").split("\n") == [
        "a.txt",
        "b.txt",
        "c.txt",
        "code.txt",
    ]


async def test_landing_without_a_squash_what_landed_as_one_commit_lands_nothing_twice(
    joint, project, tmp_path
):
    first = await merged(joint, tmp_path, land="main", squash="feat: both")
    on_main(project, {"a.txt": "edited\n"})
    again = await merged(joint, tmp_path, land="main", again=True)
    assert (again.commit, again.outputs["how"]) == (first.commit, "squash")
    assert git(project, "show", "main:a.txt") == "edited"


async def test_what_was_settled_against_the_target_is_not_asked_again_once_it_has_landed_as_one_commit(
    joint, project, tmp_path
):
    theirs = on_main(project, {"a.txt": "other\n"})
    disputed = await merged(joint, tmp_path, land="main", squash="feat: both", again=True)
    assert disputed.failure is not None
    how = {"how": "resolved", "value": {"a.txt": "settled\n"}, "onto": theirs, "by": "ann"}
    answered = replace(joint, resolution=how)
    landed = await merged(answered, tmp_path, land="main", squash="feat: both", again=True)
    again = await merged(answered, tmp_path, land="main", squash="feat: both", again=True)
    assert landed.commit == again.commit == git(project, "rev-parse", "main")
    assert git(project, "show", "main:a.txt") == "settled"
    assert git(project, "rev-parse", "main^@") == theirs


async def test_where_the_target_moves_the_one_commit_is_made_anew_on_it(joint, project, tmp_path):
    theirs: list[str] = []

    async def once(base: Base, candidate: Merged) -> Sequence[Verdict]:
        theirs.extend([] if theirs else [on_main(project, {"theirs.txt": "t\n"})])
        return [Verdict("tests", "PASS")]

    outcome = await merged(replace(joint, judge=once), tmp_path, land="main", squash="feat: both")
    assert git(project, "rev-parse", "main") == outcome.commit
    assert git(project, "rev-parse", "main^@") == theirs[0]


async def test_what_is_only_left_on_its_branch_stays_as_the_steps_made_it(joint, project, tmp_path):
    plain = await merged(joint, tmp_path)
    assert (await merged(joint, tmp_path, squash="feat: both")).commit == plain.commit


async def test_what_a_called_run_makes_has_no_branch_of_its_own(joint, project, tmp_path):
    outcome = await merged(joint, tmp_path, called=True)
    assert outcome.commit
    assert "branch" not in outcome.outputs
    assert not git(project, "branch", "--list", "ropewalk/*")


async def test_a_verdict_of_failure_lands_nothing_and_says_so(joint, project, tmp_path):
    outcome = await merged(replace(joint, judge=judge("FAIL")), tmp_path, land="main")
    assert [verdict.verdict for verdict in outcome.verdicts] == ["FAIL"]
    assert "landed" not in outcome.outputs
    assert git(project, "rev-parse", "main") == joint.base.commit


async def test_where_the_target_moves_what_is_judged_and_lands_holds_both(joint, project, tmp_path):
    seen: list[Merged] = []
    moves = judge("PASS", meanwhile=project, seen=seen)

    async def once(base: Base, candidate: Merged) -> Sequence[Verdict]:
        if seen:
            seen.append(candidate)
            return [Verdict("tests", "PASS")]
        return await moves(base, candidate)

    outcome = await merged(replace(joint, judge=once), tmp_path, land="main")
    assert outcome.outputs["landed"] == "main"
    assert [candidate.commit for candidate in seen][-1] == outcome.commit != seen[0].commit
    assert git(project, "rev-parse", "main") == outcome.commit
    names = git(project, "ls-tree", "--name-only", "main").split()
    assert names == ["a.txt", "b.txt", "code.txt", "theirs-1.txt"]


async def test_a_target_that_never_stands_still_is_given_up_for_a_while(joint, project, tmp_path):
    seen: list[Merged] = []
    busy = judge(*["PASS"] * (LAND_TRIES + 1), meanwhile=project, seen=seen)
    outcome = await merged(replace(joint, judge=busy), tmp_path, land="main")
    assert outcome.failure is not None
    assert (outcome.failure.kind, len(seen)) == ("transient", LAND_TRIES)
    assert "moved 5 times" in outcome.failure.message


async def test_steps_that_disagree_are_named_with_the_file(joint, project, tmp_path):
    outcome = await merged(conflict(project, joint), tmp_path, land="main")
    assert outcome.failure is not None
    assert outcome.failure.message == "what a, b left does not fit together, in code.txt"
    assert outcome.failure.report["steps"] == ["a", "b"]
    assert "onto" not in outcome.failure.report
    assert not outcome.commit


@pytest.mark.parametrize(
    ("value", "text"),
    [({"code.txt": "of both\n"}, "of both"), ({"code.txt": None}, None)],
    ids=["a text", "deleted"],
)
async def test_what_a_person_settled_is_in_the_result(joint, project, tmp_path, value, text):
    settled = replace(conflict(project, joint), resolution={"value": value, "by": "ann"})
    outcome = await merged(settled, tmp_path)
    assert outcome.failure is None
    names = git(project, "ls-tree", "--name-only", outcome.commit).split()
    assert ("code.txt" in names) == (text is not None)
    if text is not None:
        assert git(project, "show", f"{outcome.commit}:code.txt") == text


@pytest.mark.parametrize("value", [None, {"code.txt": "smuggled"}, {"code.txt": None}, {}])
@pytest.mark.parametrize(("how", "text"), [("ours", "of a"), ("theirs", "of b")])
async def test_a_policy_settles_every_disputed_path(joint, project, tmp_path, how, text, value):
    """Also on a log of before, where a value could stand next to it."""
    settled = replace(conflict(project, joint), resolution={"how": how, "by": "ann", "value": value})
    outcome = await merged(settled, tmp_path)
    assert git(project, "show", f"{outcome.commit}:code.txt") == text


async def test_an_answer_does_not_settle_what_came_to_the_target_after_it(joint, project, tmp_path):
    """The person saw what the steps disagreed about, and nothing of the third text."""
    settled = replace(conflict(project, joint), resolution={"value": {"code.txt": "of both\n"}, "by": "ann"})
    theirs = on_main(project, {"code.txt": "theirs\n"})
    outcome = await merged(settled, tmp_path, land="main", again=True)
    assert outcome.failure is not None
    assert outcome.failure.message.endswith("does not fit what came to main meanwhile, in code.txt")
    assert outcome.failure.report["onto"] == theirs
    assert git(project, "rev-parse", "main") == theirs
    answered = replace(settled, resolution={**settled.resolution, "onto": theirs})
    outcome = await merged(answered, tmp_path, land="main", again=True)
    assert outcome.outputs["landed"] == "main"
    assert git(project, "show", "main:code.txt") == "of both"


async def test_without_commits_it_is_refused(tmp_path):
    with pytest.raises(PluginError, match="no commits"):
        await Merge().perform(brief("merge"), ListeningDesk(tmp_path), Tools(agents={}))
