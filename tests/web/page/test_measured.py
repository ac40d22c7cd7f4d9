"""The statistics: over one of the known spans, and read anew not more often than every few seconds."""

import pytest

from ropewalk.web.page.measured import SPANS, StatisticsPage
from tests.web.page.browsing import html


@pytest.fixture
def opened(browser):
    def open_page(span="month"):
        return StatisticsPage(browser.screen("/statistics", "Statistics"), span)

    return open_page


@pytest.mark.parametrize(
    ("span", "taken"), [(name, name) for name in SPANS] + [("", "month"), ("year", "month")]
)
async def test_a_span_that_is_not_known_is_a_month(opened, span, taken):
    assert opened(span).span == taken


async def test_what_ran_is_counted_and_what_was_rehearsed_is_said(browser, opened):
    await browser.start("quiet", drive=True)
    await browser.start("quiet", drive=True, rehearse=True)
    page = opened("ever")
    await page.load()
    shown = html(page.part)
    assert "<h1>Statistics</h1>" in shown
    assert 'href="/?workflow=quiet"' in shown
    assert "1 of 2 runs were." in shown


async def test_a_span_is_chosen_by_name_and_a_reload_comes_back_to_it(browser, opened):
    page = opened()
    await browser.does(page.part, "span", {"name": "day"})
    assert page.span == "day"
    assert await browser.scripts() == ["history.replaceState(history.state, '', \"/statistics?span=day\")"]
    for action, data in (("span", {"name": "year"}), ("span", {}), ("other", {"name": "week"})):
        await browser.does(page.part, action, data)
    assert page.span == "day"


async def test_runs_that_move_soon_after_a_look_are_counted_at_the_next_one(browser, opened):
    page = opened()
    await page.load()
    before = html(page.part)
    await browser.start("quiet", drive=True)
    await page.heard({"r"})
    assert (html(page.part), page.stale) == (before, True)
    page.looked -= 5.1
    await page.heard({"r"})
    assert (html(page.part) != before, page.stale) == (True, False)


async def test_nothing_is_read_for_a_browser_that_is_not_there(browser, opened):
    page = opened()
    await page.load()
    before = html(page.part)
    await browser.start("quiet", drive=True)
    page.looked, page.stale = 0.0, True
    await page.again()
    assert html(page.part) == before
