"""Leave a run alone and look after it from a browser: start, watch, reject, amend, abort, also over a server that died."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

pytest.importorskip("nicegui")
pytest.importorskip("playwright")

from playwright.sync_api import Browser, TimeoutError, expect

from tests.journeys.browser import Tab, browser
from tests.journeys.served import Served, project, start

pytestmark = [pytest.mark.needs("chromium", "git"), pytest.mark.counted]
expect.set_options(timeout=30_000)

PLAN = """
name: plan
description: Write a plan and let a person judge it.
inputs:
  topic: {description: What it is about.}
  pages: {type: integer, default: 2}
steps:
  - id: write
    title: Write the plan
    run: |
      echo "# Plan for $ROPEWALK_INPUT_TOPIC, round $ROPEWALK_ROUND" > plan.md
      echo '<script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">' >> plan.md
      echo '[look](javascript:window.hacked=1)' >> plan.md
      cat "$ROPEWALK_FEEDBACK" >> plan.md
      echo the writer has written
    creates: plan.md
    approve: Is the plan good?
  - id: publish
    title: Publish it
    requires: plan.md
    run: cat plan.md
"""
SLOW = """
name: slow
description: Takes its time.
steps:
  - {id: wait, run: [sleep, "600"]}
  - {id: after, needs: [wait], run: "true"}
