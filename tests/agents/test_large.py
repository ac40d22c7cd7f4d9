"""A large value is made a text once and written once, however many attempts are given it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from ropewalk.agents import large
from ropewalk.agents.large import Text, place, text_of
from ropewalk.rendering import as_text


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large, "_texts", {})
    monkeypatch.setattr(large, "_written", {})


def placed(folder: Path, text: str, name: str) -> Path:
    file = folder / name / "V"
    (folder / name).mkdir(exist_ok=True)
    place(Text(text, len(text)), file, folder / ".values")
    return file


def test_a_large_value_is_made_a_text_once():
    made: list[Any] = []

    def text(value: Any) -> str:
        made.append(value)
        return as_text(value)

    value, small = list(range(1000)), [1]
    for _ in range(100):
        assert text_of(value, text, 100).text == as_text(value)
        assert text_of(small, text, 100) == Text("[1]", 3)
    assert made.count(value) == 1
    assert text_of("é" * 10, as_text, 100).size == 20


def test_only_a_few_are_remembered():
    values = [[n] * 100 for n in range(50)]
    for value in values:
        assert text_of(value, as_text, 10).text == as_text(value)
    assert len(large._texts) == large.REMEMBERED


def test_all_attempts_of_a_run_share_one_file_that_nobody_writes(tmp_path: Path):
    files = [placed(tmp_path, "x" * 1000, f"a{n}") for n in range(20)]
    assert {file.read_text() for file in files} == {"x" * 1000}
    assert len({file.stat().st_ino for file in files}) == 1
    assert files[0].stat().st_mode & 0o222 == 0
    other = placed(tmp_path, "y", "other")
    assert other.read_text() == "y"
    assert placed(tmp_path, "z", "other").read_text() == "z"


def test_what_an_attempt_changed_all_the_same_reaches_no_later_one(tmp_path: Path):
    first = placed(tmp_path, "right", "a")
    first.chmod(0o644)
    first.write_text("wrong and longer")
    assert placed(tmp_path, "right", "b").read_text() == "right"
    (shared,) = (tmp_path / ".values").iterdir()
    shared.unlink()
    assert placed(tmp_path, "right", "c").read_text() == "right"


@pytest.mark.parametrize("links", [0, 3])
def test_a_file_that_has_as_many_names_as_it_may_have_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: int
):
    link = os.link

    def few(source: Path, target: Path) -> None:
        if os.stat(source).st_nlink > links:
            raise OSError(errno.EMLINK, "Too many links")
        link(source, target)

    monkeypatch.setattr(os, "link", few)
    files = [placed(tmp_path, "text", f"a{n}") for n in range(10)]
    assert [file.read_text() for file in files] == ["text"] * 10
    assert len({file.stat().st_ino for file in files}) == (10 if links == 0 else 4)
