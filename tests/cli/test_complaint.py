"""Every error is a sentence with what to do about it, as text or as one JSON object; only a bug of ropewalk leaves a file."""

from __future__ import annotations

import errno
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from ropewalk.cli import exits
from ropewalk.cli.complaint import complain, shown
from ropewalk.cli.main import main
from ropewalk.definition.fault import Fault
from ropewalk.errors import GateError, InvalidDefinition, NoSuchRun, NotLanded, UsageError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch) -> Path:
    """The current folder, and apart from it the one in which reports are left."""
    (tmp_path / "work").mkdir()
    (tmp_path / "reports").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "reports"))
    return tmp_path / "work"


def reports(folder: Path) -> list[Path]:
    return list((folder.parent / "reports").iterdir())


def test_an_error_is_told_in_its_own_words_next_to_the_output(capsys, folder):
    assert complain(NoSuchRun(run="r7"), ["show", "r7"]) == exits.BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "ropewalk: There is no run r7 in this store.\n"
        "      `ropewalk runs` lists them; a unique beginning of an id is enough\n"
    )
    assert reports(folder) == []


def test_an_error_without_a_hint_is_one_line(capsys):
    complain(GateError(gate="g", reason="it is gone"), [])
    assert capsys.readouterr().err == "ropewalk: The gate g cannot judge: it is gone.\n"


def test_as_json_an_error_is_one_object_in_the_output(capsys):
    assert complain(NoSuchRun(run="größe\u202e\x1b[2J"), ["--json", "show", "x"]) == exits.BAD_INPUT
    out, err = capsys.readouterr()
    assert err == ""
    assert out.isascii()
    assert len(out.splitlines()) == 1
    assert json.loads(out) == {
        "error": {
            "code": "no-such-run",
            "message": "There is no run größe\u202e\x1b[2J in this store.",
            "hint": "`ropewalk runs` lists them; a unique beginning of an id is enough",
        }
    }


def test_what_a_message_repeats_moves_no_cursor(capsys):
    complain(NoSuchRun(run="a\x1b[2J\x07b\u202ec\x9bd\rz"), [])
    assert capsys.readouterr().err.splitlines()[0] == "ropewalk: There is no run abcdz in this store."


def test_a_question_has_no_full_stop_after_it(capsys):
    complain(UsageError(what="Which run?", hint="name one"), [])
    assert capsys.readouterr().err == "ropewalk: Which run?\n      name one\n"


@pytest.mark.parametrize(("error", "code"), [(NotLanded(run="r", reason="no"), 1), (NoSuchRun(run="r"), 2)])
def test_only_what_did_not_land_is_a_failure_and_no_bad_input(error, code):
    assert complain(error, []) == code


def faulty(folder: Path) -> InvalidDefinition:
    faults = [
        Fault(f"{folder}/sub/w.yaml", 4, 21, "needs c, which is not there"),
        Fault("/etc/w.yaml", 1, 1, "unknown kind"),
    ]
    return InvalidDefinition(file=f"{folder}/sub/w.yaml", count=2, faults=faults)


def test_each_fault_of_a_file_stands_on_its_line_with_its_place_as_people_write_it(capsys, folder):
    assert complain(faulty(folder), ["validate"]) == exits.BAD_INPUT
    first, second, last = capsys.readouterr().err.splitlines()
    assert first.startswith("sub/w.yaml:4:21: ")
    assert second.startswith("/etc/w.yaml:1:1: ")
    assert last == "2 fault(s) in sub/w.yaml."


def test_as_json_faults_are_objects_with_the_same_places(capsys, folder):
    complain(faulty(folder), ["--json"])
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], error["message"]) == ("invalid-definition", "2 fault(s) in sub/w.yaml.")
    assert [(fault["file"], fault["line"], fault["column"]) for fault in error["faults"]] == [
        ("sub/w.yaml", 4, 21),
        ("/etc/w.yaml", 1, 1),
    ]


@pytest.mark.parametrize(
    ("below", "text"), [("w.yaml", "w.yaml"), ("./w.yaml", "w.yaml"), ("a/b.yaml", "a/b.yaml")]
)
def test_a_path_below_the_current_folder_is_shown_from_there(folder, below, text):
    assert shown(f"{folder}/{below}") == text


@pytest.mark.parametrize("text", ["", "w.yaml", "./w.yaml", "/etc/w.yaml", "see ../w.yaml"])
def test_any_other_path_is_shown_as_it_is(text):
    assert shown(text) == text


def caused(error: Exception) -> Exception:
    outer = ValueError("it did not work")
    outer.__cause__ = error
    return outer


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.EMFILE, "Too many open files"), "no file descriptors left"),
        (OSError(errno.ENOSPC, "No space left on device", "f"), "no room or no inodes left"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "no room for another process"),
        (RuntimeError("can't start new thread"), "no room for another process"),
        (MemoryError(), "no memory left"),
        (caused(OSError(errno.EIO, "Input/output error")), "the disk failed"),
    ],
)
def test_a_machine_without_room_is_no_bug(capsys, folder, error, reason):
    assert complain(error, []) == exits.BAD_INPUT
    message = capsys.readouterr().err
    assert message.startswith("ropewalk: This machine has no room for that now: ")
    assert reason in message
    assert "ulimit -a" in message
    assert reports(folder) == []


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ELOOP])
def test_a_file_that_may_not_be_used_is_named_and_no_bug(capsys, folder, number):
    assert complain(OSError(number, "Not Allowed Here", "/srv/größe"), []) == exits.BAD_INPUT
    assert "ropewalk: /srv/größe cannot be used: not allowed here.\n" in capsys.readouterr().err
    assert reports(folder) == []


