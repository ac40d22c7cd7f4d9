"""Telemetry follows the feed, survives a store that fails for a moment, and is left out where its parts are missing."""

import asyncio

import pytest

from ropewalk.errors import StoreError
from ropewalk.observe import telemetry, traces
from ropewalk.observe.metrics import Metrics
from ropewalk.observe.telemetry import Telemetry
from ropewalk.store.memory import MemoryStore
from ropewalk.testing.store_contract.given import begin


def test_without_the_extra_there_is_none(monkeypatch):
    def missing(store):
        raise ModuleNotFoundError("no", name="opentelemetry")

    monkeypatch.setattr(telemetry, "Metrics", missing)
    found = Telemetry(MemoryStore())
    assert (found.metrics, found.traces) == (None, None)
    found.close()


@pytest.mark.parametrize("what", ["metrics", "traces"])
async def test_a_store_that_fails_for_a_moment_is_read_again(what, monkeypatch):
    monkeypatch.setattr(telemetry, "AGAIN_SECONDS", 0.001)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:9/v1/traces")
    store = MemoryStore()
    found = Telemetry(store)
    seen: list[int] = []
    failed: list[int] = []

    async def observe(record):
        if not failed:
            failed.append(record.position)
            raise StoreError(store="it", reason="is busy")
        seen.append(record.position)

    one = found.metrics if what == "metrics" else found.traces
    monkeypatch.setattr(one, "observe", observe)
    work = found._metrics() if what == "metrics" else found._traces()
    working = asyncio.create_task(work)
    for _ in range(20):
        await asyncio.sleep(0)
    await begin(store, "r", at=1.0)
    async with asyncio.timeout(30):
        for _ in range(10**6):
            if seen:
                break
            await asyncio.sleep(0)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert failed == [1]
    assert seen


async def test_metrics_are_sent_where_the_environment_names_a_collector(monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://127.0.0.1:9/v1/metrics")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "1")
    from ropewalk.observe import metrics

    assert len(metrics._exporters()) == 1
    monkeypatch.setattr(metrics, "_exporters", list)
    made = Metrics(MemoryStore())
    made.close()
    assert traces.endpoint("METRICS")
