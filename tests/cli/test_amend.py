import io
import subprocess
import sys

import pytest

NOTES = (
    "{id: write, creates: [n.md], run: 'echo draft > n.md', approve: {prompt: Good?, show: n.md}}\n"
    "{id: read, requires: [n.md], run: cat n.md}"
)


@pytest.fixture
def asked(ropewalk):
    ropewalk.run(NOTES)
    return ropewalk


def _read(ropewalk):
    assert ropewalk("drive").code == 0
    return ropewalk.json("show", "last")["steps"][1]["outputs"]["stdout"]


def test_a_text_takes_the_place_of_what_was_shown(asked):
    assert "a1: amended n.md" in asked("amend", "last", "--text", "final").out
    assert _read(asked) == "final"


def test_a_file_or_standard_input_does_too(asked, monkeypatch):
    asked.write("better.md", "from a file\n")
    assert asked("amend", "last", "--file", "better.md", "--path", "n.md").code == 0
    assert _read(asked) == "from a file"
    asked.run(NOTES)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"from a pipe\n")))
    assert asked("amend", "last", "--file", "-").code == 0
    assert _read(asked) == "from a pipe"


def test_outputs_are_amended_by_value(ropewalk):
    ropewalk.run("{id: a, run: echo x, approve: Good?}")
    assert ropewalk("amend", "last", "--value", '{"stdout": "y"}').code == 0
    ropewalk("drive")
    assert ropewalk.json("show", "last")["steps"][0]["outputs"]["stdout"] == "y"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_without_any_of_them_the_editor_opens(asked, monkeypatch):
    assert "nothing to amend with" in asked("amend", "last").err
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setenv("VISUAL", "sed -i s/draft/edited/")
    assert asked("amend", "last").code == 0
    assert _read(asked) == "edited"


def test_what_cannot_be_amended_is_refused(asked):
    assert "cannot be read" in asked("amend", "last", "--file", "none.md").err
    assert "is no file that write wrote" in asked("amend", "last", "--text", "x", "--path", "other.md").err
    assert "has no ask a9" in asked("amend", "last", "a9", "--text", "x").err
    asked("approve", "last")
    assert "already answered" in asked("amend", "last", "a1", "--text", "x").err
    asked.run("{id: a, ask: Well?}")
    assert "shows no file" in asked("amend", "last", "--text", "x").err


@pytest.mark.parametrize("words", [("amend", "last"), ("amend", "last", "--file", "-")])
def test_without_standard_input_there_is_nothing_to_amend_with_and_no_bug(asked, words):
    command = ["sh", "-c", 'exec "$@" <&-', "sh", sys.executable, "-m", "ropewalk", *words]
    ended = subprocess.run(command, cwd=asked.folder, capture_output=True, text=True, check=False)
    assert ended.returncode == (2 if len(words) == 2 else 0), ended.stderr
    assert "bug" not in ended.stderr
