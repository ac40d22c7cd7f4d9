"""How figures become ratios and verdicts; nothing is timed here."""

import pytest

from benchmarks.ratios import Rounds, Spread, best, judge, lacking, spread
from benchmarks.workload import Target
from benchmarks.workloads import WORKLOADS

ROUNDS: Rounds = {
    "ropewalk": [{"us_per_step": 100.0, "p99_ms": 4.0}, {"us_per_step": 120.0}, {"us_per_step": 110.0}],
    "slow": [{"us_per_step": 900.0}, {"us_per_step": 800.0}, {"us_per_step": 850.0}],
    "fast": [{"us_per_step": 400.0}, {"us_per_step": 440.0}, {"us_per_step": 480.0}],
    "silent": [{"peak_mib": 1.0}],
}


def _cost(at_most: float | None = None, at_least: float | None = None) -> Target:
    others = ("slow", "fast", "silent", "absent")
    return Target("N1", "a step", "us_per_step", against=others, at_most=at_most, at_least=at_least)


def test_a_spread_is_the_median_of_the_rounds_and_their_range() -> None:
    assert spread([3.0, 1.0, 2.0]) == Spread(median=2.0, low=1.0, high=3.0)


def test_the_best_is_the_lowest_median_among_what_was_measured() -> None:
    assert best(ROUNDS, ("slow", "fast", "silent", "absent"), "us_per_step") == "fast"


def test_nothing_measured_has_no_best() -> None:
    assert best(ROUNDS, ("silent", "absent"), "us_per_step") == ""


def test_a_cost_is_ropewalk_divided_by_the_best_other() -> None:
    verdict = judge(_cost(at_most=0.5), ROUNDS)
    assert (verdict.against, verdict.ropewalk, verdict.other, verdict.met) == ("fast", 110.0, 440.0, True)
    assert verdict.ratio is not None
    assert verdict.ratio.median == 0.25
    assert (verdict.ratio.low, verdict.ratio.high) == (110 / 480, 120 / 440)


@pytest.mark.parametrize(("bound", "met"), [(4.0, True), (4.1, False)])
def test_a_speed_is_the_best_other_divided_by_ropewalk(bound: float, met: bool) -> None:
    verdict = judge(_cost(at_least=bound), ROUNDS)
    assert verdict.ratio is not None
    assert (verdict.ratio.median, verdict.met) == (4.0, met)


def test_a_ratio_without_a_bound_is_told_and_not_judged() -> None:
    verdict = judge(_cost(), ROUNDS)
    assert (verdict.ratio is None, verdict.met) == (False, None)


def test_a_limit_is_a_number_of_its_own() -> None:
    verdict = judge(Target("N4", "late", "p99_ms", limit=10, at_most=1), ROUNDS)
    assert verdict.ratio == Spread(0.4, 0.4, 0.4)
    assert verdict.met is True


def test_one_report_may_hold_both_sides() -> None:
    rounds = {"ropewalk": [{"at_10000": 13.0, "at_100": 10.0}]}
    target = Target("N3", "growth", "at_10000", against=("ropewalk",), other_metric="at_100", at_most=1.3)
    assert judge(target, rounds).met is True


@pytest.mark.parametrize("rounds", [{}, {"ropewalk": ROUNDS["ropewalk"]}, {"fast": ROUNDS["fast"]}])
def test_without_both_sides_there_is_no_verdict(rounds: Rounds) -> None:
    verdict = judge(_cost(at_most=0.5), rounds)
    assert (verdict.ratio, verdict.met) == (None, None)


def test_every_target_names_measurements_of_its_own_workload() -> None:
    for workload in WORKLOADS:
        names = [one.name for one in workload.measurements]
        assert len(names) == len(set(names))
        for target in workload.targets:
            assert {target.ropewalk, *target.against} <= set(names), (workload.name, target.says)
            assert (target.limit is None) == bool(target.against), (workload.name, target.says)


def test_every_row_has_a_bound() -> None:
    bounded = {
        target.row
        for workload in WORKLOADS
        for target in workload.targets
        if target.at_most is not None or target.at_least is not None
    }
    assert bounded == {"N1", "N2", "N3", "N4", "N5", "N6", "N7"}


def test_a_target_of_which_nothing_was_measured_is_named() -> None:
    assert lacking([_cost()], ROUNDS) == []
    assert lacking([_cost()], {}) == [
        "ropewalk: us_per_step",
        "slow or fast or silent or absent: us_per_step",
    ]
    assert (
        lacking([_cost()], {"ropewalk": ROUNDS["ropewalk"]}, absent={"slow", "fast", "silent", "absent"})
        == []
    )
    assert lacking(
        [_cost()], {"ropewalk": ROUNDS["silent"]}, absent={"slow", "fast", "silent", "absent"}
    ) == ["ropewalk: us_per_step"]
    assert lacking([Target("N4", "late", "p50_ms", limit=1)], ROUNDS) == ["ropewalk: p50_ms"]
