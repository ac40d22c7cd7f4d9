"""The agents: those that do something stand first, an attempt is paid once, and a probe is made only when it is asked for."""

from msgspec import convert

from ropewalk.agents.port import Probe
from ropewalk.app.choosing import AgentRow
from ropewalk.core import events as e
from ropewalk.core.work import Failure, Usage
from ropewalk.store.port import Record
from ropewalk.web.page.agents import AgentsPage, AgentSpending, add_to, probed, view
from tests.web.page.browsing import browsing, html


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
    return convert({**given, **how}, AgentRow)


def probe(*, usable=False, **how):
    return Probe("x", installed=True, usable=usable, **how)


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
        "aider": probe(usable=True, version="1.2"), "gemini": probe(reason="no key", hint="set it"),
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


def test_a_step_whose_key_holds_signs_of_an_address_is_led_to_whole():
    busy = agent("goose", "waiting", waiting=[{"run": "r1", "step": "each[c++]"}])
    assert 'href="/runs/r1?step=each%5Bc%2B%2B%5D"' in str(view([busy], {}, {}, 0.0))


def test_an_agent_that_rehearses_costs_nothing_and_one_that_was_not_used_has_no_figures():
    spent = {"rehearsal": AgentSpending(), "claude": AgentSpending()}
    spent["rehearsal"].attempts = spent["rehearsal"].unknown = 1
    made = str(view([agent("rehearsal", rehearses=True), agent()], spent, {}, 0.0))
    assert made.count("<dl") == 1
    assert "<dd>free</dd>" in made
    assert made.count("unused") == 1


def test_a_probe_that_failed_says_why_and_its_text_stays_text():
    assert "not usable" in probed("x", probe())
    assert "&lt;b&gt; do this" in probed("x", probe(reason="<b>", hint="do this"))
    assert 'data-do="probe"' in probed("x", None)
    assert "usable, " not in probed("x", probe(usable=True))


async def test_work_that_is_approved_after_it_was_done_is_paid_once(browser):
    page = AgentsPage(browser.screen("/agents", "Agents"))
    result = e.Outcome(agent="claude", usage=Usage(1, 1, 0.5))
    for version, event in enumerate(
        (
            e.StepProduced("a", 1, 1, result=result),
            e.StepSucceeded("a", 1, 1, result=result),
            e.StepSucceeded("a", 2, 1, result=result),
            e.StepSucceeded("b", 1, 1, result=result),
        )
    ):
        record = Record(version, "r", version, 0.0, "", "", "", b"", "")
        record.__dict__["event"] = event
        page.take(record)
    assert (page.spent["claude"].attempts, page.spent["claude"].cost_usd) == (3, 1.5)


async def test_the_page_is_called_by_its_name_and_probes_only_when_it_is_asked(browser):
    page = AgentsPage(browser.screen("/agents", "Agents"))
    await page.heard(set())
    assert "<h1>Agents</h1>" in html(page.part)
    assert page.probes == {}
    await browser.does(page.part, "probe", {"name": "rehearsal"})
    assert page.probes["rehearsal"].usable
    await browser.does(page.part, "probe", {"name": "nobody"})
    assert page.probes["nobody"].usable is False


async def test_a_viewer_may_not_probe(tmp_path):
    async with browsing(tmp_path / "project", "viewer") as browser:
        page = AgentsPage(browser.screen("/agents", "Agents"))
        await browser.does(page.part, "probe", {"name": "rehearsal"})
        assert page.probes == {}
        assert "this needs operator" in (await browser.scripts())[-1]
