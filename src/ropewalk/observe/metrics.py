"""Metrics of what runs do, read off the feed from now on, as OpenTelemetry instruments and as Prometheus text.

No metric has a run's id in it. Names and units stand in docs/reference/telemetry.md.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

from ropewalk.core import events as e
from ropewalk.errors import NoSuchRun
from ropewalk.store.port import Record, Store

REMEMBERED: Final = 10_000
SECONDS: Final = (0.005, 0.02, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400)


class Metrics:
    """The instruments; `text` is what `/metrics` says. Raises ImportError where the extra `telemetry` is missing."""

    def __init__(self, store: Store) -> None:
        from opentelemetry.exporter.prometheus import PrometheusMetricReader
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.view import ExplicitBucketHistogramAggregation, View
        from opentelemetry.sdk.resources import Resource
        from prometheus_client import CollectorRegistry

        self._store = store
        self._registry = CollectorRegistry()
        reader = PrometheusMetricReader(registry=self._registry)
        buckets = View(instrument_name="*.duration", aggregation=ExplicitBucketHistogramAggregation(SECONDS))
        self.provider = MeterProvider(
            metric_readers=[reader, *_exporters()],
            resource=Resource.create({"service.name": "ropewalk"}),
            views=[buckets],
        )
        self._instruments = _Instruments(self.provider.get_meter("ropewalk"))
        self._workflows: OrderedDict[str, str] = OrderedDict()
        self._began: OrderedDict[tuple[str, str], float] = OrderedDict()

    async def observe(self, record: Record) -> None:
        """Count one record."""
        workflow = await self._workflow(record)
        _take(self._instruments, self._began, record, workflow)
        while len(self._began) > REMEMBERED:
            self._began.popitem(last=False)

    async def _workflow(self, record: Record) -> str:
        workflow = self._workflows.get(record.run)
        if workflow is None:
            try:
                workflow = (await self._store.row(record.run)).workflow
            except NoSuchRun:
                workflow = ""
            self._workflows[record.run] = workflow
            if len(self._workflows) > REMEMBERED:
                self._workflows.popitem(last=False)
        return workflow

    async def look(self, gauges: dict[str, int]) -> None:
        """Set the gauges: runs by status, open asks, and those of the caller (name to number)."""
        counts: dict[str, int] = {"pending": 0, "running": 0, "paused": 0}
        for run in await self._store.unfinished():
            row = await self._store.row(run)
            counts[row.status] = counts.get(row.status, 0) + 1
        for status, count in counts.items():
            self._instruments.runs.set(count, {"status": status})
        asks = await self._store.asks()
        self._instruments.asks.set(len(asks))
        self._instruments.position.set(await self._store.position())
        for name, value in gauges.items():
            self._instruments.doors.set(value, {"what": name})

    def text(self) -> bytes:
        """In Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self._registry)

    def close(self) -> None:
        self.provider.shutdown()


def _exporters() -> list[Any]:
    """One to a collector, where the usual environment variables name one."""
    from ropewalk.observe.traces import endpoint

    if not endpoint("METRICS"):
        return []
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    return [PeriodicExportingMetricReader(OTLPMetricExporter())]


