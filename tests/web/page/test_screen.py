"""One page in one browser: who may do what is asked with every act, and what goes wrong is said at its edge."""

import asyncio

import pytest

from ropewalk.app import Person
from ropewalk.errors import NoSuchFile, NotAllowed, Unauthenticated
from ropewalk.web.page.screen import PAGES, frame
from tests.web.page.browsing import browsing, html

ADA = Person("ada", "viewer", "t1")


@pytest.mark.parametrize("role", ["viewer", "approver", "operator", "admin"])
async def test_a_page_lets_its_person_do_what_their_role_may(tmp_path, role):
    allowed = {
        "viewer": {"viewer"},
        "approver": {"viewer", "approver"},
        "operator": {"viewer", "approver", "operator"},
        "admin": {"viewer", "approver", "operator", "admin"},
    }[role]
    async with browsing(tmp_path / "project", role) as browser:
        screen = browser.screen()
        for needed in ("viewer", "approver", "operator", "admin"):
            if needed in allowed:
                assert await screen.allow(needed) == "ada"
            else:
                with pytest.raises(NotAllowed):
                    await screen.allow(needed)


async def test_a_token_that_is_revoked_ends_what_an_open_page_may_do(browser):
    screen = browser.screen()
    acts = []

    async def act(action):
        acts.append(action.do)

    part = screen.part(act)
    await browser.does(part, "look")
    await browser.revoke()
    await browser.does(part, "look")
    assert acts == ["look"]
    scripts = await browser.scripts()
    assert any("location.assign('/login')" in script for script in scripts)
    assert "this login is over" in scripts[-1]
    with pytest.raises(Unauthenticated):
        await screen.allow("viewer")


async def test_what_an_act_raises_is_a_note_and_its_text_cannot_become_a_script(browser):
    async def act(action):
        raise NoSuchFile(run="r", path='");alert("x')

    await browser.does(browser.screen().part(act), "look")
    (note,) = await browser.scripts()
    assert r"There is no artifact" in note or "has no artifact" in note
    assert '\\");alert(\\"x' in note
    assert note.endswith('"bad")')


async def test_a_part_that_takes_no_acts_ignores_them(browser):
    await browser.does(browser.screen().part(), "whatever")
    assert await browser.scripts() == []


async def test_an_address_is_put_into_a_script_as_a_text(browser):
    screen = browser.screen()
    screen.address("/?text=\u2028'</script>")
    screen.go("/runs/r")
    assert await browser.scripts() == [
        "history.replaceState(history.state, '', \"/?text=\\u2028'</script>\")",
        'location.assign("/runs/r")',
    ]


async def test_the_frame_counts_open_asks_and_is_sent_again_only_when_that_changes(browser):
    screen = browser.screen("/inbox")
    counted: asyncio.Queue[bool] = asyncio.Queue()

    async def heard(runs):
        await counted.put("badge" in html(screen.nav))

    await screen.begin(heard)
    async with asyncio.timeout(10):
        assert await counted.get() is False
        await browser.start("asking", drive=True)
        while not await counted.get():
            pass
    assert '<span class="badge" title="1 open">1</span>' in html(screen.nav)


async def test_a_page_hears_what_moves_until_its_browser_is_gone(tmp_path):
    moved: asyncio.Queue[set[str]] = asyncio.Queue()

    async def heard(runs):
        await moved.put(runs)

    async with browsing(tmp_path / "project") as browser:
        await browser.screen().begin(heard)
        async with asyncio.timeout(10):
            await moved.get()
            run = await browser.start("quiet")
            assert await moved.get() == {run}
        assert len(browser.context.watching._listeners) == 1
    assert browser.context.watching._listeners == set()


async def test_whether_a_run_was_rehearsed_is_read_once(browser):
    real, rehearsed = await browser.start("quiet"), await browser.start("quiet", rehearse=True)
    assert [await browser.context.is_rehearsed(run) for run in (real, rehearsed)] == [False, True]
    browser.ropewalk.store.read = None
    assert [await browser.context.is_rehearsed(run) for run in (real, rehearsed)] == [False, True]


@pytest.mark.parametrize("at", [path for path, _ in PAGES])
def test_the_page_that_is_open_is_marked_and_no_other(at):
    made = str(frame(at, 0, ADA))
    assert made.count('aria-current="page"') == 1
    assert f'<a href="{at}" aria-current="page">' in made


def test_open_asks_stand_at_the_inbox_and_a_name_is_text():
    made = str(frame("/", 12, Person("<b>ada", "viewer", "t1")))
    assert '<span class="badge" title="12 open">12</span>' in made.partition('href="/agents"')[0]
    assert "<b>ada" not in made
    assert "badge" not in frame("/", 0, ADA)
