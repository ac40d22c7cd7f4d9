"""A trace per run and a span per attempt, with ids derived from what is on record: the same after any restart.

A span is made when its end is read off the feed, and its start is read from the history; so nothing is lost when ropewalk
stops between the two, and a span that is sent twice is the same span.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from hashlib import sha256
from typing import Any, Final

from ropewalk.core import events as e
from ropewalk.store import read_feed
from ropewalk.store.port import Record, Store

READER: Final = "traces"
REMEMBERED: Final = 10_000
PATTERNS: Final = (
    "run.created", "run.completed", "run.failed", "run.aborted", "step.started", "attempt.failed", "step.produced",
    "step.succeeded", "step.aborted", "step.skipped",
)  # fmt: skip


def endpoint(signal: str = "TRACES") -> str:
    """Where the usual environment variables want it sent; "": nowhere."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return ""
    own = os.environ.get(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", "")
    return own or os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")


def trace_id(run: str) -> int:
    """128 bits, never 0."""
    return int.from_bytes(sha256(f"ropewalk/{run}".encode()).digest()[:16], "big") | 1


def span_id(run: str, *parts: object) -> int:
    """64 bits, never 0: of the run itself, or of step, round and attempt."""
    text = "/".join(["ropewalk", run, *map(str, parts)])
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big") | 1


class Traces:
    """Makes spans and hands them to an OpenTelemetry exporter. Raises ImportError where the extra `telemetry` is missing."""

    def __init__(self, store: Store, exporter: Any = None) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        if exporter is None:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            exporter = OTLPSpanExporter()
        self._store = store
        self._resource = Resource.create({"service.name": "ropewalk"})
        self._sending = BatchSpanProcessor(exporter)
        self._began: OrderedDict[tuple[str, str, int, int], float] = OrderedDict()
        self._latest: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()

    async def observe(self, record: Record) -> None:
        """Take one record of the feed; what ends with it is sent."""
        event = record.event
        match event:
            case e.StepStarted(step=step, round=round_, attempt=attempt):
                self._remember(record.run, step, round_, attempt, record.at)
            case e.AttemptFailed(step=step, round=round_, attempt=attempt, failure=failure):
                error = f"{failure.kind}: {failure.message}"
                await self._attempt(record, step, round_, attempt, error, event.agent)
            case e.StepProduced() | e.StepSucceeded():
                await self._attempt(record, event.step, event.round, event.attempt, "", event.result.agent)
            case e.StepAborted(step=step) | e.StepSkipped(step=step):
                latest = self._latest.get((record.run, step))
                if latest is not None:
                    await self._attempt(record, step, *latest, "aborted", "")
            case e.RunCompleted() | e.RunFailed() | e.RunAborted():
                await self._run(record, getattr(event, "reason", ""))
            case _:
                return

    def flush(self) -> None:
        """Send what is waiting."""
        self._sending.force_flush()

    def close(self) -> None:
        self._sending.shutdown()  # type: ignore[no-untyped-call]

    def _remember(self, run: str, step: str, round_: int, attempt: int, at: float) -> None:
        self._began[run, step, round_, attempt] = at
        self._latest[run, step] = (round_, attempt)
        for kept in (self._began, self._latest):
            while len(kept) > REMEMBERED:
                kept.popitem(last=False)

    async def _attempt(
        self, record: Record, step: str, round_: int, attempt: int, error: str, agent: str
    ) -> None:
        began = self._began.pop((record.run, step, round_, attempt), None)
        self._latest.pop((record.run, step), None)
        if began is None:
            began = await self._since(record, step, round_, attempt)
        if began is None:
            return  # it has been sent: what follows an approval ends no attempt
        attributes: dict[str, Any] = {
            "ropewalk.run": record.run,
            "ropewalk.step": step,
            "ropewalk.round": round_,
            "ropewalk.attempt": attempt,
        }
        if agent:
            attributes["ropewalk.agent"] = agent
        self._send(
            step,
            record.run,
            span_id(record.run, step, round_, attempt),
            began,
            record.at,
            attributes,
            error,
            True,
        )

    async def _since(self, record: Record, step: str, round_: int, attempt: int) -> float | None:
        """When an attempt began that was under way before we read along; None when it ended earlier already."""
        kinds = ("step.started", "step.produced", "attempt.failed")
        began: float | None = None
        async for earlier in read_feed(self._store, 0, kinds, record.run):
            event = earlier.event
            if earlier.version >= record.version or not isinstance(event, e.StepEvent) or event.step != step:
                continue
            if isinstance(event, e.StepStarted) and (event.round, event.attempt) == (round_, attempt):
                began = earlier.at
            elif (event.round, getattr(event, "attempt", 0)) == (round_, attempt):
                began = None
        return began

    async def _run(self, record: Record, reason: str) -> None:
        row = await self._store.row(record.run)
        status = record.kind.partition(".")[2]
        attributes = {
            "ropewalk.run": record.run,
            "ropewalk.workflow": row.workflow,
            "ropewalk.status": status,
            "ropewalk.steps": row.steps_total,
        }
        error = (reason or status) if status != "completed" else ""
        self._send(
            f"run {row.workflow}",
            record.run,
            span_id(record.run),
            row.created_at,
            record.at,
            attributes,
            error,
            False,
        )

    def _send(
        self,
        name: str,
        run: str,
        span: int,
        began: float,
        ended: float,
        attributes: dict[str, Any],
        error: str,
        inner: bool,
    ) -> None:
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

        def context(number: int) -> SpanContext:
            return SpanContext(
                trace_id(run), number, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED)
            )

        self._sending.on_end(
            ReadableSpan(
                name=name,
                context=context(span),
                parent=context(span_id(run)) if inner else None,
                resource=self._resource,
                attributes=attributes,
                kind=SpanKind.INTERNAL,
                status=Status(StatusCode.ERROR, error) if error else Status(StatusCode.OK),
                start_time=int(began * 1e9),
                end_time=int(max(ended, began) * 1e9),
            )
        )
