"""N4: from an event to a WebSocket client, 50 of them listening; next to a bare broadcast over the same library."""

from benchmarks.workload import Measurement, Target, Workload

WORKLOAD = Workload(
    name="feed",
    row="N4",
    says="from an event, its durable commit included, to each of 50 WebSocket clients",
    measurements=(Measurement("feed", "feed", 200, label="ropewalk"), Measurement("bare feed", "feed", 200)),
    shows=("p50_ms", "p99_ms"),
    targets=(
        Target("N4", "from an event to a client, p99, of 10 ms", "p99_ms", limit=10, at_most=1),
        Target("N4", "the same to a bare broadcast", "p99_ms", against=("bare feed",)),
    ),
)
