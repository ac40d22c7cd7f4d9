"""Patterns of paths."""

from __future__ import annotations

import pytest

from ropewalk.workspace.judging.globs import chosen, fits, leads_out


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("a.py", "a.py"),
        ("./a.py", "a.py"),
        ("src/*.py", "src/a.py"),
        ("src/**", "src/a/b/c.py"),
        ("**/a.py", "a.py"),
        ("**/a.py", "x/y/a.py"),
        ("src/**/test_?.py", "src/x/test_a.py"),
        ("[ab].py", "b.py"),
    ],
)
def test_a_pattern_fits(pattern, path):
    assert fits(path, pattern)
    assert chosen(path, [pattern])


@pytest.mark.parametrize(
    ("pattern", "path"), [("a.py", "x/a.py"), ("src/*.py", "src/x/a.py"), ("src", "src/a.py"), ("**/b", "a")]
)
def test_a_pattern_fits_only_whole_paths(pattern, path):
    assert not fits(path, pattern)


def test_a_choice_takes_folders_whole_and_names_anywhere():
    assert chosen("golden/a/b.txt", ["golden/"])
    assert chosen("x/conftest.py", ["conftest.py"])
    assert not chosen("x/y.py", ["z/y.py", "x/z"])
    assert not chosen("x/y.py", [])


@pytest.mark.parametrize("pattern", ["../x", "/etc", "~/x", "a/../b", "", ".", "a\0"])
def test_a_pattern_may_not_lead_out(pattern):
    assert leads_out(pattern)
    assert not leads_out("a/b*")


def test_many_stars_are_quick():
    assert not fits("/".join("a" * 40), "/".join(["**", "a"] * 20) + "/b")
