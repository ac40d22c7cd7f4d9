"""N1: a chain of 1,000 no-op steps, each durable before its successor starts."""

from benchmarks.workload import EVERY_PEER, Measurement, Target, Workload

WORKLOAD = Workload(
    name="chain",
    row="N1",
    says="a chain of 1,000 no-op steps",
    measurements=tuple(
        Measurement(program, "chain", 1000) for program in ("ropewalk", "raw commit", *EVERY_PEER)
    ),
    shows=("us_per_step", "peak_mib"),
    targets=(
        Target(
            "N1",
            "a step of a chain, against one raw durable commit of the same bytes",
            "us_per_step",
            against=("raw commit",),
            at_most=2,
        ),
        Target(
            "N1",
            "a step of a chain, against the best peer",
            "us_per_step",
            against=EVERY_PEER,
            at_most=1 / 3,
        ),
    ),
)
