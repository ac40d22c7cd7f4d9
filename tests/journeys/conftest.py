"""Each journey gets a folder of its own with the real program in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.program import Program


@pytest.fixture
def weft(tmp_path: Path) -> Iterator[Program]:
    folder = tmp_path / "project"
    folder.mkdir()
    program = Program(folder)
    yield program
    program.close()