class _Instruments:
    """Each with its unit; the Prometheus names have the unit at the end."""

    def __init__(self, meter: Any) -> None:
        self.started = meter.create_counter("ropewalk.runs.started", description="Runs that were created")
        self.ended = meter.create_counter("ropewalk.runs.ended", description="Runs that ended, by status")
        self.run_seconds = meter.create_histogram(
            "ropewalk.run.duration", unit="s", description="From the creation of a run to its end"
        )
        self.attempts = meter.create_counter(
            "ropewalk.attempts.ended", description="Attempts, by how they ended"
        )
        self.attempt_seconds = meter.create_histogram(
            "ropewalk.attempt.duration", unit="s", description="From an attempt's start to its end"
        )
        self.retries = meter.create_counter(
            "ropewalk.retries", description="Attempts that come back, by class"
        )
        self.recoveries = meter.create_counter(
            "ropewalk.recoveries", description="Runs taken over from a lost driver"
        )
        self.rounds = meter.create_counter(
            "ropewalk.rounds.opened", description="Rounds of work that was sent back"
        )
        self.gates = meter.create_counter("ropewalk.gates.judged", description="Verdicts of gates")
        self.asked = meter.create_counter("ropewalk.asks.opened", description="Asks, by what about")
        self.ask_seconds = meter.create_histogram(
            "ropewalk.ask.duration", unit="s", description="From an ask to its answer"
        )
        self.tokens = meter.create_counter("ropewalk.tokens", description="Tokens of models, in and out")
        self.cost = meter.create_counter("ropewalk.cost", unit="usd", description="What is known to be spent")
        self.conflicts = meter.create_counter("ropewalk.conflicts", description="Merges that disagreed")
        self.runs = meter.create_gauge(
            "ropewalk.runs.open", description="Runs that have not ended, by status"
        )
        self.asks = meter.create_gauge("ropewalk.asks.open", description="Asks that nobody has answered")
        self.position = meter.create_gauge("ropewalk.feed.position", description="Of the newest record")
        self.doors = meter.create_gauge("ropewalk.doors", description="What the doors are busy with")


def _take(
    to: _Instruments, began: OrderedDict[tuple[str, str], float], record: Record, workflow: str
) -> None:
    labels = {"workflow": workflow}
    match record.event:
        case e.RunCreated():
            to.started.add(1, labels)
            began[record.run, ""] = record.at
        case e.RunCompleted() | e.RunFailed() | e.RunAborted():
            status = record.kind.partition(".")[2]
            to.ended.add(1, {**labels, "status": status})
            _since(to.run_seconds, began, record, "", {**labels, "status": status})
        case e.StepStarted(step=step):
            began[record.run, step] = record.at
        case e.AttemptFailed(step=step, failure=failure, retry_at=retry_at, usage=usage):
            to.attempts.add(1, {**labels, "outcome": failure.kind})
            if retry_at is not None:
                to.retries.add(1, {**labels, "class": failure.kind})
            _since(to.attempt_seconds, began, record, step, labels)
            _spend(to, usage, labels)
        case e.StepProduced(step=step, result=result) | e.StepSucceeded(step=step, result=result):
            if (record.run, step) in began:
                to.attempts.add(1, {**labels, "outcome": "succeeded"})
                _since(to.attempt_seconds, began, record, step, labels)
                _spend(to, result.usage, labels)
        case e.AskOpened(ask=ask, about=about):
            to.asked.add(1, {**labels, "about": about})
            began[record.run, f"?{ask}"] = record.at
        case e.AskAnswered(ask=ask) | e.AskWithdrawn(ask=ask):
            _since(to.ask_seconds, began, record, f"?{ask}", labels)
        case e.GateJudged(verdict=verdict):
            to.gates.add(1, {**labels, "verdict": verdict.verdict})
        case e.RoundOpened():
            to.rounds.add(1, labels)
        case e.RunRecovered():
            to.recoveries.add(1, labels)
        case e.ConflictFound():
            to.conflicts.add(1, labels)
        case _:
            return


def _since(
    histogram: Any,
    began: OrderedDict[tuple[str, str], float],
    record: Record,
    key: str,
    labels: dict[str, str],
) -> None:
    at = began.pop((record.run, key), None)
    if at is not None:
        histogram.record(max(record.at - at, 0.0), labels)


def _spend(to: _Instruments, usage: Any, labels: dict[str, str]) -> None:
    if usage.tokens_in:
        to.tokens.add(usage.tokens_in, {**labels, "direction": "in"})
    if usage.tokens_out:
        to.tokens.add(usage.tokens_out, {**labels, "direction": "out"})
    if usage.cost_usd:
        to.cost.add(usage.cost_usd, labels)
