"""The gate says what it lacks: a skip names what enables it, nothing skips where all is required, and an interpreter
that is too old is refused with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

SUITE = """
import pytest

@pytest.mark.needs("moon")
def test_that_needs_the_moon():
    assert False, "it ran"

@pytest.mark.needs("stars")
def test_that_needs_what_nobody_can_bring():
    assert False, "it ran"

def test_that_skips_by_itself():
    pytest.skip("no tide")

@pytest.mark.xfail(reason="not yet", strict=True)
def test_that_is_known_to_fail():
    assert False

def test_that_passes():
    pass
"""

MOON = """
NEEDS["moon"] = Need(lambda: False, "there is no moon", "wait for the night")
NEEDS["stars"] = Need(lambda: False, "the stars are other people's", "ask them", ours=False)
"""


@pytest.fixture
def suite(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = needs\n")
    (tmp_path / "conftest.py").write_text((ROOT / "tests" / "conftest.py").read_text() + MOON)
    (tmp_path / "test_sea.py").write_text(SUITE)

    def run(**environment: str) -> subprocess.CompletedProcess[str]:
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "ROPEWALK"))
        }
        return subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-rsf",
                "-p",
                "no:cacheprovider",
                "-p",
                "no:xdist",
                str(tmp_path),
            ],
            cwd=tmp_path,
            env={**clean, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_test_that_lacks_something_skips_and_says_what_brings_it(suite):
    done = suite()
    assert done.returncode == 0, done.stdout
    assert "1 passed, 3 skipped, 1 xfailed" in done.stdout
    assert "there is no moon; to enable it: wait for the night" in done.stdout


def test_where_all_is_required_a_skip_is_a_failure(suite):
    done = suite(ROPEWALK_REQUIRE_ALL="1")
    assert done.returncode == 1, done.stdout
    assert "1 failed, 1 passed, 1 skipped, 1 xfailed, 1 error" in done.stdout
    assert "there is no moon" in done.stdout
    assert "no tide" in done.stdout
    assert "the stars are other people's; to enable it: ask them" in done.stdout


def test_an_interpreter_that_is_too_old_is_refused_with_a_sentence(tmp_path):
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "--no-print-directory", f"PYTHON={old}", f"VENV={tmp_path}/venv", "demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "ropewalk needs Python 3.11 or newer" in done.stderr
    assert "Python 3.9.2" in done.stderr
    assert "make PYTHON=python3.12 demo" in done.stderr
