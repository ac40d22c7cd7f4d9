"""A secret that a run waits for is given on its page, in a real browser, and is nowhere afterwards."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("nicegui")
pytest.importorskip("playwright")

from playwright.sync_api import expect

from tests.journeys.browser import browser
from tests.journeys.served import project, start

pytestmark = [pytest.mark.needs("chromium", "git")]
expect.set_options(timeout=30_000)

NEEDY = """
name: needy
inputs: {token: {secret: true}}
steps:
  - {id: first, run: 'until test -e "$HOME/.ropewalk/go"; do sleep 0.05; done'}
  - {id: uses, needs: [first], run: 'echo "$T"; test -n "$T"', secrets: {T: token}}
"""


def test_a_value_that_a_run_waits_for_after_a_crash_is_given_on_its_page_and_stands_nowhere(tmp_path):
    with project(tmp_path / "project", {"needy": NEEDY}) as served, browser() as chromium:
        canary = "canary/of+page-5ec2e7"
        process = served.serve()
        tab = served.tab(chromium)
        run = start(tab, "needy", token=canary)
        page = tab.page
        expect(page.locator("#box-first")).to_have_class(re.compile("is-running"))
        served.kill(process)
        (served.folder / ".ropewalk" / "go").touch()
        served.serve()
        tab.go(f"/runs/{run}")
        field = page.locator("#secrets input")
        expect(field).to_have_attribute("type", "password")
        expect(page.locator("#secrets")).to_contain_text("token")
        field.fill("short")
        page.get_by_role("button", name="Give and go on").click()
        expect(page.locator("body")).to_contain_text("shorter than 8")
        page.locator("#secrets input").fill(canary)
        page.get_by_role("button", name="Give and go on").click()
        expect(page.locator("h1")).to_contain_text("completed")
        assert page.locator("#secrets").count() == 0
        assert canary not in page.content()
        assert not tab.faults
        kept = [path for path in served.folder.rglob("*") if path.is_file()]
        assert [path for path in kept if canary.encode() in path.read_bytes()] == []
