"""A trace per run and a span per attempt, the same ids after any restart, received by a real collector."""

import asyncio
import gzip
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SpanExportResult

from ropewalk.core import events as e
from ropewalk.core.work import Failure
from ropewalk.observe.telemetry import Telemetry
from ropewalk.observe.traces import Traces, endpoint, span_id, trace_id
from ropewalk.store.memory import MemoryStore
from ropewalk.testing.store_contract.given import append, begin, finish


class Kept:
    """An exporter that keeps what it gets."""

    def __init__(self):
        self.spans = []

    def export(self, spans):
        self.spans += spans
        return SpanExportResult.SUCCESS

    def shutdown(self):
        pass


async def tell(traces, store, after=0):
    page = await store.feed(after, 1_000)
    for record in page:
        await traces.observe(record)
    traces.flush()
    return page[-1].position


async def retried(store):
    """A run whose step fails once; gives what is said before and after."""
    await begin(store, "r", e.StepStarted(step="plan"), at=10.0)
    failed = e.AttemptFailed(step="plan", failure=Failure(kind="transient", message="busy"), retry_at=21.0)
    await append(store, "r", 3, failed, at=20.0)


async def test_a_retry_is_two_spans_of_one_trace_also_when_ropewalk_was_restarted_between_them():
    store, kept = MemoryStore(), Kept()
    await retried(store)
    first = Traces(store, kept)
    position = await tell(first, store)
    await append(store, "r", 4, e.StepStarted(step="plan", attempt=2), at=21.0)
    first.close()
    second = Traces(store, kept)
    await append(store, "r", 5, e.StepSucceeded(step="plan", attempt=2), at=25.0)
    await finish(store, "r", at=30.0)
    started = await store.feed(position, 1)
    await tell(second, store, started[-1].position)
    second.close()
    assert [span.name for span in kept.spans] == ["plan", "plan", "run build"]
    assert {span.context.trace_id for span in kept.spans} == {trace_id("r")}
    assert [span.context.span_id for span in kept.spans[:2]] == [
        span_id("r", "plan", 1, 1),
        span_id("r", "plan", 1, 2),
    ]
    assert {span.parent.span_id for span in kept.spans[:2]} == {span_id("r")}
    assert kept.spans[2].parent is None
    assert [(s.start_time, s.end_time) for s in kept.spans[1:]] == [
        (21 * 10**9, 25 * 10**9),
        (10 * 10**9, 30 * 10**9),
    ]
    assert [span.status.is_ok for span in kept.spans] == [False, True, True]


async def test_what_an_approval_follows_is_one_span_and_what_was_aborted_ends_too():
    store, kept = MemoryStore(), Kept()
    await begin(store, "r", e.StepStarted(step="plan"), e.StepStarted(step="code"))
    await append(store, "r", 4, e.StepProduced(step="plan", result=e.Outcome(agent="claude")), at=20.0)
    await append(
        store, "r", 5, e.StepSucceeded(step="plan"), e.StepAborted(step="code"), e.StepSkipped(step="check")
    )
    await finish(store, "r", event=e.RunAborted(reason="enough"))
    traces = Traces(store, kept)
    await tell(traces, store)
    traces.close()
    assert [span.name for span in kept.spans] == ["plan", "code", "run build"]
    assert kept.spans[0].attributes["ropewalk.agent"] == "claude"
    assert kept.spans[2].status.description == "enough"


async def test_a_reader_that_came_late_finds_the_start_and_what_was_sent_is_not_sent_again():
    store, kept = MemoryStore(), Kept()
    await begin(store, "r", e.StepStarted(step="plan"))
    await append(store, "r", 3, e.StepProduced(step="plan"), at=20.0)
    await append(store, "r", 4, e.StepSucceeded(step="plan"), at=30.0)
    late = Traces(store, kept)
    records = await store.feed(0, 100)
    await late.observe(records[-1])
    late.flush()
    assert kept.spans == []
    await late.observe(records[-2])
    late.flush()
    late.close()
    assert [span.start_time for span in kept.spans] == [10 * 10**9]


def test_ids_are_those_of_the_record_and_never_nothing():
    assert trace_id("r") == trace_id("r") != trace_id("s")
    assert span_id("r") != span_id("r", "a", 1, 1) != span_id("r", "a", 1, 2)
    assert 0 < trace_id("r") < 2**128
    assert 0 < span_id("r") < 2**64


def test_where_traces_go_is_what_the_environment_says(monkeypatch):
    assert endpoint() == ""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")
    assert endpoint() == "http://c:4318"
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    assert endpoint() == ""


@pytest.fixture
async def collector():
    """A collector of the OTLP protocol over HTTP, in this process."""
    spans: list[Any] = []
    more = asyncio.Event()

    async def handle(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        body = await reader.readexactly(length)
        if "content-encoding: gzip" in head:
            body = gzip.decompress(body)
        if "/v1/traces" in head:
            asked = ExportTraceServiceRequest.FromString(body)
            spans.extend(s for r in asked.resource_spans for scope in r.scope_spans for s in scope.spans)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        more.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", spans, more
    server.close()


async def test_a_collector_gets_what_happens_while_the_doors_are_open_and_once_after_a_restart(
    collector, monkeypatch
):
    url, spans, more = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{url}/v1/traces")
    store = MemoryStore()
    await begin(store, "old", e.StepStarted(step="plan"))

    async def working(count):
        telemetry = Telemetry(store)
        assert telemetry.traces is not None
        task = asyncio.create_task(telemetry.work())
        async with asyncio.timeout(30):
            while len(spans) < count:
                more.clear()
                await more.wait()
            for _ in range(100_000):
                if await store.recall("feed/traces") == await store.position():
                    break
                await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.to_thread(telemetry.close)

    await store.remember("feed/traces", 0)
    await retried(store)
    await working(1)
    await append(store, "r", 4, e.StepStarted(step="plan", attempt=2), at=21.0)
    await append(store, "r", 5, e.StepSucceeded(step="plan", attempt=2), at=25.0)
    await finish(store, "r", at=30.0)
    await working(3)
    assert [span.name for span in spans] == ["plan", "plan", "run build"]
    assert {span.trace_id for span in spans} == {trace_id("r").to_bytes(16, "big")}
    assert isinstance(OTLPSpanExporter(), OTLPSpanExporter)
