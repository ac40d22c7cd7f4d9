"""Files of other systems that the importer is tried on: our own below tests/data, and real ones where they are at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REAL_DATA

DATA = Path(__file__).parents[1] / "data"


def samples(kind: str, *endings: str) -> list[Any]:
    """Paths as parameters of a test; the place of the real ones is kept by a skip where they are not at hand."""
    found: list[Any] = []
    for folder in (DATA, REAL_DATA):
        files = [path for ending in endings for path in sorted((folder / kind).glob(f"*{ending}"))]
        found += [pytest.param(path, id=path.stem) for path in files]
    if not (REAL_DATA / kind).is_dir():
        found.append(pytest.param(None, id="real ones", marks=pytest.mark.needs("data")))
    return found
