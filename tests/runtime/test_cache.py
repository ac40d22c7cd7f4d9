"""A step that asked for it takes an earlier result when its brief is the same, marked as such, and costs nothing."""

from __future__ import annotations

from tests.runtime.conftest import Bench, failed, noop
from weft.core.work import Artifact, Outcome, Usage
from weft.definition.workflow import Step
from weft.runtime.cache import Cached


async def _twice(outcome: Outcome, **how: object) -> tuple[Bench, list[Outcome]]:
    bench = Bench()
    bench.engine.dispatch = Cached(bench.work, bench.store)
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


async def test_files_that_no_commit_keeps_are_not_given_back() -> None:
    bench, _ = await _twice(Outcome(artifacts=(Artifact(path="x", digest="0"),)))
    assert bench.work.done == ["a", "a"]


async def test_another_brief_is_another_result() -> None:
    bench = Bench()
    bench.engine.dispatch = Cached(bench.work, bench.store)
    for prompt in ("one", "two"):
        await bench.engine.drive(await bench.begin(Step(id="a", kind="run", cache=True, prompt=prompt)))
    assert bench.work.done == ["a", "a"]
