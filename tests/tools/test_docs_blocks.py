"""Generated blocks follow the code, nothing else on a page moves, and a wrong marker is named."""

from __future__ import annotations

import pytest

from tools.docs import blocks
from tools.docs.__main__ import main
from tools.docs.blocks import refresh

PAGE = "# Title\n\nby hand\n\n<!-- generated:fruit -->\nold\n<!-- end:fruit -->\n\nby hand too\n"


@pytest.fixture
def book(tmp_path):
    (tmp_path / "docs" / "reference").mkdir(parents=True)
    (tmp_path / "README.md").write_text("# Book\n")
    page = tmp_path / "docs" / "reference" / "page.md"
    page.write_text(PAGE)
    return tmp_path, page


def test_a_block_is_written_anew_and_the_rest_stays(book):
    root, page = book
    outcome = refresh(root, {"fruit": lambda: "pears\n"}, write=True)
    assert outcome.stale == (page,)
    assert not outcome.faults
    assert page.read_text() == PAGE.replace("old", "pears")
    assert refresh(root, {"fruit": lambda: "pears"}, write=False).stale == ()


def test_a_check_names_the_stale_page_and_leaves_it(book):
    root, page = book
    assert refresh(root, {"fruit": lambda: "pears"}, write=False).stale == (page,)
    assert page.read_text() == PAGE


def test_an_unknown_block_is_a_fault_and_stays_as_it_is(book):
    root, page = book
    outcome = refresh(root, {}, write=True)
    assert outcome.faults == ("docs/reference/page.md: no function generates fruit; there are ",)
    assert page.read_text() == PAGE


def test_a_block_that_is_not_closed_is_a_fault(book):
    root, page = book
    page.write_text(PAGE.replace("<!-- end:fruit -->", ""))
    outcome = refresh(root, {"fruit": str}, write=True)
    assert outcome.faults == ("docs/reference/page.md: the block fruit is not closed by <!-- end:fruit -->",)


def test_a_generator_without_a_page_is_a_fault(book):
    root, _ = book
    assert refresh(root, {"fruit": lambda: "old", "nuts": str}, write=False).faults == (
        "nuts is generated but stands on no page",
    )


def test_markers_in_a_code_example_are_text(book):
    root, page = book
    page.write_text("# How\n\n```md\n<!-- generated:NAME -->\n```\n")
    assert not refresh(root, {}, write=False).faults


def test_one_name_has_one_function(monkeypatch):
    monkeypatch.setattr(blocks, "_known", {})
    blocks.generates("fruit")(str)
    with pytest.raises(ValueError, match="two functions generate fruit"):
        blocks.generates("fruit")(lambda: "")


def test_the_pages_of_this_repository_are_up_to_date(capsys):
    code = main(["--check"])
    said = capsys.readouterr()
    assert code == 0, said.out + said.err
