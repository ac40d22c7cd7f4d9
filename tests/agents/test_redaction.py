import base64
import json
import time
from urllib.parse import quote

import msgspec

from weft.agents import redaction
from weft.agents.redaction import Redactor
from weft.core.work import Failure, Outcome

SECRET = 'sk-a/b+c"d-0123456789'


def test_a_secret_is_taken_out_in_every_spelling():
    redactor = Redactor({"KEY": SECRET})
    spellings = [SECRET, json.dumps(SECRET)[1:-1], quote(SECRET, safe=""), SECRET.encode().hex()]
    for spelling in spellings:
        assert redactor.text(f"it is {spelling}!") == "it is [redacted KEY]!"
    for before in ("", "x", "xy", "xyz"):
        coded = base64.b64encode(f"{before}{SECRET} and more".encode()).decode()
        assert "[redacted KEY]" in redactor.text(coded)


def test_data_of_any_shape_is_cleaned():
    redactor = Redactor({"KEY": SECRET})
    outcome = Outcome(
        failure=Failure("permanent", f"no: {SECRET}"), outputs={SECRET: [SECRET, (SECRET,), 1, None]}
    )
    cleaned = redactor.data(outcome)
    assert SECRET not in msgspec.json.encode(cleaned).decode()
    assert cleaned.outputs["[redacted KEY]"][2] == 1


def test_short_words_and_no_words_are_left_alone():
    for redactor in (Redactor(), Redactor({"KEY": "short"})):
        assert redactor.text("short") == "short"
        assert redactor.data({"a": "short"}) == {"a": "short"}


def test_files_that_changed_are_cleaned_and_named(tmp_path, monkeypatch):
    began = time.time() - 1
    (tmp_path / "a.txt").write_text(f"one {SECRET}")
    (tmp_path / "b.bin").write_bytes(b"\xff" + SECRET.encode())
    (tmp_path / "clean.txt").write_text("nothing")
    (tmp_path / "link").symlink_to("a.txt")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text(SECRET)
    redactor = Redactor({"KEY": SECRET})
    assert redactor.files(tmp_path, began + 3600) == []
    assert sorted(redactor.files(tmp_path, began)) == ["a.txt", "b.bin"]
    assert (tmp_path / "a.txt").read_text() == "one [redacted KEY]"
    assert (tmp_path / "b.bin").read_bytes() == b"\xff[redacted KEY]"
    assert Redactor().files(tmp_path, began) == []
    monkeypatch.setattr(redaction, "LARGEST_FILE_BYTES", 3)
    (tmp_path / "a.txt").write_text(SECRET)
    assert redactor.files(tmp_path, began) == []
