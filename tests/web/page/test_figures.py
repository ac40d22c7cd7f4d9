"""Figures of runs: what is not known is never shown as zero."""

from ropewalk.observe.statistics import Figures, Statistics
from ropewalk.web.page.figures import columns
from ropewalk.web.page.figures import view as figures_of
from ropewalk.web.page.markup import text

SOME = Figures(runs=3, completed=2, failed=1, success_rate=2 / 3, duration_p50_seconds=5.0, duration_p90_seconds=90.0,
               cost_usd=1.5, cost_unknown=True)  # fmt: skip


def test_totals_plots_and_workflows_are_shown_and_unknown_is_not_nothing():
    days = ({"day": 0.0, "runs": 3, "completed": 2, "cost_usd": 1.5},)
    made = str(
        text(figures_of(Statistics({"sdlc": SOME}, SOME, days), "month", ["day", "month"], rehearsed=2))
    )
    assert "2 of 3 runs were." in made
    for said in (
        "67 %",
        "≥ $1.50",
        "1 min 30 s",
        "01 Jan: 2 good, 1 bad",
        'href="/?workflow=sdlc"',
        "width:100.0%",
    ):
        assert said in made
    assert "No run began" in text(figures_of(Statistics({}, Figures()), "day", ["day"]))
    quiet = text(figures_of(Statistics({"w": Figures(runs=1)}, Figures(runs=1)), "day", ["day"]))
    assert "–" in quiet


def test_many_days_share_the_width_and_nothing_at_all_is_said():
    days = [(86_400.0 * n, [(float(n), "good")]) for n in range(31)]
    made = str(columns(days, "Title", str))
    assert made.count("<rect") == 30
    assert made.count('text-anchor="middle"') < 12
    assert "None is known" in columns([(0.0, [(0.0, "cost")])], "Cost", str)


def test_a_workflow_whose_name_holds_signs_of_an_address_is_looked_for_whole():
    made = text(figures_of(Statistics({"R&D #1": SOME}, SOME, ()), "month", ["month"]))
    assert 'href="/?workflow=R%26D+%231"' in made
