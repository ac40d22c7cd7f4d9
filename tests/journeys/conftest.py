"""Each journey gets a folder of its own with the real program in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.at_work import BEGUN
from tests.journeys.program import Program


@pytest.fixture
def ropewalk(tmp_path: Path) -> Iterator[Program]:
    folder = tmp_path / "project"
    folder.mkdir()
    program = Program(folder)
    yield program
    program.close()


@pytest.fixture(autouse=True)
def _nothing_goes_on() -> Iterator[None]:
    """Also a journey that fails leaves no program behind, and so no agent."""
    yield
    while BEGUN:
        BEGUN.pop().close()
