"""From what was measured to ratios and verdicts: pure functions, the same for every workload.

A ratio is that of two medians; its range is that of the rounds, each compared within itself.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.workload import Target

Rounds = Mapping[str, Sequence[Mapping[str, float]]]
"""By the name of a measurement: what each round reported, by metric."""


@dataclass(frozen=True)
class Spread:
    """The median of some rounds, the lowest and the highest."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """What became of a target. `met` is None when nothing was held against it or something was not measured."""

    target: Target
    ropewalk: float | None = None
    against: str = ""
    other: float | None = None
    ratio: Spread | None = None
    met: bool | None = None


def spread(values: Iterable[float]) -> Spread:
    """Of at least one value."""
    ordered = sorted(values)
    return Spread(median(ordered), ordered[0], ordered[-1])


def values(rounds: Rounds, name: str, metric: str) -> list[float]:
    """One metric of one measurement, round by round; empty when it was not measured."""
    return [report[metric] for report in rounds.get(name, ()) if metric in report]


def best(rounds: Rounds, names: Iterable[str], metric: str) -> str:
    """The measurement with the lowest median; "" when none of them was measured."""
    measured = {name: found for name in names if (found := values(rounds, name, metric))}
    return min(measured, key=lambda name: median(measured[name]), default="")


def judge(target: Target, rounds: Rounds) -> Verdict:
    """The verdict on one target."""
    mine = values(rounds, target.ropewalk, target.metric)
    if target.limit is not None:
        against, others = "limit", [target.limit] * len(mine)
    else:
        metric = target.other_metric or target.metric
        against = best(rounds, target.against, metric)
        others = values(rounds, against, metric)
    if not mine or not others:
        ropewalk = median(mine) if mine else None
        return Verdict(target, ropewalk, against, median(others) if others else None)
    ratio = _ratio(mine, others, over=target.at_least is not None)
    return Verdict(target, median(mine), against, median(others), ratio, _met(target, ratio.median))


def lacking(targets: Iterable[Target], rounds: Rounds, absent: Collection[str] = ()) -> list[str]:
    """What the targets ask for and nothing was measured of; of the others `absent` is who was not asked."""
    found: dict[str, None] = {}
    for target in targets:
        if not values(rounds, target.ropewalk, target.metric):
            found[f"{target.ropewalk}: {target.metric}"] = None
        metric = target.other_metric or target.metric
        wanted = [name for name in target.against if name not in absent]
        if wanted and not best(rounds, wanted, metric):
            found[f"{' or '.join(wanted)}: {metric}"] = None
    return list(found)


def _ratio(mine: Sequence[float], others: Sequence[float], over: bool) -> Spread:
    """Mine to others, or with `over` others to mine."""
    above, below = (others, mine) if over else (mine, others)
    paired = [one / two for one, two in zip(above, below, strict=False)]
    return Spread(median(above) / median(below), min(paired), max(paired))


def _met(target: Target, ratio: float) -> bool | None:
    if target.at_most is not None:
        return ratio <= target.at_most
    if target.at_least is not None:
        return ratio >= target.at_least
    return None
