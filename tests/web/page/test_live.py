"""A part of a page sends only what differs from what was sent before, and believes nothing that a browser sends."""

import json

import pytest

from ropewalk.web.page.live import LivePage, PageAct, _act
from ropewalk.web.page.markup import Piece, el
from tests.web.page.browsing import html


class Sent:
    """A part whose browser is there, and what is sent to it: "all", or the pieces of a patch."""

    def __init__(self, browser):
        browser.enter()
        self.browser, self.part = browser, LivePage()
        browser.client.outbox.stop()
        browser.client.outbox.updates.clear()
        browser.client.tab_id = "tab"

    async def show(self, *parts):
        outbox = self.browser.client.outbox
        self.part.show(*parts)
        scripts = await self.browser.scripts()
        calls = [json.loads(f"[{script.partition('(')[2].rpartition(')')[0]}]") for script in scripts]
        assert all(call[:2] == [self.part.id, "patch"] for call in calls)
        sent = ["all" for _ in outbox.updates] + [call[2][0] for call in calls]
        outbox.updates.clear()
        outbox.messages.clear()
        return sent


def piece(name, text):
    return Piece(name, el("p", text, id=name))


async def test_what_is_the_same_is_not_sent_again(browser):
    page = Sent(browser)
    assert await page.show(el("h1", "T"), piece("a", "1")) == ["all"]
    assert await page.show(el("h1", "T"), piece("a", "1")) == []


async def test_of_many_pieces_only_those_that_changed_are_sent_and_nothing_else(browser):
    page = Sent(browser)
    await page.show(piece("a", "1"), piece("b", "1"))
    assert await page.show(piece("a", "1"), piece("b", "2")) == [{"b": '<p id="b">2</p>'}]
    assert html(page.part) == '<p id="a">1</p><p id="b">2</p>'


@pytest.mark.parametrize(
    "after",
    [
        [piece("b", "1"), piece("a", "1")],
        [piece("a", "1")],
        [piece("a", "1"), piece("b", "1"), piece("c", "1")],
        [el("i"), piece("a", "1"), piece("b", "1")],
        [],
    ],
)
async def test_pieces_that_come_go_or_move_mean_that_all_is_sent(browser, after):
    page = Sent(browser)
    await page.show(piece("a", "1"), piece("b", "1"))
    assert await page.show(*after) == ["all"]


async def test_a_piece_that_changed_back_is_sent_again(browser):
    page = Sent(browser)
    await page.show(piece("a", "1"))
    for text in ("2", "1"):
        assert await page.show(piece("a", text)) == [{"a": f'<p id="a">{text}</p>'}]


async def test_a_patch_that_is_sent_after_what_is_newer_can_be_told_from_it(browser):
    page = Sent(browser)
    await page.show(piece("a", "1"))
    page.part.show(piece("a", "2"))
    page.part.show(el("h1", "T"), piece("a", "3"))
    (script,) = await browser.scripts()
    _, _, (_, turn) = json.loads(f"[{script.partition('(')[2].rpartition(')')[0]}]")
    assert turn < page.part._props["turn"], "nicegui sends updates before messages, whichever came first"


async def test_without_a_browser_the_page_itself_holds_what_is_shown(browser):
    browser.enter()
    part = LivePage()
    part.show(piece("a", "1"))
    part.show(piece("a", "<2>"))
    assert html(part) == '<p id="a">&lt;2&gt;</p>'


@pytest.mark.parametrize("message", [None, [], "step", 7, True, {}, {"data": 1, "form": []}])
def test_a_message_that_is_none_does_nothing(message):
    assert _act(message) == PageAct("")


def test_of_a_message_only_texts_and_ticks_are_taken():
    message = {
        "do": "answer",
        "data": {"name": 7, "nested": {"a": [1]}, "none": None},
        "form": {"text": "x", "tick": True, "number": 1, "list": ["x"], "none": None},
        "more": "is not read",
    }
    assert _act(message) == PageAct(
        "answer", {"name": "7", "nested": "{'a': [1]}", "none": "None"}, {"text": "x", "tick": True}
    )


async def test_what_is_done_in_a_part_is_heard_once(browser):
    browser.enter()
    heard = []

    async def acted(action):
        heard.append(action)

    await browser.does(LivePage(acted), "step", {"key": "a"})
    assert heard == [PageAct("step", {"key": "a"})]
