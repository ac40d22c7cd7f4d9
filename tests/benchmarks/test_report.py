"""What a person reads of a measurement."""

from benchmarks.ratios import Rounds, judge
from benchmarks.report import figures, number, ratios
from benchmarks.workload import Measurement, Target, Workload

ROUNDS: Rounds = {
    "ropewalk": [{"us_per_step": 100.0}, {"us_per_step": 120.0}],
    "peer": [{"us_per_step": 440.0}],
}


def test_a_number_has_three_digits_that_matter() -> None:
    assert [number(value) for value in (12345.6, 99.96, 1.234, 0.01234)] == [
        "12,346",
        "100",
        "1.23",
        "0.0123",
    ]


def test_figures_show_the_median_and_the_range_of_the_rounds() -> None:
    workload = Workload(
        "chain", "N1", "a chain", (Measurement("ropewalk", "chain", 1),), ("us_per_step", "p99_ms")
    )
    assert figures(workload, ROUNDS).splitlines() == [
        "N1  a chain",
        "              us_per_step",
        "    ropewalk  110 (100 - 120)",
        "    peer      440",
    ]


def test_a_ratio_is_told_with_its_target_and_whether_it_is_met() -> None:
    target = Target("N1", "a step", "us_per_step", against=("peer",), at_least=5)
    assert ratios([judge(target, ROUNDS)]).splitlines()[1] == (
        "N1   a step  110       peer 440  4 x    4.4 - 4.4  at least 5  NOT MET"
    )


def test_what_was_not_measured_is_said_to_be_so() -> None:
    line = ratios(
        [judge(Target("N1", "a step", "us_per_step", against=("gone",), at_most=2), ROUNDS)]
    ).splitlines()[1]
    assert "nothing measured" in line
    assert "met" not in line.lower()
