"""A real browser for journeys: Debian's Chromium, driven by Playwright, that may talk to this host only."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, Page, Request, sync_playwright

PATIENCE_MS = 30_000
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def browser() -> Iterator[Browser]:
    found = next(p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n)))
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=QUIET)
        try:
            yield opened
        finally:
            opened.close()


class Tab:
    """A page that keeps what went wrong in it and whom it asked; `mark` shows later that it was never loaded anew."""

    def __init__(self, opened: Browser, url: str, **how: object) -> None:
        self.page: Page = opened.new_context(**how).new_page()  # type: ignore[arg-type]
        self.page.set_default_timeout(PATIENCE_MS)
        self.url = url
        self.faults: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:", "about:")):
            self.elsewhere.append(request.url)

    def go(self, path: str) -> Page:
        """Where the server has just come back, the page that is open loads itself anew, and that may take our place: go again."""
        try:
            self.page.goto(self.url + path)
        except Error as fault:
            if "net::ERR_ABORTED" not in fault.message:
                raise
            self.page.goto(self.url + path)
        self.page.wait_for_selector(".frame header")
        return self.page

    def mark(self) -> None:
        self.page.evaluate("window.marked = true")

    @property
    def marked(self) -> bool:
        return bool(self.page.evaluate("window.marked === true"))

    def overflows(self) -> bool:
        """Whether it has to be moved sideways to be read."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1"))
