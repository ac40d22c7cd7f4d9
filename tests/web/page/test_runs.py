"""The list of runs as a browser sees it: what is looked for stands in its address, and a form starts what it shows."""

import pytest

from ropewalk.web.page import runs as module
from ropewalk.web.page.listing import Filter
from ropewalk.web.page.runs import RunsPage
from tests.web.page.browsing import browsing, html

WHO = "name: greet\ninputs:\n  who: {type: string}\n  times: {type: integer, default: 1}\nsteps:\n  - {id: a, uses: noop}\n"


EVERYTHING = Filter()


async def opened(browser, wanted=EVERYTHING):
    page = RunsPage(browser.screen("/", "Runs"), wanted)
    await page.load()
    return page


async def test_runs_are_listed_newest_first_and_those_that_others_called_are_not(browser):
    folder = browser.ropewalk.folder / "workflows"
    (folder / "calling.yaml").write_text("name: calling\nsteps:\n  - {id: c, call: quiet}\n")
    first = await browser.start("quiet")
    second = await browser.start("calling", drive=True)
    assert len(await browser.ropewalk.store.runs()) == 3
    page = await opened(browser)
    assert list(page.rows) == [second, first]


async def test_what_has_not_begun_counts_as_running(browser):
    run = await browser.start("quiet")
    assert list((await opened(browser, Filter(status="running"))).rows) == [run]
    assert list((await opened(browser, Filter(status="paused"))).rows) == []
    assert "No run is here" in html((await opened(browser, Filter(status="no such status"))).list)


async def test_each_filter_keeps_the_others_and_stands_in_the_address(browser):
    page = await opened(browser)
    await browser.does(page.head, "text", {}, {"value": "tea & milk"})
    await browser.does(page.head, "status", {"status": "failed"})
    await browser.does(page.head, "workflow", {}, {"value": "quiet"})
    assert page.wanted == Filter("tea & milk", "failed", "quiet")
    assert '"/?text=tea+%26+milk&status=failed&workflow=quiet"' in (await browser.scripts())[-1]
    await browser.does(page.head, "status", {"status": ""})
    assert page.wanted == Filter("tea & milk", "", "quiet")


async def test_older_runs_come_when_they_are_asked_for(browser, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 2)
    for _ in range(3):
        await browser.start("quiet")
    page = await opened(browser)
    assert (len(page.rows), page.more) == (2, True)
    await browser.does(page.list, "older")
    assert (len(page.rows), page.more) == (3, False)
    await browser.does(page.head, "text", {}, {"value": ""})
    assert len(page.rows) == 2


async def test_a_run_that_moves_is_read_again_and_a_new_one_is_added(browser):
    run = await browser.start("quiet")
    page = await opened(browser)
    await browser.ropewalk.drive(run)
    await page.heard({run})
    assert page.rows[run].status == "completed"
    other = await browser.start("quiet")
    await page.heard({other})
    assert list(page.rows) == [other, run]


async def test_a_run_leaves_a_filtered_list_when_it_no_longer_fits(browser):
    run = await browser.start("quiet")
    page = await opened(browser, Filter(status="running"))
    await browser.ropewalk.drive(run)
    await page.heard({run})
    assert page.rows == {}


async def test_a_run_is_started_with_what_was_typed_and_its_page_opens(browser):
    (browser.ropewalk.folder / "workflows" / "greet.yaml").write_text(WHO)
    page = await opened(browser)
    await browser.does(page.head, "new")
    await browser.does(page.sheet, "pick", {}, {"value": "greet"})
    assert 'name="in:who"' in html(page.sheet)
    await browser.does(page.sheet, "start", {}, {"in:who": "you", "in:times": "2", "rehearse": True})
    (row,) = await browser.ropewalk.store.runs()
    state = await browser.ropewalk.engine.fold(row.run)
    assert state.inputs == {"who": "you", "times": 2}
    assert state.options.rehearse is not None
    assert (await browser.scripts())[-1] == f'location.assign("/runs/{row.run}")'


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"in:who": "you", "in:times": "two"}, "times wants a value of type integer"),
        ({"in:who": "", "in:times": "2"}, "who"),
        ({}, "who"),
    ],
)
async def test_what_cannot_be_started_is_said_in_the_form_and_starts_nothing(browser, form, message):
    (browser.ropewalk.folder / "workflows" / "greet.yaml").write_text(WHO)
    page = await opened(browser)
    await browser.does(page.sheet, "pick", {}, {"value": "greet"})
    await browser.does(page.sheet, "start", {}, form)
    assert await browser.ropewalk.store.runs() == []
    assert message in html(page.sheet).partition('role="alert"')[2].partition("</p>")[0]


@pytest.mark.parametrize("name", ["nobody", "", "../../etc/passwd", "broken"])
async def test_a_workflow_that_cannot_be_read_says_why_and_is_not_started(browser, name):
    (browser.ropewalk.folder / "workflows" / "broken.yaml").write_text("name: broken\nstepz: 1\n")
    page = await opened(browser)
    await browser.does(page.sheet, "pick", {}, {"value": name})
    assert 'role="alert"' in html(page.sheet)
    assert page.chosen is None
    await browser.does(page.sheet, "start", {}, {})
    assert await browser.ropewalk.store.runs() == []


async def test_a_viewer_starts_nothing(tmp_path):
    async with browsing(tmp_path / "project", "viewer") as browser:
        page = await opened(browser)
        await browser.does(page.sheet, "pick", {}, {"value": "quiet"})
        await browser.does(page.sheet, "start", {}, {})
        assert await browser.ropewalk.store.runs() == []
        assert "this needs operator" in (await browser.scripts())[-1]


async def test_a_sheet_that_is_closed_forgets_what_was_chosen(browser):
    page = await opened(browser)
    await browser.does(page.sheet, "pick", {}, {"value": "quiet"})
    await browser.does(page.sheet, "close")
    assert html(page.sheet) == ""
    await browser.does(page.sheet, "start", {}, {})
    assert await browser.ropewalk.store.runs() == []
