"""A person's own editor changes what is shown, byte for byte; an editor that fails changes nothing."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from ropewalk.cli.editing import edit
from ropewalk.errors import UsageError


class Editors:
    """Programs that stand for a person who edits, in the only folder of the PATH but for those of the system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes = folder / "notes"

    def write(self, name: str, script: str) -> Path:
        """A program that gets the file as its last argument, in `$file`."""
        path = self.folder / name
        path.write_text(f'#!/bin/sh\nfor file; do :; done\nnotes="{self.notes}"\n{script}\n')
        path.chmod(0o755)
        return path


@pytest.fixture
def editors(tmp_path, monkeypatch) -> Editors:
    folder = tmp_path / "my editors"
    folder.mkdir()
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    return Editors(folder)


def test_what_the_editor_saves_is_the_new_version(editors, monkeypatch):
    path = editors.write("ed", 'echo more >> "$file"')
    monkeypatch.setenv("EDITOR", f"'{path}'")
    assert edit(b"draft\n", "n.md") == b"draft\nmore\n"


@pytest.mark.parametrize(
    "before", [b"", b"\xff\xfe\0", "größe \u202e".encode(), b"a\r\nb\r", b"x" * 1_000_000]
)
def test_what_is_not_edited_stays_as_it_was_to_the_byte(monkeypatch, before):
    monkeypatch.setenv("EDITOR", "true")
    assert edit(before, "n.md") == before


def test_visual_goes_before_editor_and_words_of_either_before_the_file(editors, monkeypatch):
    path = editors.write("ed", 'printf "%s\\n" "$@" > "$notes"')
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", f"'{path}' --wait 'two words'")
    edit(b"", "größe ü.md")
    *words, file = editors.notes.read_text().splitlines()
    assert words == ["--wait", "two words"]
    assert Path(file).name == "größe ü.md"


def test_an_empty_setting_is_none(editors, monkeypatch):
    monkeypatch.setenv("VISUAL", "  ")
    monkeypatch.setenv("EDITOR", "true")
    assert edit(b"x", "n.md") == b"x"


def test_nobody_else_may_look_on_and_nothing_is_left(editors, monkeypatch):
    path = editors.write(
        "ed", 'stat -c %a "$(dirname "$file")" > "$notes"; dirname "$file" >> "$notes"; touch "$file~"'
    )
    monkeypatch.setenv("EDITOR", f"'{path}'")
    edit(b"x", "n.md")
    mode, folder = editors.notes.read_text().splitlines()
    assert mode == "700"
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ('echo half > "$file"; exit 3', "ended with exit code 3"),
        ('echo half > "$file"; kill -KILL $$', "ended with exit code -9"),
        ('rm "$file"', r"left no n\.md"),
        ('rm "$file"; mkdir "$file"', r"left no n\.md"),
    ],
)
def test_what_a_failed_editor_saved_does_not_count(editors, monkeypatch, script, reason):
    monkeypatch.setenv("EDITOR", f"'{editors.write('ed', script)}'")
    with pytest.raises(UsageError, match=reason) as refused:
        edit(b"x", "n.md")
    assert refused.value.how == "nothing was answered"


@pytest.mark.parametrize("editor", ["no-such-editor", "/etc", "./none", "ed '"])
def test_an_editor_that_cannot_be_started_is_named_with_what_to_do(editors, monkeypatch, editor):
    monkeypatch.setenv("EDITOR", editor)
    with pytest.raises(UsageError, match=f"{editor} cannot be started") as refused:
        edit(b"x", "n.md")
    assert refused.value.how == "set EDITOR, or use --file or --text"


@pytest.mark.parametrize(
    ("installed", "chosen"), [(("nano", "vim", "vi"), "nano"), (("vi", "vim"), "vim"), (("vi",), "vi")]
)
def test_where_none_is_set_the_easiest_one_that_is_installed_opens(editors, monkeypatch, installed, chosen):
    for name in installed:
        editors.write(name, f'echo {name} > "$notes"')
    monkeypatch.setenv("PATH", str(editors.folder))
    edit(b"x", "n.md")
    assert editors.notes.read_text() == f"{chosen}\n"


def test_where_there_is_none_at_all_that_is_told(editors, monkeypatch):
    monkeypatch.setenv("PATH", str(editors.folder))
    with pytest.raises(UsageError, match="There is no editor"):
        edit(b"x", "n.md")


class TypedInput(io.StringIO):
    """A person is there who can edit."""

    def isatty(self) -> bool:
        return True


TWO = "{id: write, creates: [a.md, sub/b.md], run: 'mkdir -p sub; echo a > a.md; echo b > sub/b.md', approve: {prompt: Good?, show: [a.md, sub/b.md]}}"


def test_of_several_files_each_is_opened_and_those_that_were_changed_are_amended(
    ropewalk, editors, monkeypatch
):
    path = editors.write("ed", 'cat "$file" >> "$notes"; sed -i.old s/b/better/ "$file"')
    monkeypatch.setattr(sys, "stdin", TypedInput())
    monkeypatch.setenv("EDITOR", f"'{path}'")
    ropewalk.run(TWO)
    assert "a1: amended sub/b.md. " in ropewalk("amend", "last").out
    assert editors.notes.read_text() == "a\nb\n"
    assert ropewalk("artifacts", "last", "sub/b.md").out == "better\n"
    assert ropewalk("artifacts", "last", "a.md").out == "a\n"


def test_an_ask_stays_open_where_nothing_was_changed(ropewalk, editors, monkeypatch):
    monkeypatch.setattr(sys, "stdin", TypedInput())
    monkeypatch.setenv("EDITOR", "true")
    ropewalk.run(TWO)
    ended = ropewalk("amend", "last")
    assert (ended.code, "Nothing was changed" in ended.err) == (2, True)
    assert [opened["ask"] for opened in ropewalk.json("inbox")["asks"]] == ["a1"]


@pytest.mark.needs("git")
def test_what_is_edited_is_what_was_committed_and_not_what_stands_in_the_checkout(
    repository, editors, monkeypatch
):
    path = editors.write("ed", 'cat "$file" > "$notes"; echo new > "$file"')
    repository.run(
        "{id: write, updates: [f.txt], run: 'echo of the run > f.txt', approve: {prompt: Good?, show: f.txt}}"
    )
    monkeypatch.setattr(sys, "stdin", TypedInput())
    monkeypatch.setenv("EDITOR", f"'{path}'")
    assert repository("amend", "last").code == 0
    assert editors.notes.read_text() == "of the run\n"
    assert (repository.folder / "f.txt").read_text() == "base\n"
