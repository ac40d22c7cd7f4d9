"""What a rehearsal writes is valid for its kind of file, whatever stands in titles, names and inputs; none of that becomes code."""

from __future__ import annotations

import ast
import csv
import io
import json
import subprocess
import tomllib
from pathlib import Path

import pytest

from ropewalk.agents.placeholder import addition, concrete, placeholder
from ropewalk.core.work import Brief, Feedback
from ropewalk.definition.workflow import Ref, Role
from ropewalk.testing.briefs import brief
from ropewalk.yaml.reading import yaml_document

HOSTILE = (
    "plain",
    "two\nlines",
    "x\ntouch pwned\n",
    "x\r\ntouch pwned",
    "x\u2028alert(1)",
    "x\x85y\x0cz",
    "\x07\x1b[31m\x00",
    '"quoted" and \'single\' and """three"""',
    "</p><script>alert(1)</script> --> x",
    "a, b; c | d `touch pwned` $(touch pwned)",
    "\U0001f600 \u202eevil",
    "",
)


def asked(text: str) -> Brief:
    return brief(
        title=text, role=Role(title=text), inputs={"idea": text}, feedback=(Feedback("gate", text, (text,)),)
    )


def both(path: str, text: str) -> list[str]:
    """A new file, and one that was updated twice."""
    new = placeholder(path, asked(text))
    return [new, addition(path, asked(text), addition(path, asked(text), new))]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_shell_script_runs_nothing(text: str, tmp_path: Path):
    for script in both("run.sh", text):
        subprocess.run(["sh", "-c", script], cwd=tmp_path, check=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_python_is_a_docstring_and_one_constant(text: str):
    for source in both('a"""b.py', text):
        docstring, origin = ast.parse(source).body
        assert isinstance(docstring, ast.Expr)
        assert isinstance(origin, ast.Assign)
        facts = ast.literal_eval(origin.value)
        assert all(not "\ud800" <= letter <= "\udfff" for letter in facts["input idea"])


@pytest.mark.parametrize("path", ["a.js", "a.go", "a.c"])
@pytest.mark.parametrize("text", HOSTILE)
def test_code_with_slashes_is_comments_only(path: str, text: str):
    for source in both(path, text):
        assert all(line.startswith("//") for line in source.splitlines() if line)


@pytest.mark.parametrize("text", HOSTILE)
def test_data_can_be_read(text: str):
    for source in both("a.json", text):
        assert json.loads(source)["rehearsed"] is True
    for source in both("a.toml", text):
        assert tomllib.loads(source) == {"rehearsed": True}
    for source in both("a.yaml", text):
        assert yaml_document(source).data == {"rehearsed": True}
    for source in both("a.csv", text):
        assert {len(row) for row in csv.reader(io.StringIO(source))} == {2}


@pytest.mark.parametrize("text", HOSTILE)
def test_html_holds_no_element_of_somebody_elses_making(text: str):
    for source in both("a.html", text):
        assert "<script" not in source
        assert "-->" not in source


@pytest.mark.parametrize("text", HOSTILE)
def test_a_document_keeps_its_headings(text: str):
    new, updated = both("docs/plan.md", text)
    assert [line for line in new.splitlines() if line.startswith("#")] == [
        "# Plan",
        "## Summary",
        "## Where it comes from",
        "## What came back and was looked at",
    ]
    assert updated.count("## Rehearsed: build") == 2


@pytest.mark.parametrize(
    "path", ["a.md", "a.json", "a.py", "a.html", "a.csv", "a.toml", "a.sh", "a", "a.unknown"]
)
def test_nothing_that_is_written_is_empty_and_an_empty_file_is_written_anew(path: str):
    assert placeholder(path, brief()).strip()
    assert addition(path, brief(), " \n") == placeholder(path, brief())


def test_json_that_holds_something_else_is_kept():
    assert json.loads(addition("a.json", brief(), "[1]"))[0] == 1
    assert json.loads(addition("a.json", brief(), '{"a": 1}'))["a"] == 1
    assert json.loads(addition("a.json", brief(), "no json"))["rehearsed"] is True


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("docs/plan.md", "docs/plan.md"),
        ("docs/", "docs/build.md"),
        ("docs/*.md", "docs/build.md"),
        ("docs/**", "docs/build"),
        ("docs/**/*.md", "docs/build.md"),
        ("v?.txt", "vx.txt"),
    ],
)
def test_a_folder_and_a_pattern_become_a_file(name: str, path: str):
    assert concrete(Ref(name), brief()) == path
    assert concrete(Ref("", any_of=(name, "other")), brief()) == path


def test_an_items_key_is_no_path():
    assert concrete(Ref("out/*.txt"), brief(step="each[../../x]")) == "out/each-..-..-x.txt"


def test_stars_with_dots_between_them_are_numbers_and_the_last_is_the_round():
    assert concrete(Ref("docs/*.*.story.md"), brief(round=2)) == "docs/1.2.story.md"
    assert concrete(Ref("docs/*.md"), brief(round=2)) == "docs/build.md"
