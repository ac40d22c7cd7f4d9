"""What a judge is shown of the work, as the gates of real runs get it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from ropewalk.agents.port import Desk
from ropewalk.app.open import open_ropewalk
from ropewalk.core.work import Artifact, Brief, Changes, Outcome, Verdict
from ropewalk.definition.workflow import BackTo, Gate, Step, Workflow
from ropewalk.runtime.changes import LONGEST_PATCH, PATCHES, changes_between
from ropewalk.steps.port import Tools
from ropewalk.workspace.port import Workspace
from tests.workspace.repositories import git, repository

pytestmark = pytest.mark.needs("git")
SHOWN = Gate("shown")


class Shown:
    """A gate that keeps what it was shown; red as often as it is told to be."""

    name = "shown"
    schema: Mapping[str, Any] = {}

    def __init__(self, red: int = 0) -> None:
        self.seen: list[Changes | None] = []
        self.red = red

    async def judge(
        self, args: Mapping[str, Any], brief: Brief, outcome: Outcome, desk: Desk, tools: Tools
    ) -> Verdict:
        self.seen.append(await tools.changed() if tools.changed is not None else None)
        return Verdict("shown", "FAIL" if len(self.seen) <= self.red else "PASS")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "p", {"a.txt": "1\n", "old.txt": "1\n"})


async def shown(
    root: Path, monkeypatch: pytest.MonkeyPatch, *steps: Step, red: int = 0, **how: Any
) -> list[Any]:
    gate = Shown(red)
    ropewalk = open_ropewalk(root, **how)
    monkeypatch.setattr(ropewalk.gates, "gate", lambda name: gate)
    state = await ropewalk.drive(await ropewalk.start(Workflow(name="flow", steps=steps)))
    await ropewalk.close()
    assert state.status == "completed", state.reason
    return gate.seen


def script(name: str, text: str, *needs: str, **how: Any) -> Step:
    return Step(id=name, kind="run", args={"script": text}, needs=needs, **how)


async def test_a_step_is_judged_by_what_it_changed_itself(root, monkeypatch):
    first = script("first", "echo 2 > a.txt")
    work = script("work", "echo 3 > b.txt; rm old.txt", "first", gates=(SHOWN,))
    (changes,) = await shown(root, monkeypatch, first, work)
    assert [(file.path, file.change) for file in changes.files] == [
        ("b.txt", "created"),
        ("old.txt", "deleted"),
    ]
    assert list(changes.patches) == ["b.txt"]
    assert "+3" in changes.patches["b.txt"]
    assert not changes.of_run
    assert git(root, "show", f"{changes.base}:a.txt") == "2"


async def test_a_step_that_only_judges_is_shown_what_the_run_has_changed(root, monkeypatch):
    start = git(root, "rev-parse", "HEAD")
    work = (script("one", "echo 2 > a.txt"), script("two", "echo 3 > b.txt"))
    (changes,) = await shown(
        root, monkeypatch, *work, Step("review", "noop", needs=("one", "two"), gates=(SHOWN,))
    )
    assert (changes.base, changes.of_run, list(changes.patches)) == (start, True, ["a.txt", "b.txt"])


async def test_work_that_came_back_is_shown_whole(root, monkeypatch):
    work = script(
        "work", 'echo "$ROPEWALK_ROUND" > "r$ROPEWALK_ROUND.txt"', gates=(SHOWN,), back_to=BackTo("work")
    )
    first, second = await shown(root, monkeypatch, work, red=1)
    assert list(first.patches) == ["r1.txt"]
    assert list(second.patches) == ["r1.txt", "r2.txt"]


async def test_what_is_large_or_no_text_is_named_and_not_shown(root, monkeypatch):
    first, lines = 100_000_000, LONGEST_PATCH // 10
    text = (
        f"seq {first} {first + 2 * lines} > big.txt; printf 'a\\000b' > bin.dat; "
        f"for n in 1 2 3 4 5 6; do seq {first} {first + lines - 300} > f$n.txt; done"
    )
    (changes,) = await shown(root, monkeypatch, script("work", text, gates=(SHOWN,)))
    assert len(changes.files) == 8
    assert 3 <= len(changes.patches) < 6
    assert not {"big.txt", "bin.dat"} & changes.patches.keys()
    assert sum(map(len, changes.patches.values())) <= PATCHES


async def test_where_nothing_is_versioned_nothing_is_compared(tmp_path, monkeypatch):
    work = script("work", "echo 1 > a.txt", gates=(SHOWN,))
    assert await shown(tmp_path, monkeypatch, work, workspace="folder") == [None]


async def test_steps_and_gates_are_told_the_commit_that_the_run_began_with(root):
    look = 'echo 2 > a.txt; git diff --name-only "$ROPEWALK_BASE"'
    gate = Gate("command", {"script": 'test "$(git diff --name-only "$ROPEWALK_BASE")" = a.txt'})
    start = git(root, "rev-parse", "HEAD")
    ropewalk = open_ropewalk(root)
    steps = (script("work", look), script("told", 'echo "$ROPEWALK_BASE"', "work", gates=(gate,)))
    state = await ropewalk.drive(await ropewalk.start(Workflow(name="flow", steps=steps, gates=(gate,))))
    await ropewalk.close()
    assert state.status == "completed", state.reason
    assert state.outputs["work"]["stdout"] == "a.txt"
    assert state.outputs["told"]["stdout"] == start


async def test_of_very_many_files_only_the_first_are_looked_at():
    class Counting:
        looked = 0

        async def made(self, before: str, commit: str) -> tuple[Artifact, ...]:
            return tuple(Artifact(path=f"{n}.txt", digest="", size=1, commit=commit) for n in range(5_000))

        async def diff(self, before: str, commit: str, path: str) -> bytes:
            self.looked += 1
            return b"x" * (LONGEST_PATCH + 1)

    workspace = Counting()
    changes = await changes_between(cast("Workspace", workspace), "a", "a", "b")
    assert (len(changes.files), changes.patches, workspace.looked) == (5_000, {}, 100)
