"""A step that asked for it takes an earlier result when its brief is the same, marked as such, and costs nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ropewalk.app.open import open_ropewalk
from ropewalk.core.work import Artifact, Outcome, Usage, Verdict
from ropewalk.definition.workflow import Step, Workflow
from ropewalk.runtime.cache import CachedDispatch
from tests.runtime.conftest import Bench, failed, noop


async def _twice(outcome: Outcome, **how: object) -> tuple[Bench, list[Outcome]]:
    bench = Bench()
    bench.engine.dispatch = CachedDispatch(bench.work, bench.store)
    bench.work.does["a"] = outcome
    seen = []
    for _ in range(2):
        run = await bench.begin(noop("a", cache=True, **how))
        state = await bench.engine.drive(run)
        result = state.steps["a"].result
        seen.append(
            Outcome(cached_from=result.cached_from, usage=result.usage, outputs=result.outputs)
            if result
            else outcome
        )
    return bench, seen


async def test_the_second_time_nothing_is_done_and_the_record_says_where_the_result_is_from() -> None:
    bench, (first, second) = await _twice(Outcome(outputs={"n": 1}, usage=Usage(tokens_in=5, cost_usd=0.1)))
    assert bench.work.done == ["a"]
    assert (first.cached_from, second.outputs) == ("", {"n": 1})
    assert second.cached_from.endswith("/a/1")
    assert second.usage == Usage()


async def test_a_failure_is_not_remembered() -> None:
    bench, _ = await _twice(failed())
    assert bench.work.done == ["a", "a"]


async def test_a_work_that_a_gate_refused_is_not_remembered() -> None:
    verdicts = (Verdict(gate="review", verdict="FAIL", findings=("no",)),)
    bench, _ = await _twice(Outcome(verdicts=verdicts))
    assert bench.work.done == ["a", "a"]


async def test_files_that_no_commit_keeps_are_not_given_back() -> None:
    bench, _ = await _twice(Outcome(artifacts=(Artifact(path="x", digest="0"),)))
    assert bench.work.done == ["a", "a"]


async def test_another_brief_is_another_result() -> None:
    bench = Bench()
    bench.engine.dispatch = CachedDispatch(bench.work, bench.store)
    for prompt in ("one", "two"):
        await bench.engine.drive(await bench.begin(Step(id="a", kind="run", cache=True, prompt=prompt)))
    assert bench.work.done == ["a", "a"]


async def test_another_tree_to_start_from_is_another_result() -> None:
    bench = Bench()
    bench.engine.dispatch = CachedDispatch(bench.work, bench.store)
    for tree in ("one", "two", "one"):
        bench.work.tree = tree
        await bench.engine.drive(await bench.begin(noop("a", cache=True)))
    assert bench.work.done == ["a", "a"]


async def test_where_the_start_cannot_be_told_nothing_is_taken() -> None:
    bench = Bench()
    bench.engine.dispatch = CachedDispatch(bench.work, bench.store)
    bench.work.tree = None
    for _ in range(2):
        await bench.engine.drive(await bench.begin(noop("a", cache=True)))
    assert bench.work.done == ["a", "a"]


@pytest.mark.parametrize(
    ("prompt", "done"),
    [
        ("no name", ["a"]),
        ("{{ outputs.other }}", ["a"]),
        ("{{ outputs.before.n }}", ["a", "a"]),
        ("{{ outputs['before'].n }}", ["a", "a"]),
        ("{{ outputs | length }}", ["a", "a"]),
    ],
)
async def test_an_output_counts_where_the_step_reads_it(prompt: str, done: list[str]) -> None:
    bench = Bench()
    bench.engine.dispatch = CachedDispatch(bench.work, bench.store)
    for number in (1, 2):
        bench.work.does["before"] = Outcome(outputs={"n": number})
        step = Step(id="a", kind="run", needs=("before",), cache=True, prompt=prompt)
        await bench.engine.drive(await bench.begin(noop("before"), step))
    assert [name for name in bench.work.done if name == "a"] == done


async def test_how_the_run_is_going_counts_as_the_step_may_read_it() -> None:
    bench = Bench()
    bench.engine.dispatch = CachedDispatch(bench.work, bench.store)
    for outcome in (Outcome(), failed(), failed()):
        bench.work.does["before"] = outcome
        tell = noop("tell", cache=True, final=True)
        await bench.engine.drive(await bench.begin(noop("before"), tell))
    assert [name for name in bench.work.done if name == "tell"] == ["tell", "tell"]


def _git(folder: Path, *argv: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    return subprocess.check_output(["git", *identity, *argv], cwd=folder, text=True).strip()


@pytest.mark.needs("git")
async def test_a_file_that_came_from_further_back_counts(tmp_path: Path) -> None:
    _git(tmp_path, "init", "-q", "-b", "main")
    _git(tmp_path, "commit", "-q", "--allow-empty", "-m", "begin")
    ropewalk = open_ropewalk(tmp_path)
    read = []
    for word in ("one", "two", "one"):
        steps = (
            Step(id="first", kind="run", args={"script": f"echo {word} > x.txt"}),
            Step(id="between", kind="run", args={"script": "echo same > between.txt"}, needs=("first",)),
            Step(id="last", kind="run", args={"script": "cp x.txt y.txt"}, needs=("between",), cache=True),
        )
        state = await ropewalk.drive(await ropewalk.start(Workflow(name="flow", steps=steps)))
        result = state.steps["last"].result
        read.append((_git(tmp_path, "show", f"{state.commit}:y.txt"), bool(result and result.cached_from)))
    assert read == [("one", False), ("two", False), ("one", True)]
    await ropewalk.close()