"""
ENDLESS = "name: broken\nsteps:\n  - {id: first, uses: noop}\n  - {id: breaks, needs: [first], run: 'echo no >&2; exit 3'}\n"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def served(tmp_path) -> Iterator[Served]:
    with project(tmp_path / "project", {"plan": PLAN, "slow": SLOW, "broken": ENDLESS}) as program:
        yield program


def test_a_run_is_started_from_the_form_rejected_amended_and_followed_without_a_reload(served, chromium):
    served.serve()
    watching, answering = served.tab(chromium), served.tab(chromium)
    run = start(watching, "plan", topic="tea")
    page = watching.page
    expect(page.locator(".banner")).to_contain_text("write asks: Is the plan good?")
    expect(page.locator("#box-write")).to_have_class(re.compile("is-waiting"))
    watching.mark()

    # Reject with a reason: the step is done again, with the reason, and is asked about anew.
    inbox = answering.go("/inbox")
    answering.mark()
    expect(inbox.locator(".looks h1")).to_have_text("Plan for tea, round 1")
    assert inbox.evaluate("window.hacked") is None
    assert inbox.locator(".looks script, .looks img, .looks a[href^=javascript]").count() == 0
    inbox.get_by_role("tab", name="Diff").click()
    expect(inbox.locator(".patch .came").first).to_contain_text("# Plan for tea, round 1")
    inbox.keyboard.press("r")
    inbox.locator("textarea[name=reason]").fill("say more about milk")
    inbox.get_by_role("button", name="Reject").click()
    expect(inbox.locator(".looks")).to_contain_text("say more about milk")
    expect(page.locator("#box-write")).to_contain_text("waits for a person")

    # Amend: what was typed becomes the artifact, and is seen before it does.
    inbox.keyboard.press("e")
    editor = inbox.locator("textarea[name=content]")
    editor.fill("# A better plan\n\nwith milk\n")
    expect(inbox.locator(".preview h1")).to_have_text("A better plan")
    inbox.get_by_role("tab", name=re.compile("Your changes")).click()
    expect(inbox.locator(".preview .came").first).to_contain_text("A better plan")
    inbox.get_by_role("button", name="Put this in its place").click()
    expect(inbox.locator(".empty").first).to_contain_text("Nobody waits for you")
    expect(page.locator("h1")).to_contain_text("completed")
    expect(page.locator(".banner")).to_have_count(0)
    assert watching.marked
    assert answering.marked

    # Everything about it: what it said, its rounds, its files, its events.
    expect(page.locator("#line-write .bar")).to_have_count(4)
    page.locator("#line-publish").click()
    expect(page.locator("#box-publish")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("tab", name="Output").click()
    expect(page.locator(".said")).to_contain_text("with milk")
    page.get_by_role("tab", name="Attempts").click()
    expect(page.locator(".tries li")).to_have_count(1)
    page.get_by_role("tab", name="Files").click()
    page.locator("[id='file-plan.md']").click()
    expect(page.locator(".sheet-of .prose h1")).to_have_text("A better plan")
    page.get_by_role("tab", name="Merge").click()
    expect(page.locator(".merged .table")).to_contain_text("write")
    page.locator("#shelf-events").click()
    expect(page.locator(".events > li").first).to_contain_text("run.completed")
    assert watching.marked
    assert not watching.faults + answering.faults
    assert not watching.elsewhere + answering.elsewhere
    answered = [one["event"] for one in served.events(run, "ask.answered")]
    assert [(one["verdict"], one.get("reason", "")) for one in answered] == [
        ("reject", "say more about milk"),
        ("amend", ""),
    ]


def test_a_run_is_aborted_and_a_broken_one_names_its_first_fault_on_a_phone(served, chromium):
    served.serve()
    phone = served.tab(chromium, viewport={"width": 390, "height": 844}, color_scheme="dark")
    run = start(phone, "slow")
    page = phone.page
    expect(page.locator("#box-wait")).to_have_class(re.compile("is-running"))
    phone.mark()
    page.get_by_role("button", name="Abort", exact=True).click()
    page.locator("#abort input[name=reason]").fill("wrong one")
    page.get_by_role("button", name="Abort the run").click()
    expect(page.locator("h1")).to_contain_text("aborted")
    expect(page.locator(".why").first).to_contain_text("wrong one")
    assert phone.marked
    broken = start(phone, "broken")
    expect(page.locator(".banner.bad")).to_contain_text("breaks failed first")
    page.locator(".banner button").click()
    expect(page.locator(".fault")).to_contain_text("exit")
    assert not phone.overflows()
    for path in ("/", "/inbox", "/agents", "/statistics"):
        phone.go(path)
        expect(page.locator("h1")).to_be_visible()
        assert not phone.overflows(), path
    phone.go("/")
    expect(page.locator(f"#run-{run}")).to_contain_text("aborted")
    page.get_by_role("button", name="failed").click()
    expect(page.locator(".run")).to_have_count(1)
    expect(page.locator(f"#run-{broken}")).to_be_visible()
    assert not phone.faults
    assert not phone.elsewhere


def pressed_until_seen(page, key, wanted):
    """A page that is drawn may not listen yet; a person would press again."""
    for _ in range(15):
        page.keyboard.press(key)
        try:
            wanted.wait_for(timeout=1500)
        except TimeoutError:
            continue
        return
    expect(wanted).to_be_visible()


def test_the_page_comes_back_by_itself_after_the_server_was_killed(served, chromium):
    server = served.serve()
    tab = served.tab(chromium)
    run = start(tab, "plan", topic="rain")
    page = tab.page
    page.get_by_role("link", name="Answer", exact=True).click()
    reason = page.locator("textarea[name=reason]")
    pressed_until_seen(page, "r", reason)
    reason.fill("half a sent")
    tab.mark()
    served.kill(server)
    expect(page.locator("#popup")).to_be_visible()
    served.serve()
    page.wait_for_function("window.marked === undefined")
    expect(page.locator(".ask-card")).to_contain_text("Is the plan good?")
    pressed_until_seen(page, "r", reason)
    expect(reason).to_have_value("half a sent")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Approve a").click()
    expect(page.locator(".empty").first).to_contain_text("Nobody waits for you")
    tab.go(f"/runs/{run}")
    expect(page.locator("h1")).to_contain_text("completed")
    versions = [one["version"] for one in served.events(run)]
    assert versions == list(range(1, len(versions) + 1))


def test_the_link_that_is_printed_logs_one_browser_in_once_and_leaves_the_address(served, chromium):
    server = served.serve()
    assert server.stdout is not None
    (link,) = re.findall(r"http://\S+/login\?ticket=\S+", server.stdout.readline())
    tab = Tab(chromium, served.url)
    tab.page.goto(link)
    tab.page.wait_for_selector(".frame header")
    assert tab.page.url == f"{served.url}/"
    assert start(tab, "slow")
    second = Tab(chromium, served.url).page
    second.goto(link)
    expect(second.get_by_role("alert")).to_contain_text("used already")
    second.goto(f"{served.url}/inbox")
    second.wait_for_url(re.compile("/login$"))


def test_whoever_may_only_look_can_tell_nothing_and_a_revoked_token_ends_the_visit(served, chromium):
    token = served.json("token", "create", "--role", "viewer", "--name", "vi")["token"]
    served.serve("--host", "0.0.0.0")
    tab = Tab(chromium, served.url)
    page = tab.page
    page.goto(served.url + "/inbox")
    page.locator("#token").fill(token)
    page.get_by_role("button", name="Log in").click()
    served("run", "plan", "--input", "topic=tea", "--detach")
    tab.go("/inbox")
    expect(page.locator(".who")).to_have_text("vi")
    page.get_by_role("button", name="Approve a").click()
    expect(page.locator(".note.bad")).to_contain_text("vi is viewer, and this needs approver")
    served("token", "revoke", "vi")
    page.locator("#how-source").click()
    page.wait_for_url(re.compile("/login"))


def test_every_other_thing_that_can_be_done_in_the_page(served, chromium):
    served.serve()
    tab = served.tab(chromium)
    page = tab.page
    tab.go("/runs/nowhere")
    expect(page.locator(".empty")).to_contain_text("There is no such run")
    run = steered(tab)
    forked_and_tried_again(tab)
    answered_from_two_sides(served, tab)
    searched(tab, run)
    tab.go("/agents")
    page.locator("#agent-claude button").click()
    expect(page.locator("#agent-claude .line")).to_be_visible()
    tab.go("/statistics")
    page.locator("#span-day").click()
    expect(page.locator(".tile").first).to_contain_text("5")
    assert not tab.faults


def steered(tab):
    """Pause, resume and skip a run that goes on; look at every tab of a step. Gives the run."""
    page = tab.page
    run = start(tab, "slow")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    for part, said in (
        ("prompt", "sleep"),
        ("data", "no outputs"),
        ("diff", "changed no file"),
        ("log", "step.started"),
    ):
        page.locator(f"#part-{part}").click()
        expect(page.locator(f".t-{part}")).to_contain_text(said)
    page.get_by_role("button", name="Skip").click()
    expect(page.locator("h1")).to_contain_text("completed")
    page.locator("#shelf-handoffs").click()
    expect(page.locator(".empty")).to_contain_text("Nothing has been passed on")
    return run


def forked_and_tried_again(tab):
    """Try a run that failed again, and fork it."""
    page = tab.page
    broken = start(tab, "broken")
    page.locator("#part-output").click()
    expect(page.locator(".said")).to_contain_text("no")
    page.locator(".panel").get_by_role("button", name="Retry").click()
    expect(page.locator("#line-breaks .bar")).to_have_count(2)
    page.get_by_role("button", name="Fork from here").click()
    page.wait_for_url(lambda url: broken not in url)
    expect(page.locator(".facts").first).to_contain_text(f"{broken}/breaks")


def answered_from_two_sides(served, tab):
    """Two asks: move between them; one is answered elsewhere meanwhile."""
    page = tab.page
    first, _ = start(tab, "plan", topic="one"), start(tab, "plan", topic="two")
    expect(page.locator(".banner.asks")).to_be_visible()
    tab.go("/inbox")
    expect(page.locator(".ask")).to_have_count(2)
    page.keyboard.press("j")
    expect(page.locator(".ask").nth(1)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("k")
    expect(page.locator(".ask").first).to_have_attribute("aria-pressed", "true")
    page.locator("#how-source").click()
    expect(page.locator(".looks .source")).to_contain_text("# Plan for one")
    served("approve", first, "a1")
    expect(page.locator(".ask")).to_have_count(1)
    expect(page.locator(".looks")).to_contain_text("Plan for two")


def searched(tab, run):
    """Search by the keyboard, filter by workflow, open the form of a new run and leave it again."""
    page = tab.page
    tab.go("/")
    page.keyboard.press("/")
    page.keyboard.type(run)
    expect(page.locator(".run")).to_have_count(1)
    tab.go("/?workflow=plan")
    expect(page.locator(".run")).to_have_count(2)
    page.get_by_role("button", name="Start a run").click()
    page.locator("#pick").select_option("plan")
    page.locator("[name='in:topic']").wait_for()
    page.keyboard.press("Escape")
    page.locator("#starting .button.quiet").click()
    expect(page.locator("#starting")).to_have_count(0)