def test_a_real_refusal_of_the_file_system_is_told_with_its_file(capsys, folder):
    (folder / "file").touch()
    with pytest.raises(NotADirectoryError) as refused:
        (folder / "file" / "below").read_bytes()
    assert complain(refused.value, []) == exits.BAD_INPUT
    assert f"{folder}/file/below cannot be used: not a directory." in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        ValueError("no such value"),
        OSError(errno.EACCES, "Permission denied"),
        FileNotFoundError(errno.ENOENT, "No such file or directory", "f"),
        KeyError(),
    ],
)
def test_whatever_else_is_raised_is_a_bug_with_a_file_for_its_owner_alone(capsys, folder, error):
    assert complain(error, ["runs", "--text", "x"]) == exits.BUG
    out, err = capsys.readouterr()
    (report,) = reports(folder)
    assert out == ""
    assert err.startswith(f"ropewalk: {type(error).__name__}")
    assert err.endswith(f"Please report it with this file: {report}\n")
    assert "Traceback" not in err
    text = report.read_text()
    assert text.startswith("ropewalk ")
    assert "\nropewalk runs --text x\n" in text
    assert type(error).__name__ in text
    assert report.stat().st_mode & 0o077 == 0


def test_a_report_has_the_whole_way_to_the_bug(capsys, folder):
    with pytest.raises(LookupError) as raised:
        raise LookupError("outer") from ValueError("inner")
    assert complain(raised.value, ["--json"]) == exits.BUG
    error: dict[str, Any] = json.loads(capsys.readouterr().out)["error"]
    (report,) = reports(folder)
    assert (error["code"], error["message"]) == ("bug", "LookupError: outer")
    assert str(report) in error["hint"]
    way = r"ValueError: inner.*direct cause.*test_complaint.*LookupError: outer"
    assert re.search(way, report.read_text(), re.DOTALL)


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        ("token=hunter2", "token=…"),
        ("--input=token=hunter2", "--input=…"),
        ("größe=", "größe=…"),
        ("=hunter2", "=…"),
        ('{"token": "hunter2"}', "{…}"),
        ("{", "{…}"),
        ("postgresql://ann:hunter2@host/db", "postgresql://…@host/db"),
        ("postgresql://ann:hunter2@host/db?sslmode=on", "postgresql://…@host/db?sslmode=…"),
        ("@inputs.json", "@inputs.json"),
        ("--input", "--input"),
        ("", ""),
    ],
)
def test_of_an_input_the_report_has_the_name_alone(folder, word, kept):
    complain(ValueError(), ["run", "w.yaml", word, "--wait"])
    (report,) = reports(folder)
    assert f"\nropewalk run w.yaml {kept} --wait\n" in report.read_text()
    assert "hunter2" not in report.read_text()


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_where_nobody_reads_any_more_the_code_is_the_same(monkeypatch, words):
    for name in ("stdout", "stderr"):
        with open("/dev/null", "w") as stream:
            pass
        monkeypatch.setattr(sys, name, stream)
    assert complain(NoSuchRun(run="r"), words) == exits.BAD_INPUT


@pytest.mark.parametrize(("error", "code"), [(ValueError("x"), exits.BUG), (MemoryError(), exits.BAD_INPUT)])
def test_whatever_a_command_raises_comes_here(monkeypatch, capsys, error, code):
    def raises(*words: object, **how: object) -> None:
        raise error

    monkeypatch.setattr("ropewalk.cli.main.perform", raises)
    assert main(["runs"]) == code
    assert capsys.readouterr().err.startswith("ropewalk: ")


def test_only_the_current_folder_itself_is_left_out_of_a_path(folder):
    assert shown(f"{folder}/w.yaml: there is no ../b.yaml") == "w.yaml: there is no ../b.yaml"
    assert shown(f"/other{folder}/w.yaml") == f"/other{folder}/w.yaml"
    assert shown(f"2 fault(s) in {folder}/a.yaml, {folder}/b.yaml") == "2 fault(s) in a.yaml, b.yaml"


def test_only_a_question_loses_its_full_stop(capsys):
    complain(UsageError(what="There is no folder x?.d", hint=""), [])
    assert capsys.readouterr().err == "ropewalk: There is no folder x?.d.\n"


@pytest.mark.parametrize("words", [["show", "\udcff"], ["--json", "show", "\udcff"]])
@pytest.mark.parametrize("error", [NoSuchRun(run="\udcff"), ValueError("\udcff")])
def test_words_that_are_not_utf_8_are_told_like_any_others(capsys, folder, words, error):
    assert complain(error, words) == (exits.BAD_INPUT if isinstance(error, NoSuchRun) else exits.BUG)
    out, err = capsys.readouterr()
    assert json.loads(out)["error"]["message"].count("\udcff") == 1 if "--json" in words else err
    assert len(reports(folder)) == isinstance(error, ValueError)
