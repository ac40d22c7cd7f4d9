"""Text that cannot do anything to a terminal or a page, and streams that cannot end what writes to them."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ropewalk.observe.plain import Steady, escaped_json, printable, steady_stream, stop_signals, visible

HOSTILE = "a\x1b]0;t\x07b\x9bc\u202ed\u200be\u2028f\u2066g\ufeffh\ud800i\U000e0041j\x7fk\rl"


def test_a_terminal_gets_nothing_that_cannot_be_seen_but_tabs_and_new_lines():
    assert printable(HOSTILE) == "a0;tbcdefghijkl"
    assert printable("a\tb\n\x1b[31mred\x1b[0m é 日本 👍") == "a\tb\nred é 日本 👍"


def test_a_page_shows_signs_in_its_place():
    assert visible("a\x1b[2Jb\x7f\u202ec\U000e0041") == "a␛[2Jb␡\\u202ec\\U000e0041"
    assert visible("é\n") == "é\n"


def test_json_that_is_read_in_a_terminal_says_the_same():
    text = json.dumps({"a": HOSTILE + "👍"}, ensure_ascii=False)
    assert escaped_json(text).isascii()
    assert json.loads(escaped_json(text)) == json.loads(text)


class Broken(io.StringIO):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error


@pytest.mark.parametrize(
    "error", [BrokenPipeError(), OSError(28, "full"), BlockingIOError(), ValueError("closed")]
)
def test_whatever_becomes_of_a_reader_is_never_raised(error: Exception):
    stream = Steady(Broken(error))
    assert stream.write("a") == 1
    stream.write("b")
    stream.flush()
    assert stream.fault is not None


def test_a_stream_that_is_closed_or_not_there_swallows_all():
    closed = io.StringIO()
    closed.close()
    assert steady_stream(closed).isatty() is False
    steady_stream(closed).write("a")
    nowhere = steady_stream(None)
    nowhere.write("a")
    nowhere.raw(b"b")
    assert steady_stream(nowhere) is nowhere
    nowhere.close()


def test_what_an_encoding_does_not_know_is_spelled_out():
    raw = io.BytesIO()
    stream = steady_stream(io.TextIOWrapper(raw, encoding="ascii"))
    stream.write("✓")
    stream.flush()
    assert raw.getvalue() == b"\\u2713"


def ended(place: Path, *words: str, **how: Any) -> int:
    """The exit code of a command; what it prints is thrown away."""
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **how}
    with ropewalk(place, *words, **streams) as process:
        return process.wait()


def ropewalk(
    place: Path, *words: str, env: dict[str, str] | None = None, **how: Any
) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "ROPEWALK_WORKSPACE": "folder", "HOME": str(place), **(env or {})}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    return subprocess.Popen([sys.executable, "-m", "ropewalk", *words], cwd=place, env=environment, **streams)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "w.yaml").write_text(
        "name: w\nsteps:\n  - {id: a, run: 'echo ✓; exit 3'}\n", encoding="utf-8"
    )
    return tmp_path


@pytest.mark.parametrize("locale", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "POSIX", "PYTHONUTF8": "0"}])
def test_no_encoding_ends_a_run(place: Path, locale: dict[str, str]):
    for words in (("run", "w.yaml"), ("show", "last"), ("show", "last", "--json"), ("nothing ✓",)):
        with ropewalk(place, *words, env=locale) as process:
            out, _ = process.communicate()
        assert process.returncode == {"run": 1, "show": 0}.get(words[0], 2)
        if "--json" in words:
            assert json.loads(out)["status"] == "failed"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no full disk to write to")
def test_a_full_disk_or_a_gone_reader_leaves_the_exit_code_of_the_run(place: Path):
    with open("/dev/full", "wb") as full:
        assert ended(place, "run", "w.yaml", stdout=full, stderr=full) == 1
        assert ended(place, "export", "last", stdout=full) == 2
    reader, writer = os.pipe()
    os.close(reader)
    assert ended(place, "run", "w.yaml", stdout=writer) == 1
    os.close(writer)


def test_closed_streams_end_nothing_and_no_file_takes_their_place(place: Path):
    command = f"{sys.executable} -m ropewalk run w.yaml <&- >&- 2>&-"
    environment = {**os.environ, "ROPEWALK_WORKSPACE": "folder"}
    done = subprocess.run(["sh", "-c", command], cwd=place, env=environment, check=False)
    assert done.returncode == 1
    assert ended(place, "verify") == 0


def test_the_end_of_the_terminal_is_not_heard_where_it_is_ignored_from_the_start():
    before = signal.getsignal(signal.SIGHUP)
    try:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        assert stop_signals() == (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        assert stop_signals() == (signal.SIGINT, signal.SIGTERM)
    finally:
        signal.signal(signal.SIGHUP, before)
