"""Paths that are filled in: names go in, and nothing that leads out, means other files or is git's own."""

from __future__ import annotations

import pytest

from ropewalk.errors import TemplateError
from ropewalk.rendering.paths import path_pattern, render_path


@pytest.mark.parametrize(
    ("template", "value", "path"),
    [
        ("out/{{ x }}.txt", "a", "out/a.txt"),
        ("out/{{ x }}.txt", "a/b c", "out/a/b c.txt"),
        ("out/{{ x.id }}.md", {"id": 7}, "out/7.md"),
        ("out/{{ x }}/*.md", "a", "out/a/*.md"),
        ("out/*.txt", None, "out/*.txt"),
    ],
)
def test_a_path_takes_in_names_and_keeps_its_own_pattern(template, value, path):
    assert render_path(template, {"x": value}) == path


@pytest.mark.parametrize(
    "value",
    ["../x", "a/../../x", "*", "a?", "[ab]", "a\nb", "a\\b", "\0", [1], {"a": 1}, None, "x" * 2000],
)
def test_a_value_that_is_no_part_of_a_path_is_refused(value):
    with pytest.raises(TemplateError):
        render_path("out/{{ x }}.txt", {"x": value})


@pytest.mark.parametrize("value", ["", "x" * 256, "é" * 130])
def test_a_name_that_is_empty_or_longer_than_a_file_system_takes_is_refused(value):
    with pytest.raises(TemplateError):
        render_path("docs/{{ x }}", {"x": value})


@pytest.mark.parametrize("value", ["a//b", "./a", "a/."])
def test_a_path_with_an_empty_name_is_refused(value):
    with pytest.raises(TemplateError):
        render_path("{{ x }}", {"x": value})


@pytest.mark.parametrize("value", ["/etc/passwd", ".git/config", "a/.GIT/hooks/x", "..", ""])
def test_a_whole_path_that_leads_out_or_is_gits_own_is_refused(value):
    with pytest.raises(TemplateError):
        render_path("{{ x }}", {"x": value})


def test_what_is_filled_in_stands_for_anything_in_a_pattern():
    assert path_pattern("out/{{ x }}-{% if y %}a{% endif %}.txt") == "out/*-*a*.txt"
    assert path_pattern("out/a.txt") == "out/a.txt"
