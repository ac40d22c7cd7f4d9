"""The page of one run: every part follows the chosen step, and nothing that stands in an address can break it."""

import pytest

from ropewalk.web.page.run import RunScreen, _number
from tests.web.page.browsing import browsing, html


async def opened(browser, workflow="writing", *, drive=True, **asked):
    run = await browser.start(workflow, drive=drive)
    return await shown(browser, run, **asked)


async def shown(browser, run, **asked):
    page = RunScreen(browser.screen("/", run), run, asked)
    await page.heard({run})
    return page


async def row(browser):
    return (await browser.ropewalk.store.runs())[0]


async def test_the_head_the_drawing_the_lines_and_the_panel_show_one_run(browser):
    page = await opened(browser, step="write")
    assert "write asks: " in html(page.head)
    assert 'id="box-write"' in html(page.graph)
    assert 'id="line-write"' in html(page.lines)
    assert 'id="panel-write"' in html(page.panel)
    assert html(page.rest) == ""


@pytest.mark.parametrize(
    ("asked", "part", "text"),
    [
        ({"step": "nobody"}, "panel", "Choose a step"),
        ({"step": "<script>"}, "panel", "Choose a step"),
        ({"step": "write", "part": "nonsense"}, "panel", "Answer what it asks"),
        ({"step": "write", "part": "output"}, "panel", "hello world"),
        ({"step": "write", "part": "diff"}, "panel", "# the plan"),
        ({"step": "write", "part": "prompt"}, "panel", "Command"),
        ({"step": "write", "part": "data"}, "panel", "exit_code"),
        ({"step": "write", "part": "attempts"}, "panel", "attempt 1.1"),
        ({"step": "write", "part": "log"}, "panel", "step.started"),
        ({"shelf": "nonsense"}, "rest", "run.created"),
        ({"shelf": "handoffs"}, "rest", "Nothing has been passed on"),
        ({"shelf": "merge"}, "rest", "In this order"),
        ({"shelf": "files"}, "rest", "Choose a file"),
        ({"shelf": "files", "path": "plan.md"}, "rest", "<h1>the plan</h1>"),
        ({"shelf": "files", "path": "plan.md", "how": "source"}, "rest", "# the plan"),
        ({"shelf": "files", "path": "plan.md", "by": "nobody"}, "rest", "<h1>the plan</h1>"),
        ({"shelf": "files", "path": "../../etc/passwd"}, "rest", "has not made this file"),
    ],
)
async def test_an_address_leads_to_a_part_of_the_page_whatever_stands_in_it(browser, asked, part, text):
    page = await opened(browser, **asked)
    assert text in html(getattr(page, part))
    assert "<script>" not in html(page.panel) + html(page.rest)


async def test_a_reload_comes_back_to_what_was_chosen_and_the_usual_is_left_out(browser):
    page = await opened(browser)
    for action, data in (
        ("step", {"key": "write"}),
        ("part", {"name": "log"}),
        ("file", {"path": "a & b.md", "step": "write"}),
        ("shelf", {"name": "work"}),
    ):
        await browser.does(page.panel, action, data)
    addresses = [s for s in await browser.scripts() if s.startswith("history")]
    assert [address.partition(page.run)[2].rpartition('"')[0] for address in addresses] == [
        "?step=write",
        "?step=write&part=log",
        "?step=write&part=log&shelf=files&path=a+%26+b.md&by=write",
        "?step=write&part=log",
    ]


async def test_records_are_taken_in_once_however_often_it_is_heard(browser):
    page = await opened(browser)
    before = (page.version, page.timeline.all())
    assert page.version == (await row(browser)).version
    await page.heard({page.run})
    await page.heard(set())
    assert (page.version, page.timeline.all()) == before


async def test_what_moves_elsewhere_is_not_looked_at(browser):
    page = await opened(browser, drive=False)
    await browser.ropewalk.drive(page.run)
    await page.heard({"another"})
    assert page.version == 1
    await page.heard({"another", page.run})
    assert page.version == (await row(browser)).version


async def test_a_run_is_paused_and_resumed_from_its_page_by_name(browser):
    page = await opened(browser, "asking")
    await browser.does(page.head, "pause", {}, {"reason": "lunch"})
    assert (await row(browser)).reason == "by request"
    assert "It pauses when" in (await browser.scripts())[-1]
    await browser.does(page.head, "resume")
    assert (await row(browser)).reason != "by request"


@pytest.mark.parametrize("action", ["pause", "abort", "skip", "fork", "give"])
async def test_a_viewer_changes_nothing(tmp_path, action):
    async with browsing(tmp_path / "project", "viewer") as browser:
        page = await opened(browser, "asking")
        before = (await row(browser)).version
        await browser.does(page.head, action, {"step": "yes"}, {"secret:token": "canary-0123456789"})
        assert (await row(browser)).version == before
        assert len(await browser.ropewalk.store.runs()) == 1
        assert "this needs operator" in (await browser.scripts())[-1]


async def test_a_verb_that_makes_no_sense_now_is_a_note(browser):
    page = await opened(browser, "quiet")
    await browser.does(page.head, "pause")
    (note,) = await browser.scripts()
    assert note.endswith('"bad")')


async def test_a_fork_opens_the_new_run(browser):
    page = await opened(browser, "asking")
    await browser.does(page.panel, "fork", {"step": "yes"})
    forked = await row(browser)
    assert forked.run != page.run
    assert (await browser.scripts())[-1] == f'location.assign("/runs/{forked.run}")'


async def test_only_fields_for_secrets_are_given_and_their_values_are_shown_nowhere(browser):
    value = "canary-0123456789"
    run = await browser.start("secret", token="[secret]", drive=True)
    page = await shown(browser, run)
    assert 'name="secret:token"' in html(page.head)
    await browser.does(page.head, "give", {}, {"secret:token": value, "token": "x", "secrets": "y"})
    await browser.ropewalk.drive(run)
    await page.heard({run})
    assert (await row(browser)).status == "completed"
    assert value not in html(page.head) + html(page.panel) + "".join(await browser.scripts())


async def test_of_long_output_the_end_is_shown(browser, monkeypatch):
    monkeypatch.setattr("ropewalk.web.page.run.TAIL_BYTES", 6)
    page = await opened(browser, step="write", part="output")
    assert ">world\n<" in html(page.panel)
    assert "the last 6 of 12 bytes" in html(page.panel)


async def test_an_attempt_that_is_not_there_is_the_last_one(browser):
    page = await opened(browser, "failing", step="flaky", part="output")
    await browser.does(page.panel, "attempt", {}, {"value": "flaky/1.1"})
    assert '<option value="flaky/1.1" selected>' in html(page.panel)
    await browser.does(page.panel, "attempt", {}, {"value": "flaky/9.9"})
    assert '<option value="flaky/1.2" selected>' in html(page.panel)


def test_attempts_are_in_the_order_of_their_numbers():
    names = ["a/10.1", "a/2.10", "a/2.9", "each[x/y]/1.1", "a/odd"]
    assert sorted(names, key=_number) == ["a/odd", "each[x/y]/1.1", "a/2.9", "a/2.10", "a/10.1"]
