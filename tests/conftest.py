"""What every test may ask for. A test names what it cannot run without (`@pytest.mark.needs("node")`); where that is
missing it skips with the reason and the enabling command. Under ROPEWALK_REQUIRE_ALL=1 a skip is a failure, but for files of
other people, which no command brings."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import coverage
import pytest

import ropewalk
from ropewalk.agents import bubblewrap
from tests.agent_programs import AGENT_PROGRAMS

REAL_DATA = Path(__file__).parents[2] / "shared" / "data"
"""Files that other people wrote, where somebody has put them next to this checkout; they are not part of it."""


class Need(NamedTuple):
    """Something that a fresh machine may lack: how to see it, what is said without it, what brings it.

    What is not `ours` can be installed by nobody, so that a test may skip for it everywhere.
    """

    here: Callable[[], bool]
    reason: str
    enable: str
    ours: bool = True


def on_path(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def git_is_new_enough() -> bool:
    if not shutil.which("git"):
        return False
    said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"(\d+)\.(\d+)", said)
    return version is not None and (int(version[1]), int(version[2])) >= (2, 38)


def agents_are_here() -> bool:
    names = ("claude-agent-acp", "codex-acp", "opencode", "gemini")
    return bool(shutil.which("node")) and all((AGENT_PROGRAMS / name).exists() for name in names)


def new_pid_space() -> bool:
    """Whether a program can be run in a PID namespace of its own, with a /proc of it."""
    if not on_path("unshare")():
        return False
    argv = ["unshare", "--pid", "--fork", "--mount-proc", "true"]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


NEEDS: dict[str, Need] = {
    "agents": Need(agents_are_here, "the agent programs of package.json are not installed", "make agents"),
    "bwrap": Need(
        lambda: bubblewrap.fault() is None,
        "no bubblewrap on the PATH, or it may not make namespaces here",
        "apt-get install bubblewrap, and allow user namespaces",
    ),
    "chromium": Need(
        on_path("chromium", "chromium-browser", "google-chrome"),
        "no Chromium or Chrome on the PATH",
        "apt-get install chromium chromium-driver",
    ),
    "data": Need(
        REAL_DATA.is_dir,
        "the files that other people wrote are not next to this checkout",
        "put workflows/ and templates/ into ../shared/data",
        ours=False,
    ),
    "faketime": Need(on_path("faketime"), "no faketime on the PATH", "apt-get install faketime"),
    "git": Need(git_is_new_enough, "no git 2.38 or newer on the PATH", "apt-get install git"),
    "linux": Need(
        lambda: sys.platform == "linux", "it looks at what only Linux has", "run the tests on Linux"
    ),
    "node": Need(on_path("node"), "no Node.js on the PATH", "apt-get install nodejs npm"),
    "namespaces": Need(
        new_pid_space, "no new PID namespace may be made here", "run the tests as root, with util-linux"
    ),
    "root": Need(lambda: os.geteuid() == 0, "it is not run by root", "run the tests as root in a container"),
}

EXCUSED = pytest.StashKey[bool]()
TESTERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT") or 1)
REQUIRE_ALL = os.environ.get("ROPEWALK_REQUIRE_ALL", "") not in ("", "0")


@pytest.fixture(autouse=True, scope="session")
def state_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What ropewalk keeps in mind of its user is kept elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@cache
def is_here(name: str) -> bool:
    return NEEDS[name].here()


CHILDREN = "COVERAGE_PROCESS_CONFIG"
"""By this variable coverage measures a Python that a test starts. That doubles what the start costs, so it is taken away
but for tests that ask for it: those whose programs run lines that no test runs in its own process."""
MEASURING = pytest.StashKey[str]()


def measure_children(item: pytest.Item) -> None:
    """Leave the variable, which coverage sets at some time of its own, to the tests that are marked `counted`."""
    if set_now := os.environ.pop(CHILDREN, None):
        item.config.stash[MEASURING] = set_now
    if item.get_closest_marker("counted") and MEASURING in item.config.stash:
        os.environ[CHILDREN] = item.config.stash[MEASURING]


def pytest_runtest_setup(item: pytest.Item) -> None:
    measure_children(item)
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            if name not in NEEDS:
                known = ", ".join(sorted(NEEDS))
                pytest.fail(
                    f"needs({name!r}) is not in the table of tests/conftest.py: {known}", pytrace=False
                )
            if not is_here(name):
                item.stash[EXCUSED] = not NEEDS[name].ours
                pytest.skip(f"{NEEDS[name].reason}; to enable it: {NEEDS[name].enable}")


def no_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure that keeps the reason; an expected failure stays what it is."""
    if REQUIRE_ALL and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"ROPEWALK_REQUIRE_ALL is set and this was not run. {reason}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is tried with chance, again and again, runs lines that other tests run once: it is not measured, which doubles
    what it takes."""
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker("no_cover")
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items[:] = spread(items)


def spread(items: list[pytest.Item]) -> list[pytest.Item]:
    """The journeys, which wait for programs most of their time, file by file among the other tests, and none of them last: each
    tester has its share of them, and computes while others wait."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    slow = [tests for path, tests in files.items() if path.parent.name == "journeys"]
    quick = [tests for path, tests in files.items() if path.parent.name != "journeys"]
    count = sum(map(len, quick))
    # Each tester begins with a part of the list as long as every other's, and takes from the ends of others' when it is through.
    due = sorted(
        (number % TESTERS + 0.8 * (number // TESTERS) / (len(slow) / TESTERS)) / TESTERS * count
        for number in range(len(slow))
    )
    ordered: list[pytest.Item] = []
    for tests in quick:
        while slow and len(ordered) >= due[0]:
            ordered += slow.pop(0)
            due.pop(0)
        ordered += tests
    return [*ordered, *(item for tests in slow for item in tests)]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Measure what the package does when it is imported, and not how the tests are collected: tracing that takes twice as
    long as the collection itself, in each process that tests."""
    measuring = coverage.Coverage.current()
    if measuring is not None:
        for module in pkgutil.walk_packages(ropewalk.__path__, "ropewalk."):
            if not module.name.endswith(".__main__"):
                importlib.import_module(module.name)
        measuring.stop()
    yield
    if measuring is not None:
        measuring.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report: pytest.TestReport = yield  # type: ignore[assignment]
    if not item.stash.get(EXCUSED, False):
        no_skip(report)
    return report  # type: ignore[return-value]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report: pytest.CollectReport = yield  # type: ignore[assignment]
    no_skip(report)
    return report  # type: ignore[return-value]
