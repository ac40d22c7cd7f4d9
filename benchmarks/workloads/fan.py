"""N2: 1,000 independent no-op steps of one run, 8 at a time."""

from benchmarks.workload import EMBEDDED, EVERY_PEER, Measurement, Target, Workload

WORKLOAD = Workload(
    name="fan",
    row="N2",
    says="1,000 independent no-op steps, 8 at a time",
    measurements=tuple(Measurement(program, "fan", 1000) for program in ("ropewalk", *EVERY_PEER)),
    shows=("us_per_step", "peak_mib"),
    targets=(
        Target(
            "N2",
            "steps per second, against the best embedded peer",
            "us_per_step",
            against=EMBEDDED,
            at_least=5,
        ),
        Target(
            "N2",
            "steps per second, against Restate's server",
            "us_per_step",
            against=("restate",),
            at_least=2,
        ),
    ),
)
