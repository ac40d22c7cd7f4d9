"""The inbox: an answer counts for exactly what was shown, in the name of who looks, and the next question comes by itself."""

import pytest

from ropewalk.core.events import AskAnswered
from ropewalk.web.page.inbox import Inbox
from tests.web.page.browsing import browsing, html


async def opened(browser, *workflows, chosen=""):
    for workflow in workflows:
        await browser.start(workflow, drive=True)
    page = Inbox(browser.screen("/inbox", "Inbox"), chosen)
    await page.heard(set())
    return page


async def answer(browser, page, name="", **form):
    name = name or page.chosen
    digest = page.asks[name]["digest"] if name in page.asks else ""
    await browser.does(page.card, "answer", {"name": name, "digest": digest, "path": page.path}, form)


async def answered(browser):
    records = await browser.ropewalk.store.feed(0, 10, ["ask.answered"])
    return [record.event for record in records if isinstance(record.event, AskAnswered)]


async def test_without_questions_there_is_no_card(browser):
    page = await opened(browser)
    assert "Nobody waits for you" in html(page.list)
    assert html(page.card) == ""
    await browser.does(page.list, "after")
    assert page.chosen == ""


async def test_the_oldest_question_is_shown_first_or_the_one_of_the_address(browser):
    page = await opened(browser, "asking", "writing")
    first, second = page.asks
    assert page.chosen == first
    assert "Shall it go on?" in html(page.card)
    assert (await opened(browser, chosen=second)).chosen == second
    assert (await opened(browser, chosen="nobody/a1")).chosen == first


async def test_an_answer_is_in_the_name_of_who_looks_and_the_next_question_comes(browser):
    page = await opened(browser, "asking", "writing")
    second = list(page.asks)[1]
    await answer(browser, page, verdict="approve")
    (event,) = await answered(browser)
    assert (event.verdict, event.by) == ("approve", "ada")
    assert 'ropewalk.note("Approve: yes", "good")' in (await browser.scripts())[-1]
    await page.heard(set())
    assert page.chosen == second
    assert len(await browser.scripts()) == 1, "who has answered is not told of it"


async def test_what_somebody_else_answered_is_said_with_their_name(browser):
    page = await opened(browser, "asking")
    run, _, ask = page.chosen.rpartition("/")
    await browser.ropewalk.answer(run, ask, "reject", reason="no", by="bob")
    await page.heard({run})
    assert f'ropewalk.note("{ask} was answered by bob: reject.", "good")' in await browser.scripts()
    assert page.chosen == ""


async def test_of_what_has_changed_since_it_was_shown_nothing_is_approved(browser):
    page = await opened(browser, "writing")
    page.asks[page.chosen]["digest"] = "0" * 64
    await answer(browser, page, verdict="approve")
    assert await answered(browser) == []
    assert (await browser.scripts())[-1].endswith('"bad")')


async def test_a_question_that_is_gone_takes_no_answer(browser):
    page = await opened(browser, "asking")
    await answer(browser, page, name="r/a9", verdict="approve")
    assert await answered(browser) == []
    assert "it is not open any more" in (await browser.scripts())[-1]


@pytest.mark.parametrize("form", [{"verdict": "approve"}, {"verdict": "reject", "reason": "no"}])
async def test_a_viewer_may_look_and_not_answer(tmp_path, form):
    async with browsing(tmp_path / "project", "viewer") as browser:
        page = await opened(browser, "asking")
        assert "Shall it go on?" in html(page.card)
        await answer(browser, page, **form)
        assert await answered(browser) == []
        assert "this needs approver" in (await browser.scripts())[-1]


async def test_a_rejection_carries_its_reason_without_the_space_around_it(browser):
    page = await opened(browser, "writing")
    await browser.does(page.card, "mode", {"mode": "reject"})
    assert 'name="reason"' in html(page.card)
    await answer(browser, page, verdict="reject", reason="  more tea \n")
    (event,) = await answered(browser)
    assert (event.verdict, event.reason, event.value) == ("reject", "more tea", None)


async def test_a_file_is_read_compared_and_amended_with_the_line_ends_of_unix(browser):
    page = await opened(browser, "writing")
    assert page.path == "plan.md"
    assert "<h1>the plan</h1>" in html(page.card)
    await browser.does(page.card, "how", {"name": "source"})
    assert "# the plan" in html(page.card)
    await browser.does(page.card, "mode", {"mode": "amend"})
    await browser.does(page.card, "draft", {}, {"value": "# better"})
    assert "<h1>better</h1>" in html(page.card)
    run = page.chosen.partition("/")[0]
    await answer(browser, page, verdict="amend", content="# better\r\nby far\r\n")
    await browser.ropewalk.drive(run)
    state = await page.folded.state(run)
    artifact = state.steps["write"].result.artifacts[0]
    assert artifact.size == len(b"# better\nby far\n")


async def test_what_cannot_be_edited_as_text_says_so_and_stays_readable(browser):
    page = await opened(browser, "writing")
    name = (page.chosen, page.asks[page.chosen]["digest"], page.path)
    page.seen = {name: (b"\0binary", "")}
    await browser.does(page.card, "mode", {"mode": "amend"})
    assert page.mode == ""
    assert "<textarea" not in html(page.card)
    assert any("cannot be edited here" in script for script in await browser.scripts())


async def test_the_neighbours_of_the_first_and_the_last_question_are_themselves(browser):
    page = await opened(browser, "asking", "asking")
    first, second = page.asks
    for move, chosen in (("before", first), ("after", second), ("after", second), ("before", first)):
        await browser.does(page.list, move)
        assert page.chosen == chosen
    assert any(f"/inbox?ask={second}" in script for script in await browser.scripts())


async def test_another_question_begins_with_nothing_of_the_one_before(browser):
    page = await opened(browser, "writing", "asking")
    first, second = page.asks
    await browser.does(page.card, "mode", {"mode": "amend"})
    await browser.does(page.card, "draft", {}, {"value": "half"})
    await browser.does(page.list, "choose", {"name": second})
    assert (page.mode, page.draft, page.path) == ("", None, "")
    await browser.does(page.list, "choose", {"name": first})
    assert "half" not in html(page.card)
