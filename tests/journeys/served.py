"""A project whose doors are open on a port that stays the same, and what somebody does there in a browser."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from tests.journeys.browser import Tab
from tests.journeys.program import Program, until


class Served(Program):
    """The program with its doors open on a port that stays the same."""

    def serve(self, *words: str) -> subprocess.Popen[str]:
        process = self.begin("serve", "--port", self.port, *words)
        assert process.stdout is not None
        until(lambda: "is open at" in (process.stdout.readline() if process.stdout else ""), "the door")
        return process

    def tab(self, chromium: Browser, **how: object) -> Tab:
        """A browser of somebody who logs in with the token of this host."""
        tab = Tab(chromium, self.url, **how)
        tab.page.goto(f"{self.url}/login")
        tab.page.locator("#token").fill((self.folder / ".ropewalk" / "serve.token").read_text().strip())
        tab.page.get_by_role("button", name="Log in").click()
        tab.page.wait_for_selector(".frame header")
        return tab

    def stop(self) -> None:
        """As the one who runs it stops it, so that the program ends by itself."""
        for process in self._begun:
            if process.returncode is None:
                process.terminate()
                process.communicate(timeout=30)

    @property
    def port(self) -> str:
        if not hasattr(self, "_port"):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self._port = str(free.getsockname()[1])
        return self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def project(folder: Path, workflows: Mapping[str, str]) -> Iterator[Served]:
    """A repository with these workflows."""
    folder.mkdir()
    program = Served(folder)
    for name, text in workflows.items():
        program.write(f"workflows/{name}.yaml", text)
    program.write("README.md", "# A project\n")
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "Begin"]):
        subprocess.run([*git, *words], cwd=folder, env=program.environment, check=True)
    try:
        yield program
        program.stop()
    finally:
        program.close()


def start(tab: Tab, workflow: str, **fields: str) -> str:
    """Start a run from the form and give its id."""
    page = tab.go("/")
    page.get_by_role("button", name="Start a run").click()
    page.locator("#pick").select_option(workflow)
    for name, value in fields.items():
        page.locator(f"[name='in:{name}']").fill(value)
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url(re.compile("/runs/"))
    return page.url.partition("/runs/")[2].partition("?")[0]
