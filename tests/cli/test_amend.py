import io
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
    monkeypatch.setenv("EDITOR", "true")
    assert "Nothing was changed" in asked("amend", "last").err
    monkeypatch.setenv("EDITOR", "false")
    assert "ended with exit code 1" in asked("amend", "last").err
    monkeypatch.setenv("VISUAL", "no-such-editor")
    assert "cannot be started" in asked("amend", "last").err
    monkeypatch.setenv("VISUAL", "sed -i s/draft/edited/")
    assert asked("amend", "last").code == 0
    assert _read(asked) == "edited"


def test_an_editor_is_looked_for_where_none_is_set(asked, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert "There is no editor" in asked("amend", "last").err
    monkeypatch.setattr("shutil.which", lambda name: "x" if name == "vi" else None)
    monkeypatch.setattr("subprocess.run", lambda argv, check: type("Ended", (), {"returncode": len(argv)}))
    assert "vi ended with exit code 2" in asked("amend", "last").err


def test_what_cannot_be_amended_is_refused(asked):
    assert "cannot be read" in asked("amend", "last", "--file", "none.md").err
    assert "is not what was shown" in asked("amend", "last", "--text", "x", "--path", "other.md").err
    assert "has no ask a9" in asked("amend", "last", "a9", "--text", "x").err
    asked("approve", "last")
    assert "already answered" in asked("amend", "last", "a1", "--text", "x").err
    asked.run("{id: a, ask: Well?}")
    assert "shows no file" in asked("amend", "last", "--text", "x").err
