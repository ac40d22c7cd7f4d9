"""N7: a store of 100,000 finished runs against one of 100, and a process that drove 4,000 runs against one of 100.

"Does not slow" is held as at most 1.2 times, which is what noise makes of equal figures here.
"""

from benchmarks.workload import Measurement, Target, Workload

_FEW, _MANY = "100 finished runs", "100,000 finished runs"


def _target(says: str, metric: str) -> Target:
    return Target(
        "N7", f"{says} with 100,000 finished runs, against 100", metric, _MANY, (_FEW,), at_most=1.2
    )


WORKLOAD = Workload(
    name="history",
    row="N7",
    says="what finished runs cost",
    measurements=(
        Measurement("ropewalk", "history", 100, _FEW, keep=True),
        Measurement("ropewalk", "history", 100_000, _MANY, keep=True),
        Measurement("ropewalk", "memory", 100, "drove 100 runs"),
        Measurement("ropewalk", "memory", 4000, "drove 4,000 runs"),
    ),
    shows=("list_ms", "start_ms", "first_list_ms", "peak_mib"),
    targets=(
        _target("`ropewalk list`", "list_ms"),
        _target("`ropewalk run`", "start_ms"),
        _target("memory of a listing and of a run", "peak_mib"),
        Target(
            "N7",
            "memory of a process that drove 4,000 runs, against 100",
            "peak_mib",
            "drove 4,000 runs",
            ("drove 100 runs",),
            at_most=1.2,
        ),
    ),
)
