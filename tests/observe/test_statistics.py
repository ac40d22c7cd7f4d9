"""Figures of how runs went: counted from records, unknown where nothing is known."""

from ropewalk.core import events as e
from ropewalk.core.work import Failure
from ropewalk.observe.statistics import count, run_statistics, workflow_statistics
from ropewalk.store.memory import MemoryStore
from ropewalk.testing.store_contract.given import append, begin, finish


async def eventful(store):
    """One run with a retry, a lost attempt, a pause and an answer."""
    await begin(store, "a", e.StepStarted(step="plan"), at=10.0)
    lost = e.AttemptFailed(step="plan", failure=Failure(kind="lost", message=""), retry_at=12.0)
    await append(store, "a", 3, lost, e.RunRecovered(), e.StepStarted(step="plan", attempt=2), at=12.0)
    await append(store, "a", 6, e.AskOpened(step="plan", ask="q"), e.RunPaused(reason="asked"), at=20.0)
    await append(store, "a", 8, e.AskAnswered(step="plan", ask="q"), e.RunResumed(), at=50.0)
    await finish(store, "a", at=60.0)


async def test_one_run_tells_its_times_waits_and_retries():
    store = MemoryStore()
    await eventful(store)
    found = await run_statistics(store, "a", now=100.0)
    assert (found.attempts, found.retries, found.lost, found.recoveries) == (2, 1, 1, 1)
    assert (found.duration_seconds, found.waited_seconds, found.people_seconds) == (50.0, 30.0, 30.0)
    assert (found.success_rate, found.recovery_rate) == (1.0, 1.0)


async def test_what_is_still_waiting_counts_up_to_now():
    store = MemoryStore()
    await begin(store, "a", e.AskOpened(step="plan", ask="q"), e.RunPaused(reason="asked"), at=10.0)
    found = await run_statistics(store, "a", now=25.0)
    assert (found.waited_seconds, found.people_seconds) == (15.0, 15.0)
    assert (found.success_rate, found.duration_seconds, found.recovery_rate) == (None, None, None)


async def test_workflows_are_told_apart_and_days_put_together(monkeypatch):
    monkeypatch.setattr("ropewalk.observe.statistics.PAGE", 2)
    store = MemoryStore()
    await eventful(store)
    for number in range(3):
        await begin(store, f"b{number}", workflow="other", at=10.0)
        await finish(store, f"b{number}", at=20.0, event=e.RunFailed(reason="no") if number else None)
    found = await workflow_statistics(store, 100.0)
    assert found.total.runs == 4
    assert found.workflows["other"].failed == 2
    assert abs((found.workflows["other"].success_rate or 0) - 1 / 3) < 1e-9
    assert [(day["runs"], day["completed"]) for day in found.days] == [(4, 2)]
    assert (await workflow_statistics(store, 100.0, workflow="other", most=1)).total.runs == 1


def test_nothing_is_counted_from_nothing():
    assert count([], 5.0).attempts == 0
