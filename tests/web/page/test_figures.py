from ropewalk.core import events as e
from ropewalk.core.work import Failure, Usage
from ropewalk.observe.statistics import Figures, Statistics
from ropewalk.web.page.agents import AgentSpending, add_to, view
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


def agent(name="claude", status="idle", **how):
    given = {
        "agent": name,
        "rehearses": False,
        "status": status,
        "working": [],
        "waiting": [],
        "rests_until": None,
        "failure": "",
    }
    return {**given, **how}


def test_agents_that_do_something_come_first_and_say_what_and_what_it_cost():
    spent: dict[str, AgentSpending] = {}
    result = e.Outcome(agent="claude", usage=Usage(10, 5, 0.25))
    add_to(spent, e.StepSucceeded("a", result=result))
    add_to(spent, e.AttemptFailed("a", failure=Failure("transient", "x"), agent="claude"))
    add_to(spent, e.StepSucceeded("b", result=e.Outcome(agent="codex", cached_from="r0")))
    add_to(spent, e.StepSucceeded("c"))
    assert (
        spent["claude"].attempts,
        spent["claude"].failed,
        spent["claude"].unknown,
        spent["claude"].tokens,
    ) == (2, 1, 1, 15)
    assert "codex" not in spent
    busy = agent(
        "goose", "waiting", waiting=[{"run": "r1", "step": "s"}], working=[{"run": "r2", "step": "t"}]
    )
    resting = agent("gemini", "resting", rests_until=99.0, failure="too many")
    made = str(view([agent("aider"), agent(), busy, resting, agent("rehearsal", rehearses=True)], spent, {
        "aider": {"usable": True, "version": "1.2"}, "gemini": {"usable": False, "reason": "no key", "hint": "set it"},
    }, 50.0))  # fmt: skip
    assert made.index("goose") < made.index("gemini") < made.index("claude") < made.index("aider")
    for said in (
        "≥ $0.25",
        "/runs/r1?step=s",
        'data-until="99.0"',
        "too many",
        "usable, 1.2",
        "no key set it",
        "rehearsed",
    ):
        assert said in made
