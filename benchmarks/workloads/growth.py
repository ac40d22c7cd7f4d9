"""N3: what one step costs in a run of 10,000 steps, against a run of 100."""

from benchmarks.workload import Measurement, Target, Workload


def _target(shape: str, says: str) -> Target:
    return Target(
        "N3",
        f"{says}: cost per step at 10,000 steps, against that at 100",
        f"{shape}_us_at_10000",
        against=("ropewalk",),
        other_metric=f"{shape}_us_at_100",
        at_most=1.3,
    )


WORKLOAD = Workload(
    name="growth",
    row="N3",
    says="what a step costs in a long run and in a short one",
    measurements=(Measurement("ropewalk", "growth", 10_000),),
    shows=("chain_us_at_100", "chain_us_at_10000", "fan_us_at_100", "fan_us_at_10000"),
    targets=(_target("chain", "a chain"), _target("fan", "independent steps")),
)
