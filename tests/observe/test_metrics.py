"""Metrics as a real parser of Prometheus' format reads them."""

from prometheus_client.parser import text_string_to_metric_families

from ropewalk.core import events as e
from ropewalk.core.work import Failure, Usage, Verdict
from ropewalk.observe.metrics import Metrics
from ropewalk.store.memory import MemoryStore
from ropewalk.store.port import Record
from ropewalk.testing.store_contract.given import append, begin, finish


def samples(metrics):
    families = text_string_to_metric_families(metrics.text().decode())
    return {
        (s.name, tuple(sorted((k, v) for k, v in s.labels.items() if not k.startswith("otel_")))): s.value
        for family in families
        for s in family.samples
    }


def labelled(name, **labels):
    return (name, tuple(sorted(labels.items())))


async def test_what_happened_is_counted_by_workflow_and_never_by_run():
    store = MemoryStore()
    metrics = Metrics(store)
    await begin(
        store,
        "secret-run",
        e.StepStarted(step="plan"),
        e.AttemptFailed(
            step="plan",
            failure=Failure(kind="transient", message=""),
            retry_at=12.0,
            usage=Usage(tokens_in=10, tokens_out=4, cost_usd=0.5),
        ),
        e.StepStarted(step="plan", attempt=2),
        e.GateJudged(step="plan", verdict=Verdict(gate="g", verdict="PASS")),
        e.StepProduced(step="plan", attempt=2),
        e.AskOpened(step="plan", ask="a", about="approval"),
        e.AskAnswered(step="plan", ask="a"),
        e.StepSucceeded(step="plan", attempt=2),
        e.RoundOpened(step="code", to="plan", steps=("plan",), turn=1),
        e.RunRecovered(),
        e.ConflictFound(step="code"),
    )
    await finish(store, "secret-run", at=30.0)
    await begin(store, "open", e.AskOpened(step="plan", ask="b"))
    for record in await store.feed(0, 100):
        await metrics.observe(record)
    await metrics.look({"listeners": 3})
    found = samples(metrics)
    build = {"workflow": "build"}
    assert found[labelled("ropewalk_runs_started_total", **build)] == 2
    assert found[labelled("ropewalk_runs_ended_total", **build, status="completed")] == 1
    assert found[labelled("ropewalk_run_duration_seconds_sum", **build, status="completed")] == 20.0
    assert found[labelled("ropewalk_attempts_ended_total", **build, outcome="transient")] == 1
    assert found[labelled("ropewalk_attempts_ended_total", **build, outcome="succeeded")] == 1
    assert found[labelled("ropewalk_retries_total", **{**build, "class": "transient"})] == 1
    assert found[labelled("ropewalk_tokens_total", **build, direction="in")] == 10
    assert found[labelled("ropewalk_cost_usd_total", **build)] == 0.5
    assert found[labelled("ropewalk_gates_judged_total", **build, verdict="PASS")] == 1
    assert found[labelled("ropewalk_asks_opened_total", **build, about="approval")] == 1
    assert found[labelled("ropewalk_runs_open", status="running")] == 1
    assert found[labelled("ropewalk_asks_open")] == 1
    assert found[labelled("ropewalk_doors", what="listeners")] == 3
    assert b"secret-run" not in metrics.text()
    metrics.close()


async def test_a_run_that_is_deleted_is_counted_without_its_name():
    metrics = Metrics(MemoryStore())
    await metrics.observe(Record(1, "gone", 2, 1.0, "run.recovered", "", "", b'{"kind":"run.recovered"}', ""))
    assert samples(metrics)[labelled("ropewalk_recoveries_total", workflow="")] == 1
    metrics.close()


async def test_many_runs_are_not_remembered_for_ever(monkeypatch):
    monkeypatch.setattr("ropewalk.observe.metrics.REMEMBERED", 2)
    store = MemoryStore()
    metrics = Metrics(store)
    for number in range(4):
        await begin(store, f"r{number}", e.StepStarted(step="plan"))
    for record in await store.feed(0, 100):
        await metrics.observe(record)
    assert samples(metrics)[labelled("ropewalk_runs_started_total", workflow="build")] == 4
    await append(store, "r0", 3, e.StepSucceeded(step="plan"))
    metrics.close()
