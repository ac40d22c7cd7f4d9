"""N3: 200 runs of 10 no-op steps, all at once."""

from benchmarks.workload import EVERY_PEER, Measurement, Target, Workload

WORKLOAD = Workload(
    name="runs",
    row="N3",
    says="200 runs of 10 no-op steps at once",
    measurements=tuple(Measurement(program, "runs", 200) for program in ("ropewalk", *EVERY_PEER)),
    shows=("us_per_step", "peak_mib"),
    targets=(
        Target(
            "N3",
            "steps per second, against the best peer of all",
            "us_per_step",
            against=EVERY_PEER,
            at_least=5,
        ),
    ),
)
