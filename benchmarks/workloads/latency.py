"""N4: from submit to the first attempt, and from the end of a step's last need to its own attempt.

The peers' figures are from submit to the first line of the first step's function, for comparison.
"""

from benchmarks.workload import EVERY_PEER, Measurement, Target, Workload

WORKLOAD = Workload(
    name="latency",
    row="N4",
    says="from submit to the first attempt, one run after another",
    measurements=tuple(Measurement(program, "latency", 300) for program in ("ropewalk", *EVERY_PEER)),
    shows=("p50_ms", "p99_ms", "successor_p99_ms"),
    targets=(
        Target(
            "N4",
            "a successor starts after its last need ended, p99, of 10 ms",
            "successor_p99_ms",
            limit=10,
            at_most=1,
        ),
        Target("N4", "from submit to the first attempt, p50, of 2 ms", "p50_ms", limit=2, at_most=1),
        Target("N4", "from submit to the first attempt, p99, of 10 ms", "p99_ms", limit=10, at_most=1),
    ),
)
