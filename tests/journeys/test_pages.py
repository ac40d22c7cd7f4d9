"""Anybody who follows a page of the documentation, word for word, gets where it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.page import Reader, blocks, examples

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TRIED = [page for page in PAGES if any("file" in block.said for block in blocks(page))]


@pytest.mark.needs("git")
@pytest.mark.parametrize("page", TRIED, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_can_be_followed(page, tmp_path):
    Reader(tmp_path).follow(page)


@pytest.mark.parametrize("name", examples(PAGES))
def test_a_page_gives_an_example_as_it_is(name):
    assert examples(PAGES)[name] == (ROOT / "examples" / name).read_text(encoding="utf-8")


def test_the_pages_that_teach_are_among_them():
    tried = {page.relative_to(ROOT).as_posix() for page in TRIED}
    assert {"README.md", "docs/tutorial/first-workflow.md"} <= tried
